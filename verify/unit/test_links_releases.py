"""What `make compatibility` finds on an index, reads and says, on an index of a few names."""

from __future__ import annotations

import shutil
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from packaging.version import Version

from verify import settings
from verify.links import collect, manifest, news, releases, render, row, table
from verify.links.bind import Bound
from verify.links.image import Image
from verify.links.verdict import Verdict
from verify.links.wheels import Folder, Wheel, wheel

MAC = "macosx_12_0_arm64.whl"
ALL = [
    *("tensorflow-2.19.0", "tensorflow-2.19.1", "tensorflow-2.20.0rc0", "tensorflow-2.20.0"),
    *("tensorflow_macos-2.9.2", "tensorflow_macos-2.10.0", "tensorflow-2.19.2rc0"),
    *(
        "tensorflow-2.21.0rc0",
        "tensorflow-2.21.0rc1",
        "tensorflow_metal-0.4.0",
        "tensorflow_metal-0.5.0",
    ),
    *("tensorflow_metal-1.2.0", "tensorflow_metal-1.3.0rc0"),
]


class Fake:
    """An index of wheels that hold one library, or nothing."""

    address = "here"

    def __init__(self, names: list[str], folder: Path) -> None:
        self.found = [wheel(str(folder / f"{name}-cp311-cp311-{MAC}"), "arm64") for name in names]
        self.wrappers: set[str] = set()

    def wheels(self, distribution: str, machine: str) -> list[Wheel]:
        mine = machine == "arm64"
        return [one for one in self.found if mine and one and one.distribution == distribution]

    def open(self, found: Wheel) -> zipfile.ZipFile:
        empty = f"{found.distribution} {found.version}" in self.wrappers
        plugin = found.distribution == manifest.PLUGIN
        library = (
            "tensorflow-plugins/libmetal_plugin.dylib"
            if plugin
            else "tensorflow/libtensorflow_cc.2.dylib"
        )
        with zipfile.ZipFile(found.place, "w") as made:
            made.writestr("METADATA" if empty else library, b"")
        return zipfile.ZipFile(found.place)


def index(folder: Path, names: list[str]) -> Folder:
    """An index of these names."""
    return Fake(names, folder)  # type: ignore[return-value]


@pytest.fixture
def there(tmp_path: Path) -> Path:
    """A folder of three manifests: tensorflow 2.19.1 and 2.18.1, tensorflow-metal 1.2.0."""
    folder = tmp_path / "manifests"
    folder.mkdir()
    for name in ("tensorflow-2.19.1", "tensorflow-2.18.1", "tensorflow-metal-1.2.0"):
        shutil.copy(manifest.FOLDER / f"{name}-arm64.json", folder)
    return folder


