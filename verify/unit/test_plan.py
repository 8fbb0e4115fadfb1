"""What a Mac gets and what is left to do for it, from its reading alone."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from verify.unit.role import (
    LOCK,
    LOCKS,
    NAME,
    PACKAGES,
    PINS,
    PYTHON,
    WANTED,
    Plan,
    bare,
    environment,
    intel,
    planned,
    planning,
    right,
)


def stages(plan: Plan) -> list[str]:
    return [step["id"] for step in plan["steps"]]


def found(plan: Plan, stage: str) -> str:
    return next(str(step["found"]) for step in plan["steps"] if step["id"] == stage)


def test_nothing_is_left_to_do_on_a_mac_that_is_right() -> None:
    plan = planned(right())
    assert (plan["row"]["id"], plan["environment"], plan["steps"]) == ("tf-2.18", NAME, [])


def test_a_bare_mac_needs_every_stage_in_order() -> None:
    plan = planned(bare())
    everything = ["command_line_tools", "homebrew", "python", "environment", "activate"]
    assert stages(plan) == everything
    assert [step["id"] for step in plan["steps"] if step["root"]] == [
        "command_line_tools",
        "homebrew",
        "environment",
    ]


def test_the_plan_names_what_the_environment_is_built_from() -> None:
    plan = planned(bare())
    assert plan["python"] == PYTHON
    assert plan["environment_path"] == f"/opt/tensorflow/envs/{NAME}"
    assert plan["lock"] == str(LOCKS / "tf-2.18.txt")
    assert plan["lock_sha256"] == hashlib.sha256(LOCK.encode()).hexdigest()
    assert plan["packages"] == PACKAGES


def test_another_lock_or_another_python_makes_another_environment(tmp_path: Path) -> None:
    (tmp_path / "tf-2.18.txt").write_text(LOCK + "\n")
    other = planned(right(), locks=str(tmp_path))["environment"]
    brought = {"path": "/opt/python", "version": "3.11.9", "machine": "arm64"}
    another = planned(right(pythons=[brought]), python="/opt/python")["environment"]
    assert len({NAME, other, another}) == 3


@pytest.mark.parametrize(
    ("changes", "needed", "says"),
    [
        (
            {"command_line_tools": {"path": "/Library/Developer/CommandLineTools", "works": False}},
            ["command_line_tools"],
            "clang does not run",
        ),
        ({"formulae": {}}, ["homebrew"], "no libomp"),
        (
            {"formulae": {"libomp": {"version": "19.1.7", "whole": False}}},
            ["homebrew"],
            "libomp is damaged",
        ),
        ({"current": "tf-2.16-0123456789ab"}, ["activate"], "tf-2.16-0123456789ab"),
        ({"current": ""}, ["activate"], "no active environment"),
        ({"pythons": []}, ["python"], f"no {PYTHON}"),
        (
            {"pythons": [{"path": PYTHON, "version": "3.12.1", "machine": "arm64"}]},
            ["python"],
            "is Python 3.12.1",
        ),
        (
            {"pythons": [{"path": PYTHON, "version": "3.11.9", "machine": "x86_64"}]},
            ["python"],
            "is x86_64",
        ),
    ],
)
def test_only_what_differs_is_a_step(changes: dict[str, Any], needed: list[str], says: str) -> None:
    plan = planned(right(**changes))
    assert stages(plan) == needed
    assert says in found(plan, needed[0])


DRIFTS = [
    ({"packages": {k: v for k, v in PACKAGES.items() if k != "numpy"}}, "numpy missing"),
    ({"packages": PACKAGES | {"pandas": "2.2.3"}}, "pandas 2.2.3"),
    ({"packages": PACKAGES | {"keras": "3.9.0"}}, "keras 3.9.0 instead of 3.15.1"),
    ({"changed": ["tensorflow-plugins"]}, "tensorflow-plugins"),
    ({"python": ""}, "does not run"),
]


@pytest.mark.parametrize(("drift", "says"), DRIFTS)
def test_a_drifted_environment_is_built_again_beside_itself(
    drift: dict[str, Any], says: str
) -> None:
    plan = planned(right(environments=[environment(**drift)]))
    assert stages(plan) == ["environment", "activate"]
    assert plan["environment"] == f"{NAME}.2"
    assert says in found(plan, "environment")


def test_a_second_drift_takes_the_next_name() -> None:
    drifted = [
        environment(changed=["keras"]),
        environment(f"{NAME}.2", changed=["numpy"]),
    ]
    plan = planned(right(environments=drifted, current=f"{NAME}.2"))
    assert plan["environment"] == f"{NAME}.3"
    assert "numpy" in found(plan, "environment")


def test_a_rebuilt_environment_is_right_beside_the_drifted_one() -> None:
    both = [environment(changed=["keras"]), environment(f"{NAME}.2")]
    assert planned(right(environments=both, current=f"{NAME}.2"))["steps"] == []
    assert stages(planned(right(environments=both, current=NAME))) == ["activate"]


def test_of_two_that_are_right_the_active_one_stays() -> None:
    both = [environment(), environment(f"{NAME}.2")]
    for active in (NAME, f"{NAME}.2"):
        assert planned(right(environments=both, current=active))["steps"] == []


def test_an_unfinished_environment_is_built_again_at_the_same_path() -> None:
    plan = planned(right(environments=[environment(receipt="")], current=""))
    assert stages(plan) == ["environment", "activate"]
    assert plan["environment"] == NAME
    assert "unfinished" in found(plan, "environment")


def test_an_unfinished_environment_in_use_is_not_touched() -> None:
    plan = planned(right(environments=[environment(receipt="")]))
    assert plan["environment"] == f"{NAME}.2"


@pytest.mark.parametrize("receipt", ["garbage", "[]", "null", '{"schema": 1}'])
def test_a_receipt_that_is_none_makes_no_environment_right(receipt: str) -> None:
    plan = planned(right(environments=[environment(receipt=receipt)]))
    assert "environment" in stages(plan)


def test_another_row_s_environment_is_left_alone() -> None:
    old = environment("tf-2.16-0123456789ab", packages={"tensorflow": "2.16.2"})
    plan = planned(right(environments=[old, environment()]))
    assert plan["steps"] == []


def test_uv_is_fetched_only_where_an_environment_is_built_with_it() -> None:
    without = {"tools": {"uv": ""}}
    assert planned(right(**without))["steps"] == []
    building = right(environments=[], current="", **without)
    assert stages(planned(building)) == ["python", "environment", "activate"]
    assert stages(planned(building, installer="pip")) == ["environment", "activate"]


def test_the_one_before_and_the_newest_stay_beside_the_active_one() -> None:
    def old(number: int, day: int) -> dict[str, Any]:
        name = f"tf-2.18-{number:012d}"
        return environment(
            name, receipt=json.dumps({"environment": name, "made": f"2026-11-{day:02d}"})
        )

    one, two, three, four = (old(number, day) for number, day in enumerate((4, 3, 2, 1), 1))
    half = environment("tf-2.18-000000000005", receipt="")
    beside = right(environments=[one, two, three, four, half], current=four["name"])
    assert planned(beside, keep=2)["prune"] == [two["name"], three["name"], half["name"]]


def test_the_environment_that_was_active_is_never_removed() -> None:
    before = environment("tf-2.18-000000000001")
    reading = right(environments=[before, environment()], current=before["name"])
    assert planned(reading, keep=0)["prune"] == []


def test_a_folder_that_is_no_environment_of_the_role_is_never_removed() -> None:
    foreign = environment("my own work", receipt="", python="", packages={})
    assert planned(right(environments=[environment(), foreign]), keep=0)["prune"] == []


def test_a_home_of_the_owner_needs_no_root() -> None:
    def needs_root(owner: str) -> bool:
        home = {"path": "/opt/tensorflow", "owner": owner}
        plan = planned(right(environments=[], current="", home=home))
        return any(step["root"] for step in plan["steps"])

    assert not needs_root("admin")
    assert needs_root("root")
    assert needs_root("")


def test_to_work_as_another_owner_takes_root() -> None:
    other = {"homebrew": {"prefix": "/opt/homebrew", "version": "7.0.1", "owner": "kim"}}
    plan = planned(right(formulae={}, **other), owner="kim")
    assert [(step["id"], step["root"]) for step in plan["steps"]] == [("homebrew", True)]


def test_every_step_says_what_was_found_and_what_is_wanted() -> None:
    for step in planned(bare())["steps"]:
        assert step["found"]
        assert step["wanted"]


def test_an_interpreter_that_is_brought_is_the_base() -> None:
    brought = {"path": "/opt/python 3/bin/python3", "version": "3.11.4", "machine": "arm64"}
    plan = planned(right(pythons=[brought], environments=[]), python=brought["path"])
    assert plan["python"] == brought["path"]
    assert "python" not in stages(plan)


BROUGHT = "/opt/python/bin/python3"


@pytest.mark.parametrize(
    ("changes", "switches", "says"),
    [
        ({"kernel": "Linux"}, {}, "This is Linux, not macOS."),
        ({"user": "root"}, {}, "does not work as root"),
        ({"user": "kim"}, {}, "Homebrew there belongs to admin, not to kim."),
        ({}, {"owner": "kim"}, "Set tensorflow_metal_owner to admin."),
        ({}, {"python": BROUGHT}, f"there is no {BROUGHT}"),
        (
            {"pythons": [{"path": BROUGHT, "version": "3.9.6", "machine": "arm64"}]},
            {"python": BROUGHT},
            "needs Python 3.11 for arm64, but there is",
        ),
        (
            {"pythons": [{"path": BROUGHT, "version": "3.11.9", "machine": "x86_64"}]},
            {"python": BROUGHT},
            f"{BROUGHT} is x86_64",
        ),
    ],
)
def test_what_no_step_can_mend_is_refused_before_anything_is_changed(
    changes: dict[str, Any], switches: dict[str, Any], says: str
) -> None:
    plan = planned(right(formulae={}, **changes), **switches)
    assert (plan["row"], plan["steps"]) == (None, [])
    assert says in " ".join(plan["refused"].values())


def test_a_bare_intel_mac_cannot_have_homebrew_and_is_told_the_way_round() -> None:
    plan = planned(intel(homebrew={"prefix": "", "version": "", "owner": ""}))
    assert plan["row"] is None
    assert "tensorflow_metal_formulae" in plan["refused"]["homebrew"]
    brought = [{"path": BROUGHT, "version": "3.11.9", "machine": "x86_64"}]
    round_it = planned(
        intel(homebrew={"prefix": "", "version": "", "owner": ""}, pythons=brought),
        python=BROUGHT,
        formulae=[],
    )
    assert round_it["row"]["id"] == "tf-2.16-intel"
    assert "homebrew" not in stages(round_it)


def test_another_s_homebrew_is_no_matter_where_it_is_not_asked() -> None:
    homebrew = {"prefix": "/opt/homebrew", "version": "7.0.1", "owner": "kim"}
    assert planned(right(homebrew=homebrew))["steps"] == []
    assert stages(planned(right(homebrew=homebrew, current=""))) == ["activate"]


def test_the_probe_is_asked_for_all_that_the_plan_reads() -> None:
    home, formulae, pythons, uv = planning.probe_arguments(PINS, WANTED)
    assert (home, formulae, uv) == ("/opt/tensorflow", "libomp", "0.13.8")
    assert PYTHON in pythons.split()
    assert "/usr/local/opt/python@3.11/bin/python3.11" in pythons.split()


def test_a_reading_is_found_under_a_login_banner() -> None:
    line = json.dumps(right(), separators=(",", ":"))
    printed = f'Welcome to {{"lab"}}\r\nLast login: today\r\n{line}\r\n'
    assert planning.reading(printed) == right()


@pytest.mark.parametrize("printed", ["", "zsh: command not found", '{"schema":1,"kernel":'])
def test_output_without_a_reading_is_named_in_the_error(printed: str) -> None:
    with pytest.raises(ValueError, match="The probe printed no reading"):
        planning.reading(printed)
