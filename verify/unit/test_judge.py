"""From a Mac to its verdict, with Macs that answer badly or not at all."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from verify import settings
from verify.host.foreign import PROGRAM
from verify.host.judge import judge, to_be_active
from verify.host.lines import PLANNED, again
from verify.host.run import Answer
from verify.onhost.catalogue import checks_for
from verify.onhost.child import RAISED
from verify.onhost.registry import Line
from verify.unit.macs import PLAN, READING, FakeMac, expected, lines
from verify.verdict import Verdict

NO_ROW: dict[str, Any] = {
    "row": None,
    "refused": {"tf-2.18": "tf-2.18 needs arm64."},
    "steps": [],
    "environments": [],
}
STEP = {"id": "activate", "found": "old", "wanted": "new", "root": False}


def printed(told: list[Line]) -> Answer:
    return Answer(0, "\n".join(map(json.dumps, told)), "")


def judged(
    monkeypatch: pytest.MonkeyPatch,
    *answers: Answer,
    plan: dict[str, Any] = PLAN,
    reading: dict[str, Any] = READING,
    variables: dict[str, Any] | None = None,
    **options: object,
) -> Verdict:
    """The verdict on a Mac with this plan that gives these answers after its reading."""
    monkeypatch.setattr(settings, "plan", lambda reading, wanted: plan)
    mac = FakeMac(Answer(0, json.dumps(reading), ""), *answers)
    return judge("m2", mac, variables or {}, None, options)


def by_id(verdict: Verdict) -> dict[str, str]:
    return {check["id"]: check["status"] for check in verdict.checks}


def test_a_mac_on_which_everything_holds_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = judged(monkeypatch, printed(lines()))
    assert verdict.verdict == "pass"
    wished = expected(libraries=["/libomp"])
    assert set(by_id(verdict)) == {PLANNED, *(check.id for check in checks_for(wished))}
    assert (verdict.pin, verdict.lock, verdict.simulated) == ("tf-2.18", "abc", True)
    assert verdict.versions == {"python": "3.11.9", "tensorflow": "2.18.1"}


def test_one_check_that_fails_makes_the_mac_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = judged(monkeypatch, printed(lines(failing="placement.matmul")))
    assert verdict.verdict == "fail"
    assert by_id(verdict)["placement.matmul"] == "fail"


def test_what_the_plan_would_still_do_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = judged(monkeypatch, printed(lines()), plan={**PLAN, "steps": [STEP]})
    assert verdict.verdict == "fail"
    assert verdict.checks[0]["measured"] == "activate: old, not new"


def test_what_stands_in_the_way_is_told_with_its_own_cure_and_not_with_a_row_s(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    why = "/opt/tensorflow/current is there and is no link. Move it away and run again."
    verdict = judged(monkeypatch, plan={**NO_ROW, "refused": {"home": why}})
    first = verdict.checks[0]
    assert (first["status"], first["measured"]) == ("fail", why)
    assert first["cure"] == f"Do what is said there, then run `{again('m2')}`."
    assert not any("row" in check["cause"] + check["cure"] for check in verdict.checks)


def test_a_mac_without_an_environment_is_wrong_and_told_what_to_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bare = {**READING, "links": {}}
    verdict = judged(monkeypatch, plan={**PLAN, "steps": [STEP]}, reading=bare)
    assert verdict.verdict == "fail"
    assert set(by_id(verdict).values()) == {"fail", "not run"}
    assert again("m2") in verdict.checks[-1]["cure"]


def test_a_mac_that_no_row_fits_is_wrong_with_each_row_s_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    verdict = judged(monkeypatch, plan=NO_ROW)
    assert (verdict.verdict, verdict.pin) == ("fail", "")
    assert "tf-2.18 needs arm64." in str(verdict.checks[0]["measured"])


def test_a_python_that_does_not_run_is_what_is_wrong_and_nothing_else_was_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    verdict = judged(monkeypatch, Answer(127, "", "sh: python: not found"))
    statuses = by_id(verdict)
    assert statuses.pop("environment.python") == "fail"
    assert set(statuses.values()) == {"pass", "not run"}
    (failed,) = [check for check in verdict.checks if check["status"] == "fail"]
    assert failed["cause"].startswith("The Python that the environment was built on is gone.")
    assert "not found" in failed["evidence"]


def test_lines_that_came_before_the_end_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    came = printed(lines()[:3])
    verdict = judged(monkeypatch, Answer(1, came.stdout, "Killed: 9"))
    statuses = list(by_id(verdict).values())
    assert statuses[:5] == ["pass"] * 4 + ["fail"]
    assert set(statuses[5:]) == {"not run"}


def test_a_silent_mac_is_unreachable_with_what_ssh_said() -> None:
    verdict = judge("m2", FakeMac(), {})
    assert verdict.verdict == "unreachable"
    assert verdict.simulated is None
    assert set(by_id(verdict).values()) == {"not run"}
    assert "Connection timed out" in verdict.checks[0]["cause"]


def test_a_mac_that_falls_asleep_in_its_checks_is_unreachable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert judged(monkeypatch).verdict == "unreachable"


def test_the_inventory_may_say_that_a_silent_mac_is_simulated() -> None:
    assert judge("m2", FakeMac(), {"simulated": True}).simulated is True


def test_a_probe_that_prints_no_reading_leaves_the_mac_unjudged() -> None:
    verdict = judge("m2", FakeMac(Answer(2, "", "sh: syntax error")), {})
    assert verdict.verdict == "inconclusive"
    assert "syntax error" in str(verdict.checks[0]["measured"])


def test_a_template_in_the_inventory_leaves_the_mac_unjudged() -> None:
    verdict = judge("m2", FakeMac(), {"tensorflow_metal_home": "{{ elsewhere }}"})
    assert verdict.verdict == "inconclusive"
    assert "tensorflow_metal_home" in str(verdict.checks[0]["measured"])


def test_on_a_virtual_mac_a_gpu_that_fails_is_inconclusive(monkeypatch: pytest.MonkeyPatch) -> None:
    virtual = {**READING, "virtual": True}
    answer = printed(lines(failing="numerics.softmax"))
    assert judged(monkeypatch, answer, reading=virtual).verdict == "inconclusive"


def test_on_a_virtual_mac_an_environment_that_fails_is_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    virtual = {**READING, "virtual": True}
    answer = printed(lines(failing="environment.lock"))
    assert judged(monkeypatch, answer, reading=virtual).verdict == "fail"


@pytest.mark.parametrize(
    ("current", "planned", "expected"),
    [
        ("tf-0123456789ab", "/o/envs/tf-0123456789ab", "/o/envs/tf-0123456789ab"),
        ("tf-0123456789ab", "/o/envs/tf-0123456789ab.2", "/o/envs/tf-0123456789ab"),
        ("tf-0123456789ab.2", "/o/envs/tf-0123456789ab.3", "/o/envs/tf-0123456789ab.2"),
        ("tf-ffffffffffff", "/o/envs/tf-0123456789ab", "/o/envs/tf-0123456789ab"),
        ("/tmp", "/o/envs/tf-0123456789ab", "/o/envs/tf-0123456789ab"),
    ],
)
def test_the_link_to_an_environment_that_was_changed_is_right(
    current: str, planned: str, expected: str
) -> None:
    assert to_be_active(current, planned) == expected


def test_what_a_check_measured_is_explained_by_the_catalogue(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = lines(failing="load.imports")
    (failed,) = [one for one in told if one["status"] == "fail"]
    failed["measured"] = "NotFoundError: /x/libmetal_plugin.dylib: file too short"
    failed["cause"] = RAISED
    verdict = judged(monkeypatch, printed(told))
    (failed,) = [one for one in verdict.checks if one["status"] == "fail"]
    assert failed["cause"].startswith("A library is no library.")


def test_what_a_check_knows_better_stands_above_the_catalogue(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = lines(failing="environment.keras")
    (failed,) = [one for one in told if one["status"] == "fail"]
    failed["measured"] = "TF_USE_LEGACY_KERAS=1 over ssh"
    failed["cause"] = "TF_USE_LEGACY_KERAS is set over ssh."
    verdict = judged(monkeypatch, printed(told))
    (failed,) = [one for one in verdict.checks if one["status"] == "fail"]
    assert failed["cause"] == "TF_USE_LEGACY_KERAS is set over ssh."


def test_what_only_warns_leaves_the_mac_right(monkeypatch: pytest.MonkeyPatch) -> None:
    told = lines()
    told[0]["status"] = "warn"
    assert judged(monkeypatch, printed(told)).verdict == "pass"


def test_a_profile_of_the_inventory_or_an_option_decides_what_is_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def ids(**options: str) -> set[str]:
        variables = {"tensorflow_metal_profile": "smoke"}
        wished: dict[str, Any] = {"variables": variables, **options}
        return {*by_id(judged(monkeypatch, printed(lines()), **wished))}

    assert ids() < ids(profile="standard")
    only = ids(families="load,placement")
    assert {name.partition(".")[0] for name in only} == {"machine", "load", "placement"}
    assert "machine.native" not in only
    one = ids(families="training.lstm,numerics.matmul", profile="smoke")
    assert one == {"machine.planned", "training.lstm", "numerics.matmul"}


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({"profile": "thorough"}, "There is no profile 'thorough'; there are smoke, standard"),
        ({"families": "gpu"}, "There is no family of checks 'gpu'; there are machine, env"),
        (
            {"families": "load.gpu"},
            "There is no check 'load.gpu'; there are load.imports, load.keras",
        ),
        ({"timeout": -1}, "tensorflow_metal_timeout is -1, not a number above 0."),
    ],
)
def test_what_cannot_be_wished_leaves_the_mac_unjudged(wish: dict[str, Any], sentence: str) -> None:
    verdict = judge("m2", FakeMac(), {}, None, wish)
    assert verdict.verdict == "inconclusive"
    assert sentence in str(verdict.checks[0]["measured"])


def found(*plugins: str, **packages: str) -> Answer:
    told = {
        "executable": "/u/tf/venv/bin/python",
        "prefix": "/u/tf/venv",
        "packages": packages,
        "plugins": plugins,
    }
    return Answer(0, f"hello\n{json.dumps(told)}\n", "")


def test_an_environment_of_someone_else_s_is_judged_but_for_its_plan_and_lock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    there = found(**{"tensorflow": "2.18.1", "tensorflow_metal": "1.2.0"})
    verdict = judged(monkeypatch, there, printed(lines()), environment="~/tf/venv")
    statuses = by_id(verdict)
    assert verdict.verdict == "pass"
    assert {name for name, status in statuses.items() if status == "not run"} == {
        *("machine.planned", "environment.active", "environment.python", "environment.lock")
    }
    assert "numerics.matmul" in statuses
    assert "not the role's" in verdict.checks[0]["cause"]
    assert verdict.versions == {"tensorflow": "2.18.1", "tensorflow-metal": "1.2.0"}


def test_without_the_plugin_someone_else_s_environment_promises_no_gpu(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    there = found(tensorflow="2.18.1")
    verdict = judged(monkeypatch, there, printed(lines()), environment="~/tf/venv")
    assert "load.listed" not in by_id(verdict)


def test_a_plugin_that_no_package_brought_promises_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    there = found("/u/tf/venv/tensorflow-plugins/libmetal_plugin.dylib", tensorflow="2.18.1")
    verdict = judged(monkeypatch, there, printed(lines()), environment="~/tf/venv")
    assert "load.listed" in by_id(verdict)


def test_the_program_that_asks_someone_else_s_environment_runs() -> None:
    ran = subprocess.run([sys.executable, "-I", "-c", PROGRAM], capture_output=True, check=True)
    told = json.loads(ran.stdout)
    assert told["packages"]["pytest"] == pytest.__version__
    assert told["plugins"] == []


def test_someone_else_s_environment_that_is_not_there_is_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gone = Answer(127, "", "foreign: 9: exec: /u/tf/venv: not found")
    verdict = judged(monkeypatch, gone, environment="/u/tf/venv")
    assert verdict.verdict == "fail"
    assert "/u/tf/venv ended with exit status 127" in str(verdict.checks[-1]["measured"])
