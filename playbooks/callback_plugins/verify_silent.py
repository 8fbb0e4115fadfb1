"""Tells the report of Macs that fall silent, and sees to it that there is a report: a play in which
every Mac did ends the run before the play that makes it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: verify_silent
type: notification
short_description: tells the report of Macs that fall silent
description:
  - Writes down in which stage a Mac stopped to answer.
  - Makes the report where the run ends before it.
"""
PROJECT = Path(__file__).resolve().parent.parent.parent
VERIFY = [sys.executable, "-m", "verify"]
# The plays that make a Mac right, and the one that makes the report, have this in their vars.
MARK, MAKES, REPORTS = "_tensorflow_metal_play", "converge", "report"


class CallbackModule(CallbackBase):  # type: ignore[misc]
    """Notes who falls silent, and tells of them between two plays: there nothing waits for it."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "verify_silent"

    def __init__(self) -> None:
        super().__init__()
        self._makes = self._owed = False
        self._play: Any = None
        self._macs: list[str] = []
        self._silent: list[dict[str, Any]] = []

    def v2_playbook_on_start(self, playbook: Any) -> None:  # noqa: ANN401
        plays = [play.vars.get(MARK) for play in playbook.get_plays()]
        self._makes, self._owed = MAKES in plays, REPORTS in plays

    def v2_playbook_on_play_start(self, play: Any) -> None:  # noqa: ANN401
        self._tell()
        self._play = play
        if play.vars.get(MARK) == MAKES:
            self._macs = self._variables()["ansible_play_hosts_all"]
        elif play.vars.get(MARK) == REPORTS:
            self._owed = False

    def v2_runner_on_unreachable(self, result: Any) -> None:  # noqa: ANN401
        # A stage is a file of tasks.
        makes = self._play.vars.get(MARK) == MAKES
        stage = Path(result.task.get_path().rpartition(":")[0]).stem if makes else "plan"
        simulated = self._variables(result.host).get("simulated") is True or None
        # Of a task that handles passwords, what was said is censored; of a loop it is in its items.
        words = result.result.get("msg") or result.result.get("censored") or "ssh failed"
        said = words.removeprefix("Task failed: ")
        self._silent.append(
            {"name": result.host.get_name(), "stage": stage, "said": said, "simulated": simulated}
        )

    def v2_playbook_on_stats(self, stats: Any) -> None:  # noqa: ANN401
        self._tell()
        if self._owed and self._macs and not self._play.check_mode:
            self._display.display("The run ended before its report, which is this:")
            self._verify("report", "--expect", *self._macs)

    def _variables(self, host: Any = None) -> dict[str, Any]:  # noqa: ANN401
        manager = self._play.get_variable_manager()
        found: dict[str, Any] = manager.get_vars(play=self._play, host=host)
        return found

    def _tell(self) -> None:
        if self._makes and self._silent and not self._play.check_mode:
            self._verify("silent", said=json.dumps(self._silent))
        self._silent = []

    def _verify(self, *arguments: str, said: str = "") -> None:
        command = [*VERIFY, *arguments]
        inventories = ",".join(self._variables()["ansible_inventory_sources"])
        done = subprocess.run(
            command,
            cwd=PROJECT,
            env={**os.environ, "ANSIBLE_INVENTORY": inventories},
            input=said,
            capture_output=True,
            encoding="utf-8",
        )
        if text := (done.stdout + done.stderr).strip():
            self._display.display(text)
