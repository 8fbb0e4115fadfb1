"""More environments than one on a Mac, each with a name of its own."""

from __future__ import annotations

from typing import Any

from verify.unit.role import (
    ANOTHER,
    ID,
    NAME,
    bare,
    environment,
    planned,
    right,
)

ALSO = [{"name": "course-a", "pin": ANOTHER["id"]}]
OTHER = planned(bare(), also=ALSO)["environments"][1]


def of(plan: dict[str, Any]) -> list[tuple[str, str]]:
    return [(step["of"], step["id"]) for step in plan["steps"] if step["of"]]


def test_each_name_gets_its_own_row_and_environment() -> None:
    plan = planned(right(), also=ALSO)
    assert [one["row"]["id"] for one in plan["environments"]] == [ID, ANOTHER["id"]]
    assert of(plan) == [("course-a", "environment"), ("course-a", "activate")]
    assert "activate of course-a" in plan["steps"][1]["sentence"]


def test_two_names_may_lead_to_one_environment() -> None:
    plan = planned(right(), also=[{"name": "course-b"}])
    assert plan["environments"][1]["environment"] == NAME
    assert of(plan) == [("course-b", "activate")]


def test_nothing_is_left_to_do_once_every_name_leads_to_its_own() -> None:
    receipt = f'{{"environment": "{OTHER["environment"]}"}}'
    other = environment(OTHER["environment"], receipt=receipt, packages=OTHER["packages"])
    links = {"current": NAME, "course-a": OTHER["environment"]}
    reading = right(environments=[environment(), other], links=links)
    assert of(planned(reading, also=ALSO)) == []
    assert planned(reading, also=ALSO, keep=0)["prune"] == []
    assert planned(reading, keep=0)["prune"] == []


def test_one_name_that_is_refused_refuses_the_mac_before_anything_is_changed() -> None:
    plan = planned(right(), also=[{"name": "course-a", "pin": "tf-9"}])
    assert (plan["row"], plan["steps"]) == (None, [])
    assert "no pin 'tf-9'" in plan["refused"]["pin"]


def test_a_name_of_the_role_s_own_folders_is_refused() -> None:
    for name in ("envs", "tools", "pythons", "bin", "current", "a/b", "", ".x"):
        plan = planned(right(), also=[{"name": name}])
        assert plan["row"] is None, name
        assert "cannot be the name of an environment" in plan["refused"]["also"]


def test_a_name_that_is_given_twice_is_refused() -> None:
    plan = planned(right(), also=[{"name": "a"}, {"name": "a"}])
    assert "cannot be the name" in plan["refused"]["also"]
