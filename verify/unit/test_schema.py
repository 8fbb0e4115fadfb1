"""fleet.json, and the schema that tells programs what is in it."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from verify.__main__ import arguments, record
from verify.onhost.registry import Line
from verify.report import fleet as reports
from verify.report.fleet import Fleet, gather
from verify.unit.fleets import fleet
from verify.unit.macs import line, verdict
from verify.verdict import FIELDS, LINE_FIELDS, SCHEMA, lines_in

SOURCE = Path(reports.__file__).with_name("fleet.schema.json")
PUBLISHED: dict[str, Any] = json.loads(SOURCE.read_text())
CHECK = Draft202012Validator(PUBLISHED)


def written(report: Path, macs: Fleet) -> dict[str, Any]:
    macs.save(report)
    found: dict[str, Any] = json.loads((report / "fleet.json").read_text(), parse_constant=forbid)
    return found


def forbid(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(PUBLISHED)


def test_a_fleet_of_every_kind_of_mac_fits(tmp_path: Path) -> None:
    macs = fleet(40)
    assert {mac.verdict for mac in macs.macs} >= {"pass", "fail", "unreachable"}
    CHECK.validate(written(tmp_path, macs))


def test_what_the_commands_write_fits(tmp_path: Path) -> None:
    words = ("record", "m1", "--stage", "homebrew", "--sentence", "No bottle.")
    record(arguments().parse_args([*words, "--report", str(tmp_path)]))
    other = verdict(
        "m2", "inconclusive", line("inconclusive", "course-a/load.imports", family="load")
    )
    other.save(tmp_path)
    CHECK.validate(written(tmp_path, gather(tmp_path, ["m1", "m2", "m3"])))


def test_a_number_that_json_has_not_is_a_word(tmp_path: Path) -> None:
    figures = {"loss_gpu": [1.0, float("nan")], "speed": float("inf")}
    row = json.dumps(line("fail", "training.x", figures=figures, measured=float("nan")))
    (found,) = lines_in(row)
    assert found["figures"] == {"loss_gpu": [1.0, "NaN"], "speed": "Infinity"}
    CHECK.validate(written(tmp_path, Fleet(fleet(0).made, (verdict("m1", "fail", found),))))


def test_the_schema_names_the_fields_that_there_are() -> None:
    mac, check = PUBLISHED["$defs"]["mac"], PUBLISHED["$defs"]["check"]
    assert set(mac["properties"]) == set(mac["required"]) == set(FIELDS)
    assert set(check["properties"]) == set(check["required"]) == set(LINE_FIELDS)
    assert set(LINE_FIELDS) == set(Line.__annotations__)
    assert PUBLISHED["properties"]["schema"]["const"] == mac["properties"]["schema"]["const"]
    assert mac["properties"]["schema"]["const"] == SCHEMA


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema",), 1),
        (("made",), "yesterday"),
        (("macs", 0, "verdict"), "right"),
        (("macs", 0, "name"), "../m1"),
        (("macs", 0, "simulated"), "yes"),
        (("macs", 0, "colour"), "blue"),
        (("macs", 0, "checks"), []),
        (("macs", 0, "checks", 0, "status"), "fail"),
        (("macs", 0, "checks", 0, "status"), "maybe"),
        (("macs", 0, "checks", 0, "family"), "gpu"),
        (("macs", 0, "checks", 0, "cause"), "why not"),
        (("macs", 0, "checks", 0, "seconds"), -1),
        (("macs", 0, "checks", 0, "figures"), {"loss": [None]}),
    ],
)
def test_what_is_wrong_does_not_fit(
    tmp_path: Path, path: tuple[str | int, ...], value: object
) -> None:
    right = written(tmp_path, Fleet(fleet(0).made, (verdict("m1"),)))
    assert CHECK.is_valid(right)
    wrong = copy.deepcopy(right)
    holder: Any = wrong
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    assert not CHECK.is_valid(wrong)
