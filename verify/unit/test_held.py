"""What is held, what was before, and where a rollback leads, from a reading alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from verify import settings
from verify.unit.role import (
    ID,
    LOCK,
    LOCKS,
    NAME,
    PACKAGES,
    WANTED,
    environment,
    holding,
    planned,
    right,
)

backing = settings.filters("back")

OLD, OLDER = "tf-2.16-0123456789ab", "tf-2.15-ba9876543210"
HELD = {"environment": OLD, "since": "2026-11-02T08:40Z", "by": "kim@desk"}
ASKED = {"only": "", "to": "", "release": False, "since": "2026-11-21T09:00Z", "by": "ada@desk"}


def made(name: str, **changes: object) -> dict[str, Any]:
    """A whole environment that some other lock made."""
    packages = {"tensorflow": "2.16.2", "tensorflow-metal": "1.2.0", "numpy": "1.26.4"}
    receipt: dict[str, Any] = {
        "environment": name,
        "pin": name[:7],
        "python": "/opt/homebrew/opt/python@3.11/bin/python3.11",
        "lock_sha256": "of another lock",
        "packages": packages,
        "made": "2026-10-01T07:00:00Z",
    }
    receipt |= {
        key: changes.pop(key) for key in ("environment", "pin", "lock_sha256") if key in changes
    }
    return {**environment(name, packages=packages, receipt=json.dumps(receipt)), **changes}


def whole() -> dict[str, Any]:
    """The newest environment, with the receipt that the role writes."""
    there = environment()
    receipt = json.loads(there["receipt"]) | {"python": "/opt/python"}
    return there | {"receipt": json.dumps(receipt)}


def mac(
    hold: dict[str, Any] | str | None = None,
    past: dict[str, list[str]] | None = None,
    **changes: object,
) -> dict[str, Any]:
    """A Mac with three environments, the newest active, that were active one after the other."""
    reading = right(environments=[made(OLDER), made(OLD), whole()]) | changes
    past = {"current": [OLDER, OLD]} if past is None else past
    times = {
        n: [{"environment": e, "until": 1000 + i} for i, e in enumerate(es)]
        for n, es in past.items()
    }
    files = {"before.json": times, **({} if hold is None else {"hold.json": hold})}
    reading["files"] = reading["files"] | {
        f"/opt/tensorflow/{name}": {
            "text": text if isinstance(text, str) else json.dumps(text),
            "mode": "644",
        }
        for name, text in files.items()
    }
    return reading


def back(reading: dict[str, Any], **asked: object) -> dict[str, Any]:
    found: dict[str, Any] = backing.back(holding.standing(reading, WANTED), ASKED | asked)
    return found


def refusal(reading: dict[str, Any], **asked: object) -> str:
    found = back(reading, **asked)
    assert (found["environments"], found["changed"]) == ([], False)
    return " ".join(found["refused"].values())


def going(found: dict[str, Any]) -> dict[str, str]:
    assert found["refused"] == {}
    return {one["name"]: one["environment"] for one in found["environments"]}


def test_a_rollback_leads_to_the_environment_before_and_holds_it() -> None:
    found = back(mac())
    assert going(found) == {"current": OLD}
    assert found["environments"][0]["path"] == f"/opt/tensorflow/envs/{OLD}"
    assert json.loads(found["hold"]) == {
        "current": {"environment": OLD, "since": "2026-11-21T09:00Z", "by": "ada@desk"}
    }
    assert found["changed"]
    assert f"{NAME} -> {OLD}" in found["said"][0]
    assert "release=true" in found["said"][0]


def test_what_a_killed_switch_remembered_is_not_the_environment_before() -> None:
    assert going(back(mac(past={"current": [OLD, NAME]}))) == {"current": OLD}


def test_an_environment_before_that_was_removed_leads_further_back() -> None:
    assert going(back(mac(environments=[made(OLDER), whole()]))) == {"current": OLDER}


def test_a_second_rollback_changes_nothing_and_says_how_to_go_further() -> None:
    found = back(mac({"current": HELD}, links={"current": OLD}))
    assert (going(found), found["changed"]) == ({}, False)
    assert "held there since 2026-11-02T08:40Z by kim@desk" in found["said"][0]
    assert "-e to=" in found["said"][0]


def test_a_rollback_that_was_killed_before_its_switch_is_finished() -> None:
    found = back(mac({"current": HELD}))
    assert (going(found), found["changed"]) == ({"current": OLD}, True)
    assert json.loads(found["hold"])["current"] == HELD


def test_another_environment_can_be_named() -> None:
    assert going(back(mac(), to=OLDER)) == {"current": OLDER}
    found = back(mac(), to=NAME)
    assert going(found) == {}
    assert json.loads(found["hold"])["current"]["environment"] == NAME


def test_nothing_to_go_back_to_is_a_sentence_with_what_there_is() -> None:
    said = refusal(mac(past={}))
    assert f"current leads to {NAME}, and of none before it is anything known" in said
    assert f"-e to=ENVIRONMENT: {OLDER}, {OLD}" in said
    alone = refusal(mac(past={}, environments=[whole()]))
    assert "no other that is whole" in alone


BROKEN = [
    ({"python": ""}, "the interpreter of tf-2.16-0123456789ab does not run"),
    ({"receipt": ""}, "tf-2.16-0123456789ab is unfinished"),
    ({"receipt": "{}"}, "is unfinished"),
    ({"environment": "other"}, "another environment's receipt"),
    ({"packages": {"tensorflow": "2.16.2"}}, "was changed in numpy, tensorflow-metal"),
    ({"changed": ["tensorflow/__init__.py"]}, "was changed in tensorflow/__init__.py"),
]


@pytest.mark.parametrize(("damage", "says"), BROKEN)
def test_a_broken_environment_before_is_refused(damage: dict[str, Any], says: str) -> None:
    said = refusal(mac(environments=[made(OLDER), made(OLD, **damage), whole()]))
    assert says in said
    assert f"-e to=ENVIRONMENT: {OLDER}." in said


@pytest.mark.parametrize(("damage", "says"), BROKEN)
def test_a_broken_environment_that_is_held_refuses_the_plan(
    damage: dict[str, Any], says: str
) -> None:
    reading = mac({"current": HELD}, environments=[made(OLD, **damage), whole()])
    plan = planned(reading)
    assert plan["row"] is None
    assert says in plan["refused"]["hold"]
    assert "release=true" in plan["refused"]["hold"]


def test_an_unknown_name_or_environment_is_refused() -> None:
    assert "by the name course-x. Those that there are: current." in refusal(mac(), only="course-x")
    assert "tf-9 is not there" in refusal(mac(), to="tf-9")
    assert "by the name current. Those that there are: none." in refusal(
        mac(links={}, environments=[]), only="current"
    )


def test_each_name_has_its_own_before() -> None:
    links = {"current": NAME, "course-a": OLD, "course-b": OLD}
    reading = mac(past={"current": [OLD], "course-a": [OLDER]}, links=links)
    found = back(reading)
    assert going(found) == {"current": OLD, "course-a": OLDER}
    assert "course-b leads to" in found["said"][1]
    assert set(json.loads(found["hold"])) == {"current", "course-a"}
    assert going(back(reading, only="course-a")) == {"course-a": OLDER}


def test_a_rollback_of_one_name_leaves_the_holds_of_others() -> None:
    other = HELD | {"environment": OLDER}
    reading = mac({"course-a": other}, links={"current": NAME, "course-a": OLDER})
    holds = json.loads(back(reading, only="current")["hold"])
    assert (holds["course-a"], holds["current"]["environment"]) == (other, OLD)


def test_a_release_ends_the_holds_that_it_names() -> None:
    other = HELD | {"environment": OLDER}
    links = {"current": OLD, "course-a": OLDER}
    reading = mac({"current": HELD, "course-a": other}, links=links)
    found = back(reading, release=True, only="course-a")
    assert json.loads(found["hold"]) == {"current": HELD}
    assert (found["environments"], found["changed"]) == ([], True)
    assert "held on tf-2.15-ba9876543210 since 2026-11-02T08:40Z by kim@desk" in found["said"][0]
    assert back(reading, release=True)["hold"] == ""
    assert back(mac(), release=True)["said"] == ["Nothing is held."]
    assert not back(mac(), release=True)["changed"]


@pytest.mark.parametrize("text", ["{", "[]", '{"current": 1}', '{"current": {"environment": "x"}}'])
def test_a_file_of_holds_that_is_none_changes_nothing(text: str) -> None:
    said = "/opt/tensorflow/hold.json is not what this role writes"
    assert said in refusal(mac(text))
    assert said in planned(mac(text))["refused"]["hold"]


def test_the_plan_obeys_what_is_held_and_says_so() -> None:
    plan = planned(mac({"current": HELD}, links={"current": OLD}))
    assert [step["id"] for step in plan["steps"]] == []
    one = plan["environments"][0]
    assert (one["environment"], one["row"]["id"], one["row"]["python"]) == (OLD, "tf-2.16", "3.11")
    assert one["packages"]["numpy"] == "1.26.4"
    assert plan["row"]["packages"] == {"tensorflow": "2.16.2", "tensorflow-metal": "1.2.0"}
    for part in (f"asks for {ID}", "since 2026-11-02T08:40Z by kim@desk", "release=true"):
        assert part in plan["row"]["reason"]


def test_the_plan_finishes_a_rollback_that_was_killed_before_its_switch() -> None:
    plan = planned(mac({"current": HELD}))
    assert [(step["id"], step["wanted"]) for step in plan["steps"]] == [("activate", OLD)]


def test_the_verification_judges_by_what_is_held() -> None:
    reading = mac({"current": HELD}, links={"current": OLD})
    assert settings.plan(reading, WANTED)["row"]["id"] == "tf-2.16"
    assert "/opt/tensorflow/hold.json" in settings.probe(WANTED)[-1].splitlines()


def test_what_was_held_is_traced_to_its_lock_where_that_is_still_there() -> None:
    old = NAME[:-1] + "x"
    there = made(old, pin=ID, lock_sha256=settings.filters("plan").digest(LOCK))
    there |= {"packages": PACKAGES}
    there["receipt"] = json.dumps(json.loads(there["receipt"]) | {"packages": PACKAGES})
    hold = {"current": HELD | {"environment": old}}
    plan = planned(mac(hold, environments=[there], links={"current": old}))
    assert plan["environments"][0]["lock"] == str(LOCKS / f"{ID}.txt")


def left(reading: dict[str, Any], **to: str) -> dict[str, list[str]]:
    targets = [{"name": name, "environment": there} for name, there in to.items()]
    found = json.loads(holding.left(targets, reading, WANTED, 2000))
    return {name: [one["environment"] for one in past] for name, past in found.items()}


def test_a_switch_remembers_what_it_leaves_once_and_last() -> None:
    assert left(mac(past={}), current=OLD) == {"current": [NAME]}
    assert left(mac(past={"current": [NAME, OLDER]}), current=OLD) == {"current": [OLDER, NAME]}
    assert left(mac(), current=NAME) == {"current": [OLDER, OLD]}
    assert left(mac(), other=OLD) == {"current": [OLDER, OLD]}
    assert left(mac(links={"current": "gone"}), current=OLD) == {"current": [OLDER, OLD]}
    assert left(mac(past={"current": ["gone"]}), current=OLD) == {"current": [NAME]}
