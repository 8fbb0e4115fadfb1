"""Shows how far the verification is while its one task runs: Ansible itself shows a task's output
only when the task is over.
"""

from __future__ import annotations

import importlib.util
import sys
import threading
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: verify_progress
type: notification
short_description: shows how far each Mac's verification is
description:
  - While the task runs that verifies the Macs, tells on the controlling terminal or in the log when
    a Mac begins a family of checks and how the family before it ended.
"""
PROJECT = Path(__file__).resolve().parent.parent.parent
# The task that verifies has this in its vars, whatever it is called.
MARK, VERIFIES = "_tensorflow_metal_task", "verify_macs"
EVERY = 0.5
SOURCE = PROJECT / "report" / "progress.jsonl"


class CallbackModule(CallbackBase):  # type: ignore[misc]
    """Follows the file of events from the task's beginning to its end."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "verify_progress"

    def __init__(self) -> None:
        super().__init__()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:  # noqa: ANN401
        self._end()
        if task.vars.get(MARK) == VERIFIES and not task.check_mode:
            # What the last verification told is not this one's.
            SOURCE.unlink(missing_ok=True)
            self._over.clear()
            self._thread = threading.Thread(target=self._follow, daemon=True)
            self._thread.start()

    def v2_runner_on_ok(self, result: Any) -> None:  # noqa: ANN401
        self._end()

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:  # noqa: ANN401
        self._end()

    def v2_playbook_on_stats(self, stats: Any) -> None:  # noqa: ANN401
        self._end()

    def _end(self) -> None:
        if self._thread is not None:
            self._over.set()
            self._thread.join()
            self._thread = None

    def _follow(self) -> None:
        progress = module()
        follower = progress.Follower(SOURCE)
        # The task's own banner comes with its result, where skipped tasks are not shown.
        self._display.display("\nVerify | How far each Mac is")
        while True:
            over = self._over.wait(EVERY)
            for _, lines in follower.news():
                for line in lines:
                    self._display.display(f"  {line}")
            if over:
                return


def module() -> Any:  # noqa: ANN401
    """verify/progress.py, wherever the Ansible that runs this was started."""
    name = "verify_progress_events"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, PROJECT / "verify" / "progress.py")
        if spec is None or spec.loader is None:
            raise ImportError("verify/progress.py cannot be imported.")
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]
