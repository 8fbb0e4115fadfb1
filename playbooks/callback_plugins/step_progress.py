"""Shows how far the role's long steps are, on each Mac: Ansible itself shows a task's output only
when the task is over.

A task whose vars have `__tensorflow_metal_grows` says in `paths` what grows while it runs, and in
`about` up to how many bytes, where that is known. It costs one more session on the connection that
is there, of a Mac on which such a task takes more than some seconds; other Macs are asked nothing.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

from ansible import constants
from ansible.plugins.callback import CallbackBase
from ansible.plugins.loader import connection_loader
from ansible.template import Templar
from ansible.utils.path import unfrackpath

DOCUMENTATION = """
name: step_progress
type: notification
short_description: shows how far the role's long steps are
description:
  - While a task runs that fetches or installs much, tells how much of it is there, on each Mac.
options:
  every:
    description: The seconds between two lines on a Mac; without, 5 on a terminal and 30 in a log.
    type: float
    default: 0
    env:
      - name: TENSORFLOW_METAL_PROGRESS_EVERY
"""
PROJECT = Path(__file__).resolve().parent.parent.parent
GROWTH = PROJECT / "roles" / "tensorflow_metal" / "files" / "growth.sh"
WATCHER = PROJECT / "verify" / "growth.py"
MARK = "__tensorflow_metal_grows"
PATIENCE, TERMINAL, LOG = 5.0, 5.0, 30.0


class CallbackModule(CallbackBase):  # type: ignore[misc]
    """Tells the watcher where each Mac begins a long step and where it ends one."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "step_progress"

    def __init__(self) -> None:
        super().__init__()
        self._play: Any = None
        self._watcher: subprocess.Popen[str] | None = None
        self._watched: set[str] = set()

    def v2_playbook_on_play_start(self, play: Any) -> None:  # noqa: ANN401
        self._play = play

    def v2_runner_on_start(self, host: Any, task: Any) -> None:  # noqa: ANN401
        if MARK not in task.vars or task.check_mode:
            return
        known = task.get_variable_manager().get_vars(play=self._play, host=host, task=task)
        templar = Templar(loader=task.get_loader(), variables=known)
        grows = templar.template(task.vars[MARK])
        every = self.get_option("every") or (TERMINAL if sys.stdout.isatty() else LOG)
        asked = ["/bin/sh", "-c", GROWTH.read_text(encoding="utf-8"), "growth", f"{every:g}"]
        if not (task.delegate_to or known.get("ansible_connection") == "local"):
            asked = over(templar.template(address(known, host.name)), asked)
        self._watched.add(host.name)
        self._say(
            {
                "mac": host.name,
                "step": task.get_name().rpartition(" : ")[2],
                "argv": asked,
                "paths": grows["paths"],
                "about": int(grows.get("about", 0)),
                "patience": min(PATIENCE, every),
            }
        )

    def v2_runner_on_ok(self, result: Any) -> None:  # noqa: ANN401
        self._over(result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:  # noqa: ANN401
        self._over(result)

    def v2_runner_on_skipped(self, result: Any) -> None:  # noqa: ANN401
        self._over(result)

    def v2_runner_on_unreachable(self, result: Any) -> None:  # noqa: ANN401
        self._over(result)

    def v2_playbook_on_stats(self, stats: Any) -> None:  # noqa: ANN401
        if self._watcher is not None and self._watcher.stdin is not None:
            self._watcher.stdin.close()
            self._watcher.wait(timeout=10)
            self._watcher = None

    def _over(self, result: Any) -> None:  # noqa: ANN401
        name = result.host.name
        if name in self._watched:
            self._watched.remove(name)
            self._say({"mac": name})

    def _say(self, event: dict[str, Any]) -> None:
        if self._watcher is None:
            command = [sys.executable, "-I", "-B", str(WATCHER)]
            # Named, since Ansible lets no child inherit it.
            self._watcher = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=sys.stdout, encoding="utf-8"
            )
        assert self._watcher.stdin is not None
        self._watcher.stdin.write(json.dumps(event) + "\n")
        self._watcher.stdin.flush()


def address(known: dict[str, Any], name: str) -> dict[str, Any]:
    """Where ssh finds a Mac, of what the inventory says."""
    return {
        "host": known.get("ansible_host", name),
        "port": known.get("ansible_port"),
        "user": known.get("ansible_user"),
    }


def over(found: dict[str, Any], asked: list[str]) -> list[str]:
    """A command over the connection that Ansible holds open, so without any way to log in."""
    # Its settings are known once it is loaded.
    connection_loader.get("ssh", class_only=True)
    setting = constants.config.get_config_value
    where = {"plugin_type": "connection", "plugin_name": "ssh"}
    folder = unfrackpath(setting("control_path_dir", **where))
    path = (setting("control_path", **where) or "none") % {"directory": folder}
    argv = ["ssh", "-o", f"ControlPath={path}", "-o", "ControlMaster=no", "-o", "BatchMode=yes"]
    argv += ["-p", str(found["port"])] if found["port"] else []
    argv += ["-l", str(found["user"])] if found["user"] else []
    return [*argv, str(found["host"]), shlex.join(asked)]
