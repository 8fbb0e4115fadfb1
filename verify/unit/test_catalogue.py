"""The catalogue of faults: what real programs said finds its cause, and noise stays noise."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from verify import settings
from verify.unit.role import ROLE

ENTRIES: list[dict[str, Any]] = yaml.safe_load((ROLE / "files" / "catalogue.yml").read_text())
catalogue = settings.filters("catalogue")
FIELDS = {"id", "pattern", "cause", "cure", "source", "harmless"}
SAID, NOISE = yaml.safe_load(Path(__file__).with_name("said.yml").read_text()).values()


@pytest.mark.parametrize(("entry", "said"), [*SAID.items(), *NOISE.items()], ids=[*SAID, *NOISE])
def test_what_is_said_finds_its_entry_with_the_line_that_says_it(entry: str, said: str) -> None:
    found = catalogue.explain(f"Traceback:\n{said}\nand more\n", ENTRIES)
    assert found["id"] == entry
    assert found["evidence"] in said
    assert found["harmless"] is (entry in NOISE)


def test_what_is_harmless_explains_nothing_beside_what_is_not() -> None:
    text = f"{NOISE['numa-node']}\n{SAID['device-creation']}\n{NOISE['zero-memory']}"
    assert catalogue.explain(text, ENTRIES)["id"] == "device-creation"
    assert [one["id"] for one in catalogue.harmless(text, ENTRIES)] == ["numa-node", "zero-memory"]


def test_what_nobody_knows_is_explained_by_nothing() -> None:
    assert catalogue.explain("Check failed: the moon is not full", ENTRIES) == {}
    assert catalogue.explain("", ENTRIES) == {}


def test_a_group_of_the_pattern_stands_in_the_cause() -> None:
    assert "TF_Missing" in catalogue.explain(SAID["plugin-symbol"], ENTRIES)["cause"]


def test_the_role_tells_a_known_fault_with_its_cure_and_an_unknown_one_in_its_own_words() -> None:
    told = catalogue.tensorflow_metal_explained
    known = told(f"noise\n{SAID['jit-compile']}\n", ENTRIES)
    assert "jit_compile=False" in known
    assert known.endswith(f"It said: {SAID['jit-compile']}")
    assert told("one\n\n two  words\n", ENTRIES) == "It said: one | two words"
    assert told("", ENTRIES) == "It said: nothing"


def test_every_entry_is_whole_and_its_braces_are_groups_of_its_pattern() -> None:
    assert len({entry["id"] for entry in ENTRIES}) == len(ENTRIES)
    for entry in ENTRIES:
        assert FIELDS <= set(entry) <= {*FIELDS, "checks"}, entry["id"]
        groups = dict.fromkeys(re.compile(entry["pattern"]).groupindex, "x")
        for field in ("cause", "cure"):
            assert entry[field].format_map(groups).endswith((".", "it.")), entry["id"]
