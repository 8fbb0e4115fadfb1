"""The runs as ratios: a table, a file, a last line."""

from __future__ import annotations

import dataclasses
import math
import statistics
from collections.abc import Mapping
from typing import Any

from rich.table import Table

from cases import CASES
from contenders import Ran

Runs = Mapping[str, Mapping[str, list[Ran]]]


def middle(runs: list[Ran]) -> float:
    """The median of the seconds; none of a run that failed."""
    return median([run.seconds for run in runs if not run.failed])


def median(numbers: list[float]) -> float:
    return statistics.median(numbers) if numbers else math.nan


def figures(runs: Runs) -> dict[str, Any]:
    """For each case and contender: seconds (median, least, most), the ratio to ours, the seconds of
    processor that the controller and the Macs took, the controller's memory (MiB), all medians, and
    every run.
    """
    return {
        name: {
            "text": CASES[name].text,
            "macs": CASES[name].macs,
            "contenders": {who: figure(ran, of["ours"]) for who, ran in of.items()},
        }
        for name, of in runs.items()
    }


def figure(ran: list[Ran], ours: list[Ran]) -> dict[str, Any]:
    well = [run for run in ran if not run.failed]
    seconds = [run.seconds for run in well]
    found: dict[str, Any] = {"runs": [dataclasses.asdict(run) for run in ran]}
    if not well:
        return found
    return {
        "seconds": {"median": median(seconds), "least": min(seconds), "most": max(seconds)},
        "times_ours": middle(ran) / middle(ours),
        "processor": {
            "controller": median([run.processor for run in well]),
            "macs": median([run.macs for run in well]),
        },
        "memory_mib": median([run.memory for run in well]),
        **found,
    }


def table(runs: Runs, title: str) -> Table:
    drawn = Table(title=title)
    drawn.add_column("case")
    for column in ("", "x ours", "seconds", "from", "to", "controller", "Macs", "MiB"):
        drawn.add_column(column, justify="right" if column else "left")
    for name, case in figures(runs).items():
        label = f"{name}: {case['text']}"
        for who, one in case["contenders"].items():
            drawn.add_row(label, who, *(cells(one) if "seconds" in one else ["failed"]))
            label = ""
        drawn.add_section()
    return drawn


def cells(one: Mapping[str, Any]) -> list[str]:
    took, spent = one["seconds"], one["processor"]
    numbers = (one["times_ours"], took["median"], took["least"], took["most"])
    return [f"{n:.1f}" for n in (*numbers, *spent.values())] + [f"{one['memory_mib']:.0f}"]


def conclusion(runs: Runs) -> str:
    floor = ratio(runs, "nothing-25", "ours", "floor")
    again = ratio(runs, "nothing-25", "plain", "ours")
    first = ratio(runs, "install-8", "plain", "ours")
    return (
        f"nothing to do on 25: {floor} x floor, plain {again} x ours; "
        f"first installation on 8: plain {first} x ours"
    )


def ratio(runs: Runs, case: str, one: str, other: str) -> str:
    if case not in runs:
        return "(not run)"
    found = middle(runs[case][one]) / middle(runs[case][other])
    return "(failed)" if math.isnan(found) else f"{found:.1f}"
