"""What a Mac gets and what is left to do for it, from its reading alone."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from verify.unit.role import (
    ID,
    INTEL,
    LOCK,
    LOCKS,
    NAME,
    PACKAGES,
    PINS,
    PYTHON,
    RECOMMENDED,
    UV,
    WANTED,
    Plan,
    bare,
    environment,
    intel,
    planned,
    planning,
    pruning,
    right,
)

BASE = RECOMMENDED["python"]
STANDALONE = f"/opt/tensorflow/pythons/{planning.standalone_build('arm64', BASE)}/bin/python{BASE}"


def bare_intel() -> dict[str, Any]:
    return intel(homebrew={"prefix": "", "half": "", "version": "", "owner": ""})


def stages(plan: Plan) -> list[str]:
    return [step["id"] for step in plan["steps"]]


def built(plan: Plan) -> dict[str, Any]:
    """The environment that `current` is to lead to."""
    environment: dict[str, Any] = plan["environments"][0]
    return environment


def found(plan: Plan, stage: str) -> str:
    return next(str(step["found"]) for step in plan["steps"] if step["id"] == stage)


def test_nothing_is_left_to_do_on_a_mac_that_is_right() -> None:
    plan = planned(right())
    assert (plan["row"]["id"], built(plan)["environment"], plan["steps"]) == (ID, NAME, [])


def test_a_bare_mac_needs_every_stage_in_order() -> None:
    plan = planned(bare())
    everything = ["command_line_tools", "homebrew", "python", "environment", "activate", "access"]
    assert stages(plan) == everything
    assert [step["id"] for step in plan["steps"] if step["root"]] == [
        "command_line_tools",
        "homebrew",
        "environment",
        "access",
    ]


def test_the_plan_names_what_the_environment_is_built_from() -> None:
    one = built(planned(bare()))
    assert one["python"] == PYTHON
    assert one["path"] == f"/opt/tensorflow/envs/{NAME}"
    assert one["lock"] == str(LOCKS / f"{ID}.txt")
    assert one["lock_sha256"] == hashlib.sha256(LOCK.encode()).hexdigest()
    assert one["packages"] == PACKAGES


def test_another_lock_or_another_python_makes_another_environment(tmp_path: Path) -> None:
    (tmp_path / f"{ID}.txt").write_text(LOCK + "\n")
    other = built(planned(right(), locks=str(tmp_path)))["environment"]
    brought = {"path": "/opt/python", "version": f"{BASE}.9", "machine": "arm64"}
    another = built(planned(right(pythons=[brought]), python="/opt/python"))["environment"]
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
        ({"links": {"current": "tf-2.16-0123456789ab"}}, ["activate"], "tf-2.16-0123456789ab"),
        ({"links": {}}, ["activate"], "no active environment"),
        ({"pythons": []}, ["python"], f"no {PYTHON}"),
        (
            {"pythons": [{"path": PYTHON, "version": "3.12.1", "machine": "arm64"}]},
            ["python"],
            "is Python 3.12.1",
        ),
        (
            {"pythons": [{"path": PYTHON, "version": f"{BASE}.9", "machine": "x86_64"}]},
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
    assert built(plan)["environment"] == f"{NAME}.2"
    assert says in found(plan, "environment")


def test_a_second_drift_takes_the_next_name() -> None:
    drifted = [
        environment(changed=["keras"]),
        environment(f"{NAME}.2", changed=["numpy"]),
    ]
    plan = planned(right(environments=drifted, links={"current": f"{NAME}.2"}))
    assert built(plan)["environment"] == f"{NAME}.3"
    assert "numpy" in found(plan, "environment")


def test_a_rebuilt_environment_is_right_beside_the_drifted_one() -> None:
    both = [environment(changed=["keras"]), environment(f"{NAME}.2")]
    assert planned(right(environments=both, links={"current": f"{NAME}.2"}))["steps"] == []
    assert stages(planned(right(environments=both, links={"current": NAME}))) == ["activate"]


def test_of_two_that_are_right_the_active_one_stays() -> None:
    both = [environment(), environment(f"{NAME}.2")]
    for active in (NAME, f"{NAME}.2"):
        assert planned(right(environments=both, links={"current": active}))["steps"] == []


def test_an_unfinished_environment_is_built_again_at_the_same_path() -> None:
    plan = planned(right(environments=[environment(receipt="")], links={}))
    assert stages(plan) == ["environment", "activate"]
    assert built(plan)["environment"] == NAME
    assert "unfinished" in found(plan, "environment")


def test_an_unfinished_environment_in_use_is_not_touched() -> None:
    plan = planned(right(environments=[environment(receipt="")]))
    assert built(plan)["environment"] == f"{NAME}.2"


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
    building = right(environments=[], links={}, **without)
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
    beside = right(environments=[one, two, three, four, half], links={"current": four["name"]})
    assert planned(beside, keep=2)["prune"] == [two["name"], three["name"], half["name"]]


def test_the_environment_that_was_active_is_never_removed() -> None:
    before = environment("tf-2.18-000000000001")
    reading = right(environments=[before, environment()], links={"current": before["name"]})
    assert planned(reading, keep=0)["prune"] == []


def test_a_folder_that_is_no_environment_of_the_role_is_never_removed() -> None:
    foreign = environment("my own work", receipt="", python="", packages={})
    assert planned(right(environments=[environment(), foreign]), keep=0)["prune"] == []


def test_a_home_of_the_owner_needs_no_root() -> None:
    def needs_root(owner: str) -> bool:
        home = {"path": "/opt/tensorflow", "owner": owner, "taken": []}
        plan = planned(right(environments=[], links={}, home=home))
        return any(step["root"] for step in plan["steps"])

    assert not needs_root("admin")
    assert needs_root("root")
    assert needs_root("")


def test_to_work_as_another_owner_takes_root() -> None:
    other = {"homebrew": {"prefix": "/opt/homebrew", "owner": "kim", "locked": "/opt/homebrew"}}
    plan = planned(right(formulae={}, **other), owner="kim")
    assert [(step["id"], step["root"]) for step in plan["steps"]] == [("homebrew", True)]


def test_every_step_says_what_was_found_and_what_is_wanted() -> None:
    for step in planned(bare())["steps"]:
        assert step["found"]
        assert step["wanted"]


def test_an_interpreter_that_is_brought_is_the_base() -> None:
    brought = {"path": "/opt/python 3/bin/python3", "version": f"{BASE}.4", "machine": "arm64"}
    plan = planned(right(pythons=[brought], environments=[]), python=brought["path"])
    assert built(plan)["python"] == brought["path"]
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
            f"needs Python {BASE} for arm64, but there is",
        ),
        (
            {"pythons": [{"path": BROUGHT, "version": f"{BASE}.9", "machine": "x86_64"}]},
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


def test_homebrew_serves_apple_silicon_from_macos_15_on() -> None:
    for macos, machine, source in (
        ("15.0", bare, "homebrew"),
        ("26.1", bare, "homebrew"),
        ("14.6.1", bare, "standalone"),
        ("12.2.1", bare, "standalone"),
        ("15.6", intel, "standalone"),
    ):
        assert built(planned(machine(macos=macos)))["source"] == source


def test_where_homebrew_does_not_serve_no_homebrew_is_installed_and_the_plan_says_why() -> None:
    plan = planned(bare(macos="14.6.1"))
    assert stages(plan) == ["command_line_tools", "python", "environment", "activate", "access"]
    assert built(plan)["python"] == STANDALONE
    assert plan["notes"] == [
        "Its Python is a standalone build, since Homebrew has no bottles for macOS 14.",
        "libomp is left out, since Homebrew has no bottles for macOS 14; only LightGBM and XGBoost "
        "would need it.",
    ]


def test_what_homebrew_poured_while_it_served_is_kept() -> None:
    plan = planned(right(macos="14.6.1"))
    assert (built(plan)["source"], plan["formulae"], plan["steps"]) == ("homebrew", ["libomp"], [])
    gone = planned(right(macos="14.6.1", pythons=[]))
    assert built(gone)["source"] == "standalone"
    assert stages(gone) == ["python", "environment", "activate"]


def test_a_formula_that_somebody_needs_and_homebrew_cannot_bring_is_refused(
    tmp_path: Path,
) -> None:
    (tmp_path / f"{ID}.txt").write_text(LOCK)
    (tmp_path / f"{ID}-lab.txt").write_text(LOCK)
    lab: dict[str, Any] = {"extra": "lab", "locks": str(tmp_path)}
    sentence = planned(bare(macos="14.6.1"), **lab)["refused"]["formulae"]
    assert "so libomp cannot be had for LightGBM and XGBoost." in sentence
    there = {"libomp": {"version": "19.1.7", "whole": True}}
    assert planned(bare(macos="14.6.1", formulae=there), **lab)["row"]
    assert planned(bare(macos="15.6"), **lab)["row"]
    graphviz = planned(bare(macos="14.6.1"), formulae=["graphviz"])["refused"]["formulae"]
    assert "so graphviz cannot be had." in graphviz


def test_homebrew_is_asked_for_where_it_is_insisted_on() -> None:
    plan = planned(bare(macos="14.6.1"), python="homebrew")
    assert "homebrew" in stages(plan)
    assert plan["notes"] == []
    assert "no longer installs" in planned(bare_intel(), python="homebrew")["refused"]["homebrew"]


def test_a_standalone_build_is_asked_for_by_its_whole_name() -> None:
    assert built(planned(bare(), python="standalone"))["python"] == STANDALONE
    assert built(planned(bare_intel()))["python"] == STANDALONE.replace("aarch64", "x86_64")
    row = PINS[0] | {"python": "3.8"}
    refused = planned(bare(), [row], python="standalone")["refused"]["python"]
    assert "no pinned standalone build of Python 3.8" in refused


def test_miniforge_is_asked_for_by_name_and_needs_no_homebrew() -> None:
    plan = planned(bare(macos="14.6.1"), python="miniforge")
    python = f"/opt/tensorflow/pythons/miniforge-{BASE}/bin/python{BASE}"
    assert built(plan)["python"] == python
    assert "homebrew" not in stages(plan)
    _, _, pythons, _, _ = planning.probe_arguments(PINS, WANTED | {"python": "miniforge"})
    assert python in pythons.splitlines()


@pytest.mark.parametrize("python", planning.STANDALONE)
def test_the_pinned_uv_knows_each_standalone_build(python: str) -> None:
    for machine in planning.ARCHITECTURES:
        build = planning.standalone_build(machine, python)
        command = [sys.executable, "-m", "uv", "python", "list", "--only-downloads", "--no-config"]
        found = subprocess.run([*command, build], capture_output=True, text=True, check=True)
        assert f"{build} " in found.stdout


def test_what_others_put_there_is_named_and_left_alone() -> None:
    old = {"path": "/Users/kim/old", "packages": "tensorflow 2.15.0,tensorflow-macos 2.9.0"}
    seen = [{"kind": kind, **old} for kind in ("environment", "homebrew", "plugin")]
    plan = planned(right(seen=seen))
    assert plan["steps"] == []
    assert len(plan["notes"]) == 3
    assert all("/Users/kim/old" in note and "left alone" in note for note in plan["notes"])
    assert "tensorflow-macos 2.9.0" in plan["notes"][0]


def sized(name: str, kib: int) -> dict[str, Any]:
    receipt = json.dumps({"environment": name, "made": "2026-11-01", "kib": kib})
    return environment(name, receipt=receipt)


def test_too_small_a_disk_is_refused_with_what_is_free_and_what_could_be() -> None:
    old = sized("tf-2.18-000000000001", 1_300_000)
    full = right(environments=[old], links={}, free_bytes=1_100_000_000)
    plan = planned(full)
    assert (plan["row"], plan["steps"]) == (None, [])
    assert plan["refused"]["disk"].startswith(
        f"Building {NAME} takes 3.1 GB in /opt/tensorflow, and 1.1 GB are free."
    )
    assert "tf-2.18-000000000001 (1.3 GB)" in plan["refused"]["disk"]


def test_what_a_broken_off_run_left_in_its_place_counts_as_free() -> None:
    half = environment(receipt="", kib=2_500_000)
    full = right(environments=[half], links={}, free_bytes=1_000_000_000)
    assert stages(planned(full)) == ["environment", "activate"]
    assert not planned(full)["prune_first"]
    assert planned(full | {"free_bytes": 100_000_000})["refused"]["disk"]


def test_what_is_to_be_built_is_told_by_its_size_and_what_is_gone_back_to_takes_nothing() -> None:
    bare_one = planned(right(environments=[], links={}))["environments"]
    assert pruning.takes(bare_one) == "; what it was to build takes 3.1 GB"
    assert pruning.takes([{"name": "current", "environment": NAME}]) == ""
    assert pruning.takes(planned(right())["environments"]) == ""


def test_what_another_unfinished_one_takes_is_freed_first() -> None:
    other = environment("tf-2.16-000000000001", receipt="", kib=2_500_000)
    full = right(environments=[other], links={}, free_bytes=1_000_000_000)
    assert planned(full)["prune_first"]
    assert planned(full)["prune"] == [other["name"]]


def test_a_mac_that_is_right_needs_no_room() -> None:
    assert planned(right(free_bytes=0))["steps"] == []


def test_what_goes_at_the_end_goes_first_where_there_is_no_room_otherwise() -> None:
    old = [sized(f"tf-2.18-00000000000{n}", 1_300_000) for n in range(4)]
    full = right(environments=old, links={}, free_bytes=1_000_000_000)
    plan = planned(full, keep=2)
    assert plan["prune_first"]
    assert len(plan["prune"]) == 2
    assert planned(full, keep=3)["refused"]["disk"]
    assert not planned(full | {"free_bytes": 50_000_000_000}, keep=2)["prune_first"]


def test_half_a_homebrew_is_refused_with_its_owner() -> None:
    half = {"prefix": "", "half": "/opt/homebrew", "version": "", "owner": "kim"}
    sentence = planned(bare(homebrew=half))["refused"]["homebrew"]
    assert "/opt/homebrew is there without brew in it, and belongs to kim." in sentence
    assert planned(bare(homebrew=half, macos="14.6.1"))["row"]


def test_another_s_homebrew_is_no_matter_where_it_is_not_asked() -> None:
    homebrew = {"prefix": "/opt/homebrew", "version": "7.0.1", "owner": "kim"}
    assert planned(right(homebrew=homebrew))["steps"] == []
    assert stages(planned(right(homebrew=homebrew, links={}))) == ["activate"]


def test_the_probe_is_asked_for_all_that_the_plan_reads() -> None:
    wanted = WANTED | {"owner": "kim"}
    home, formulae, pythons, uv, owner = planning.probe_arguments(PINS, wanted)
    assert (home, formulae, uv, owner) == ("/opt/tensorflow", "libomp", UV, "kim")
    assert {PYTHON, STANDALONE} <= {*pythons.splitlines()}
    older = INTEL["python"]
    assert f"/usr/local/opt/python@{older}/bin/python{older}" in pythons.splitlines()


def test_a_reading_is_found_under_a_login_banner() -> None:
    line = json.dumps(right(), separators=(",", ":"))
    printed = f'Welcome to {{"lab"}}\r\nLast login: today\r\n{line}\r\n'
    assert planning.reading(printed) == right()


@pytest.mark.parametrize("printed", ["", "zsh: command not found", '{"schema":1,"kernel":'])
def test_output_without_a_reading_is_named_in_the_error(printed: str) -> None:
    with pytest.raises(ValueError, match="The probe printed no reading"):
        planning.reading(printed)


def test_an_owner_who_is_not_there_is_refused_before_anything_is_changed() -> None:
    plan = planned(bare(owner_there=False), owner="kim")
    assert plan["refused"]["owner"].startswith("There is no account kim on this Mac.")
    assert (plan["row"], plan["steps"]) == (None, [])


@pytest.mark.parametrize(("taken", "what"), [("current", "no link"), (".", "no folder")])
def test_what_stands_in_the_place_of_a_link_or_of_the_home_is_refused(
    taken: str, what: str
) -> None:
    home = {"path": "/opt/tensorflow", "owner": "admin", "taken": [taken]}
    assert what in planned(bare(home=home))["refused"]["home"]
    assert not planned(bare(home=home | {"taken": ["course-a"]}))["refused"].get("home")


def test_a_homebrew_that_its_owner_may_not_write_is_refused_where_it_is_needed() -> None:
    locked = {
        "prefix": "/opt/homebrew",
        "owner": "admin",
        "half": "",
        "locked": "/opt/homebrew/opt",
    }
    assert "homebrew" not in planned(right(homebrew=locked))["refused"]
    why = planned(right(homebrew=locked, formulae={}))["refused"]["homebrew"]
    assert "admin may not write /opt/homebrew/opt" in why
    assert why.endswith("sudo chown -R admin /opt/homebrew")


def test_of_an_intel_mac_s_usr_local_only_homebrew_s_folder_is_to_be_handed_over() -> None:
    locked = {"prefix": "/usr/local", "owner": "admin", "half": "", "locked": "/usr/local/opt"}
    intel = right(machine="x86_64", homebrew=locked, formulae={}, environments=[], tools={"uv": ""})
    why = planned(intel, python="homebrew")["refused"]["homebrew"]
    assert why.endswith("sudo chown -R admin /usr/local/opt")
