"""Says on a pipe when each task begins and ends, and stops before the one that it is told of."""

from __future__ import annotations

import json
import os
import time
from typing import Protocol

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: boundary
type: notification
short_description: task boundaries, on a pipe
description:
  - CRASH_SAY and CRASH_HEAR are file descriptors.
  - Before task number CRASH_STOP one byte is waited for.
"""


# What a task is known by, whatever it is called.
MARK = "_tensorflow_metal_task"
# These ask nothing of a Mac: the moment before one is for the Mac that before the next.
QUIET = ("assert", "debug", "fail", "include_role", "include_tasks", "set_fact")


class Named(Protocol):
    """A task, as Ansible hands it over."""

    action: str
    vars: dict[str, object]

    def get_name(self) -> str: ...


class CallbackModule(CallbackBase):  # type: ignore[misc]  # ansible has no types
    """Counts every task that a Mac is asked for, the controller's own included."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "boundary"

    def __init__(self) -> None:
        super().__init__()
        self.pipe, self.ear = int(os.environ["CRASH_SAY"]), int(os.environ["CRASH_HEAR"])
        self.stop = int(os.environ["CRASH_STOP"])
        self.number, self.quiet = 0, False

    def v2_runner_on_start(self, host: object, task: Named) -> None:
        self.number += 1
        self.quiet = task.action.rpartition(".")[2] in QUIET
        self.say(event="start", name=task.get_name(), id=task.vars.get(MARK, ""))
        if self.number == self.stop:
            os.read(self.ear, 1)

    def v2_runner_on_ok(self, result: object) -> None:
        self.say(event="skip" if self.quiet else "end")

    def v2_runner_on_skipped(self, result: object) -> None:
        self.say(event="skip")

    def v2_runner_on_failed(self, result: object, ignore_errors: bool = False) -> None:
        self.say(event="end")

    def v2_runner_on_unreachable(self, result: object) -> None:
        self.say(event="end")

    def say(self, **what: object) -> None:
        line = json.dumps({"number": self.number, "at": time.monotonic(), **what})
        os.write(self.pipe, f"{line}\n".encode())
