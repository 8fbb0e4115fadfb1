"""What a run of the role over the scenario's Macs did, and what is known of them beforehand."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
LAB = PROJECT / "molecule" / "lab" / "lab"
# What Ansible does by itself, and not on a Mac.
LOCAL = {
    "assert",
    "debug",
    "fail",
    "include_role",
    "include_tasks",
    "set_fact",
    "validate_argument_spec",
}


@dataclasses.dataclass(frozen=True)
class Ran:
    """What a run of the role did, by Mac."""

    report: dict[str, Any]

    def results(self, name: str) -> list[dict[str, Any]]:
        """Each task's result on one Mac, with the file that the task stands in."""
        tasks = [task for play in self.report["plays"] for task in play["tasks"]]
        return [
            {**task["hosts"][name], "file": Path(task["task"]["path"].rpartition(":")[0]).stem}
            for task in tasks
            if name in task["hosts"]
        ]

    def announced(self, name: str) -> list[dict[str, Any]]:
        """The plan's steps that a run with --check said it would do, each with its sentence."""
        shown = [one for one in self.results(name) if one["file"] == "preview"]
        return [
            {**one["item"], "said": one["msg"]}
            for result in shown
            for one in result.get("results", [])
        ]

    def refusal(self, name: str) -> str:
        failed = [one["msg"] for one in self.results(name) if one.get("failed")]
        return " ".join(failed)

    def remote(self, name: str) -> list[str]:
        """The actions that asked the Mac itself for something."""
        asked = [one for one in self.results(name) if not one.get("skipped")]
        actions = [one["action"].rsplit(".", 1)[-1] for one in asked]
        return [action for action in actions if action not in LOCAL]

    def recap(self, name: str) -> dict[str, int]:
        counts: dict[str, int] = self.report["stats"][name]
        return counts


def said_of(name: str) -> dict[str, Any]:
    """What host_vars says of a Mac."""
    values: dict[str, Any] = yaml.safe_load(
        (HERE / "host_vars" / f"{name}.yml").read_text(encoding="utf-8")
    )
    return values


def platforms() -> list[str]:
    scenario = yaml.safe_load((HERE / "molecule.yml").read_text(encoding="utf-8"))
    return [platform["name"] for platform in scenario["platforms"]]


def having(key: str) -> dict[str, Any]:
    """The Macs of which host_vars says something under this key, with what it says."""
    there = {name: said_of(name) for name in platforms()}
    return {name: values[key] for name, values in there.items() if key in values}