@pytest.fixture(autouse=True)
def image(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every library offers nothing, and every plugin needs nothing."""

    def read(_path: Path, name: str, _machine: str, *, bindings: bool) -> Image:
        return Image(name, name, flat=("_new",) if bindings else ())

    monkeypatch.setattr(collect, "read", read)


def test_wanted_is_each_minor_s_newest_patch_and_the_candidate_of_the_next(tmp_path: Path) -> None:
    source = index(tmp_path, ALL)
    assert releases.tensorflows(source, "arm64", ["2.19.1", "2.10.0"]) == ["2.20.0", "2.21.0rc1"]
    assert releases.tensorflows(source, "arm64", ["2.19.0", "2.20.0", "2.21.0rc1"]) == ["2.19.1"]


def test_a_candidate_is_not_wanted_beside_its_release(tmp_path: Path) -> None:
    source = index(tmp_path, [*ALL, "tensorflow-2.21.0"])
    assert releases.tensorflows(source, "arm64", ["2.19.1", "2.20.0"]) == ["2.21.0"]


def test_wanted_is_every_plugin_that_was_released_since_0_5(tmp_path: Path) -> None:
    assert releases.plugins(index(tmp_path, ALL), "arm64", ["1.2.0"]) == ["0.5.0"]


def test_an_index_without_the_wheels_is_not_taken_for_nothing_new(tmp_path: Path) -> None:
    for find in (releases.plugins, releases.tensorflows):
        with pytest.raises(ValueError, match="There is no wheel of tensorflow"):
            find(index(tmp_path, []), "arm64", ["1.2.0"])


def test_a_newer_tensorflow_is_read_and_told_of(tmp_path: Path, there: Path) -> None:
    source = index(tmp_path, ["tensorflow-2.19.1", "tensorflow-2.99.0", "tensorflow_metal-1.2.0"])
    found = collect.update(source, ["arm64"], folder=there)
    assert (found.plugins, found.tensorflows) == ([], [("arm64", "2.99.0")])
    assert manifest.versions(False, "arm64", there) == ["2.18.1", "2.19.1", "2.99.0"]
    assert collect.update(source, ["arm64"], folder=there) == collect.News()


def test_a_new_plugin_asks_the_tensorflows_that_are_there_for_its_names(
    tmp_path: Path, there: Path
) -> None:
    names = ["tensorflow-2.18.1", "tensorflow-2.19.1", "tensorflow_metal-9.9.0"]
    found = collect.update(index(tmp_path, names), ["arm64"], folder=there)
    assert (found.plugins, found.tensorflows) == ([("arm64", "9.9.0")], [])
    for version in ("2.18.1", "2.19.1"):
        path = there / manifest.file(False, version, "arm64")
        assert "_new" in manifest.load(path).asked


def test_a_wrapper_is_passed_over_in_a_sentence(
    tmp_path: Path, there: Path, released: list[Verdict]
) -> None:
    names = ["tensorflow-2.19.1", "tensorflow-2.99.0", "tensorflow_metal-1.2.0"]
    fake = Fake(names, tmp_path)
    fake.wrappers = {"tensorflow 2.99.0"}
    found = collect.update(fake, ["arm64"], folder=there)  # type: ignore[arg-type]
    assert found.tensorflows == []
    said = news.sentences(found, released)
    assert "tensorflow 2.99.0 on arm64 was passed over: tensorflow-2.99.0-cp311" in said
    assert "it is a wrapper" in said


def test_a_version_is_added_by_its_name_and_nothing_else_is(tmp_path: Path, there: Path) -> None:
    names = ["tensorflow-2.15.0", "tensorflow-2.99.0", "tensorflow_metal-9.9.0"]
    found = collect.update(index(tmp_path, names), ["arm64", "x86_64"], ["2.15"], there)
    assert found.tensorflows == [("arm64", "2.15.0")]
    assert manifest.versions(False, "arm64", there) == ["2.15.0", "2.18.1", "2.19.1"]
    assert "tensorflow 2.15 on x86_64 was passed over: There is no wheel" in found.skipped[0]


@pytest.fixture(scope="module")
def every() -> list[Verdict]:
    return table.released()


@pytest.fixture
def released(every: list[Verdict], monkeypatch: pytest.MonkeyPatch) -> list[Verdict]:
    """The verdicts and the rows that there were when 2.19 was the newest that links."""
    rows = [pin for pin in settings.pins() if Version(row.tensorflow(pin)) < Version("2.20")]
    monkeypatch.setattr(settings, "pins", lambda: rows)
    return [
        one
        for one in every
        if Version(one.tensorflow.version) <= Version("2.22.0rc0")
        and Version(one.metal.version) <= Version("1.2.0")
        and (not one.links or Version(one.tensorflow.version) <= Version("2.19.1"))
    ]


def test_what_a_new_version_links_with_is_said(released: list[Verdict]) -> None:
    found = collect.News([("x86_64", "1.0.0")], [("arm64", "2.18.1")])
    plugin, tensorflow = news.sentences(found, released).splitlines()
    assert plugin == (
        "New: tensorflow-metal 1.0.0 on x86_64 links with tensorflow 2.13.1, 2.12.1, 2.12.0; "
        "not with 2.16.2, 2.15.1, 2.14.1."
    )
    assert tensorflow.startswith(
        "New: tensorflow 2.18.1 on arm64 links with tensorflow-metal 1.2.0;"
    )


def test_nothing_new_names_the_newest(released: list[Verdict]) -> None:
    said = news.sentences(collect.News(), released)
    assert said.startswith("Nothing new: the newest are tensorflow 2.")
    assert "\n" not in said


def linking(released: list[Verdict], version: str, wheel: str = "") -> list[Verdict]:
    """As if every plugin linked with this TensorFlow."""
    return [
        replace(
            one,
            bound=Bound(),
            tensorflow=replace(one.tensorflow, wheel=wheel or one.tensorflow.wheel),
        )
        if one.tensorflow.version == version
        else one
        for one in released
    ]


def test_a_newer_tensorflow_that_links_gets_a_row_to_paste(released: list[Verdict]) -> None:
    assert "id: tf-" not in news.sentences(collect.News(), released)
    said = news.sentences(collect.News(), linking(released, "2.21.0"))
    for line in ("- id: tf-2.21", 'macos_min: "12.1"', 'python: "3.11"', "tensorflow: 2.21.0"):
        assert f" {line}\n" in said
    assert "tensorflow-metal: 1.2.0\n" in said
    later = linking(released, "2.21.0", "tensorflow-2.21.0-cp311-cp311-macosx_13_0_arm64.whl")
    assert 'macos_min: "13.0"' in news.sentences(collect.News(), later)


def test_a_candidate_gets_no_row(released: list[Verdict]) -> None:
    assert row.suggested(linking(released, "2.22.0rc0"), settings.pins(), "arm64") == ""


@pytest.mark.parametrize("pin", settings.pins(), ids=lambda pin: str(pin["id"]))
def test_a_row_s_oldest_macos_is_what_its_wheels_and_images_say(pin: dict[str, str]) -> None:
    manifests = [
        manifest.load(manifest.FOLDER / manifest.file(plugin, version, pin["machine"]))
        for plugin, version in ((False, row.tensorflow(pin)), (True, row.metal(pin)))
        if version
    ]
    assert pin["macos_min"] == row.macos(*manifests)


def test_the_command_reads_renders_and_tells(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[object] = []

    def update(_source: object, machines: object, versions: object, **_: object) -> collect.News:
        asked.append((machines, versions))
        return collect.News(skipped=["passed over"])

    monkeypatch.setattr(collect, "update", update)
    monkeypatch.setattr(collect, "Index", object)
    monkeypatch.setattr(render, "main", lambda: 0)
    monkeypatch.setattr(sys, "argv", ["collect", "2.15.0", "--machine", "arm64"])
    assert collect.main() == 2
    assert asked == [(["arm64"], ["2.15.0"])]
    assert "passed over" in capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", ["collect"])
    assert collect.main() == 0
