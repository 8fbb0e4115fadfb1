"""Where the crash test breaks runs off, and what it takes for right afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice

import pytest

from judge import SWITCHES, State, allowed, broken, read, settled, told
from points import KINDS, LONG, Point, Task, parse, points
from verify.unit.role import MARK, role_tasks

RUNS = {
    "install": [
        Task(3, "a long one", LONG[0], 4.0),
        Task(5, "a quick one", "", 0.1),
    ],
    "upgrade": [
        Task(8, "another long one", LONG[-1], 9.0),
        Task(9, "the one that switches", SWITCHES, 1.0),
        Task(12, "another quick one", "", 0.2),
    ],
}
BOUNDARIES = {(operation, task.number) for operation, tasks in RUNS.items() for task in tasks}
WHOLE = "current 2.18.1\nfinished tf-2.18-0 2.18.1\n"


def first(number: int, seed: int = 1) -> list[Point]:
    return list(islice(points(RUNS, seed), number))


def test_a_seed_finds_the_same_points_again_and_another_seed_others() -> None:
    assert first(60) == first(60)
    assert first(60) != first(60, seed=2)


def test_how_long_a_run_took_does_not_choose_its_points() -> None:
    slower = {
        name: [replace(task, seconds=7 * task.seconds) for task in tasks]
        for name, tasks in RUNS.items()
    }

    def places(runs: Mapping[str, Sequence[Task]]) -> list[tuple[str, str, int, bool]]:
        found = islice(points(runs, 1), 60)
        return [(one.operation, one.kind, one.task, one.after is None) for one in found]

    assert places(slower) == places(RUNS)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_first_few_are_of_each_kind(seed: int) -> None:
    assert {one.kind for one in first(len(KINDS), seed)} == set(KINDS)


@pytest.mark.parametrize("known", [*LONG, SWITCHES])
def test_what_a_task_is_known_by_is_what_the_role_calls_it(known: str) -> None:
    assert known in {task.get("vars", {}).get(MARK) for _, task in role_tasks()}


def test_every_boundary_is_met_once_before_any_is_met_again() -> None:
    bounded = [one for one in first(2 * len(BOUNDARIES)) if one.after is None]
    assert {(one.operation, one.task) for one in bounded} == BOUNDARIES
    assert len(bounded) == len(BOUNDARIES)


def test_every_boundary_is_met_in_every_kind() -> None:
    bounded = {one for one in first(2 * len(BOUNDARIES) * len(KINDS)) if one.after is None}
    expected = {Point(name, kind, task) for name, task in BOUNDARIES for kind in KINDS}
    assert bounded == expected


def test_points_go_on_with_moments_inside_long_tasks_only() -> None:
    inside = [one for one in first(300) if one.after is not None]
    assert len(inside) > 250
    assert {(one.operation, one.task) for one in inside} == {
        ("install", 3),
        ("upgrade", 8),
    }
    seconds = {(name, task.number): task.seconds for name in RUNS for task in RUNS[name]}
    assert all(0 <= (one.after or 0) <= seconds[one.operation, one.task] for one in inside)


@pytest.mark.parametrize("point", [*first(40), Point("a-b", "plug", 12)], ids=str)
def test_a_name_is_all_that_it_takes_to_try_a_point_again(point: Point) -> None:
    assert parse(str(point)) == point


@pytest.mark.parametrize(
    "name", ["", "upgrade/plug", "upgrade/sleep/3", "upgrade/plug/x", "a/plug/3+"]
)
def test_what_is_no_point_is_refused_in_a_sentence(name: str) -> None:
    with pytest.raises(
        ValueError, match=r"is no point: it is OPERATION/KIND/TASK .* Nothing was run\."
    ):
        parse(name)


@pytest.mark.parametrize(
    ("task", "after", "versions"),
    [
        (8, None, {"old"}),
        (8, 3.0, {"old"}),
        (9, None, {"old"}),
        (9, 0.2, {"old", "new"}),
        (12, None, {"new"}),
    ],
)
def test_current_is_that_of_before_until_the_task_that_switches_it(
    task: int, after: float | None, versions: set[str]
) -> None:
    point = Point("upgrade", "controller", task, after)
    assert allowed(point, RUNS["upgrade"], "old", "new") == versions


def test_a_pulled_plug_may_lose_the_switch_but_not_bring_it_about() -> None:
    assert allowed(Point("upgrade", "plug", 12), RUNS["upgrade"], "old", "new") == {"old", "new"}
    assert allowed(Point("upgrade", "torn", 8), RUNS["upgrade"], "old", "new") == {"old"}


@pytest.mark.parametrize(
    ("task", "versions"), [(8, {"old", "new"}), (9, {"old", "new"}), (12, {"new"})]
)
def test_a_run_on_a_full_disk_goes_on_to_the_task_that_has_no_room(
    task: int, versions: set[str]
) -> None:
    point = Point("upgrade", "full", task)
    assert allowed(point, RUNS["upgrade"], "old", "new") == versions


@pytest.mark.parametrize("kind", ["connection", "full"])
def test_a_run_that_ended_well_all_the_same_has_switched(kind: str) -> None:
    point = Point("upgrade", kind, 8)
    assert allowed(point, RUNS["upgrade"], "old", "new", ended=True) == {"new"}


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("[ERROR]: Traceback\n[ERROR]: The disk of this\n    Mac is full.", ""),
        ("[ERROR]: mkdir: x: No space left on device\nfatal: [mac]: UNREACHABLE! => censored", ""),
        ("[ERROR]: No space left on device\nfatal: [mac]: FAILED! => it", "last word is not"),
        ("[ERROR]: Traceback (most recent call last): The disk of this Mac is full.", "as a"),
        ("[ERROR]: The disk of this Mac is full.\n[ERROR]: No room.", "last word is not"),
        ("it said nothing", "last word is not"),
    ],
)
def test_a_full_disk_is_told_in_a_sentence(output: str, said: str) -> None:
    assert said in told(output)
    assert bool(said) == bool(told(output))


def test_a_run_without_the_task_that_switches_is_not_judged() -> None:
    with pytest.raises(StopIteration):
        allowed(Point("upgrade", "plug", 8), RUNS["install"], "old", "new")


def test_a_state_is_read_from_its_lines() -> None:
    state = read(f"{WHOLE}unfinished tf-2.18-1\nleft /a b\nrunning 7 uv pip install\n")
    assert state == State(
        "2.18.1", {"tf-2.18-0": "2.18.1"}, ("tf-2.18-1",), ("/a b",), ("7 uv pip install",)
    )
    assert read("") == State("", {}, (), (), ())


@pytest.mark.parametrize(
    ("output", "said"),
    [
        (WHOLE, ""),
        (WHOLE.replace("current 2.18.1\n", ""), "after the break current imports 'nothing'"),
        (WHOLE.replace("current 2.18.1", "current ImportError: no"), "imports 'ImportError: no'"),
        (
            f"{WHOLE}finished tf-2.16-1 ImportError: no\n",
            "tf-2.16-1 has a receipt, but says 'Import",
        ),
    ],
)
def test_after_a_break_current_and_all_that_has_a_receipt_import(output: str, said: str) -> None:
    wrong = broken(read(output), {"2.18.1"}, {"2.16.2", "2.18.1"})
    assert said in wrong
    assert bool(said) == bool(wrong)


@pytest.mark.parametrize(
    ("output", "said"),
    [
        (WHOLE, ""),
        (WHOLE.replace("current 2.18.1", "current 2.16.2"), "current imports '2.16.2' at the end"),
        (f"{WHOLE}unfinished tf-2.18-1\n", "tf-2.18-1 is left at the end"),
        (f"{WHOLE}left /opt/tensorflow/tools/uv.unfinished\n", "uv.unfinished is left at the end"),
        (f"{WHOLE}running 7 uv pip install\n", "7 uv pip install is left at the end"),
        (f"{WHOLE}finished tf-2.16-1 ImportError: no\n", "tf-2.16-1 has a receipt at the end, but"),
    ],
)
def test_at_the_end_nothing_is_left_over(output: str, said: str) -> None:
    wrong = settled(read(output), "2.18.1")
    assert said in wrong
    assert bool(said) == bool(wrong)
