"""What is rendered from the manifests is what they say today."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from verify.links import manifest, page, table, verdict


@pytest.fixture(scope="module")
def released() -> list[verdict.Verdict]:
    return table.released()


def test_the_role_s_links_are_what_the_manifests_say(released: list[verdict.Verdict]) -> None:
    text = table.PATH.read_text(encoding="utf-8")
    assert text == table.written(table.table(released)), "Type python -m verify.links.render."


def test_the_page_on_compatibility_is_what_the_manifests_say(
    released: list[verdict.Verdict],
) -> None:
    text = page.PATH.read_text(encoding="utf-8")
    assert text == page.rendered(text, released), "Type python -m verify.links.render."


def test_the_page_names_every_manifest_and_every_missing_symbol(
    released: list[verdict.Verdict],
) -> None:
    text = page.PATH.read_text(encoding="utf-8")
    for path in manifest.FOLDER.glob("*.json"):
        assert f"(../verify/links/manifests/{path.name})" in text
    for one in released:
        each = "".join(f"{verdict.demangled(name)}\n" for name in one.bound.symbols)
        assert each in text


def test_a_page_that_lost_a_mark_is_not_rendered(released: list[verdict.Verdict]) -> None:
    text = page.PATH.read_text(encoding="utf-8").replace("<!-- /failures -->", "")
    with pytest.raises(ValueError, match="lost its marks, <!-- failures -->"):
        page.rendered(text, released)


def test_a_pair_that_only_lacks_a_python_has_its_word_in_the_table(
    released: list[verdict.Verdict],
) -> None:
    good = next(one for one in released if one.links)
    assert page.cell(good, {}) == "links"
    assert page.cell(replace(good, python=""), {}) == "no Python"


def test_every_released_pair_is_in_the_role_s_links_with_its_reason() -> None:
    rows = table.read(table.PATH)
    assert rows["arm64"]["2.18.1"]["metal"]["1.2.0"] == ""
    assert rows["arm64"]["2.18.1"]["metal"]["1.1.0"] == (
        "1 symbol is missing: tsl::internal::LogMessage::LogMessage(char const*, int, int)"
    )
    assert rows["arm64"]["2.14.1"]["distribution"] == "tensorflow-macos"
    assert rows["x86_64"]["2.16.2"]["metal"]["1.0.0"].startswith("2 symbols are missing: ")


def test_a_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    rows = table.read(table.PATH)
    table.write(rows, tmp_path / "links.json")
    assert table.read(tmp_path / "links.json") == rows
    assert [path.name for path in tmp_path.iterdir()] == ["links.json"]


def test_where_names_cannot_be_demangled_nothing_is_rendered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(table, "demangled", lambda symbol: symbol)
    with pytest.raises(ValueError, match="nothing was rendered"):
        table.released()
