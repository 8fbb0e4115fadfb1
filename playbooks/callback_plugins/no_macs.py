"""Ends a run that has no Macs with a sentence and an exit status: to Ansible that is no failure."""

from __future__ import annotations

import runpy
import shlex
import sys
from pathlib import Path
from typing import Any

from ansible import context
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: no_macs
type: notification
short_description: fails where there are no Macs
description:
  - Where no host of the inventory is in the group `macs`, or `--limit` leaves none of them, says
    so and what to type, and exits 1.
"""
PROJECT = Path(__file__).resolve().parent.parent.parent
TO_TYPE = PROJECT / "roles" / "tensorflow_metal" / "filter_plugins" / "to_type.py"
GROUP = "macs"
SHOWN = 10


class CallbackModule(CallbackBase):  # type: ignore[misc]
    """Looks at each play of the Macs when it begins."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "no_macs"

    def v2_playbook_on_start(self, playbook: Any) -> None:  # noqa: ANN401
        self._playbook = Path(playbook._file_name).resolve()

    def v2_playbook_on_play_start(self, play: Any) -> None:  # noqa: ANN401
        self._play = play

    def v2_playbook_on_no_hosts_matched(self) -> None:
        if GROUP not in self._play.hosts:
            return
        known = self._play.get_variable_manager().get_vars(play=self._play)
        sources, limit = known["ansible_inventory_sources"], context.CLIARGS["subset"] or ""
        found = tell(sources, known["groups"].get(GROUP, []), limit, self._playbook)
        self._display.error(found)
        # What a callback raises is no more than a warning; this ends the run.
        sys.exit(1)


def tell(sources: list[str], macs: list[str], limit: str, playbook: Path) -> str:
    """What was found, and what to type."""
    to_type = runpy.run_path(str(TO_TYPE))
    where = ", ".join(map(to_type["shorten"], sources))
    if macs:
        more = f" and {len(macs) - SHOWN} more" if len(macs) > SHOWN else ""
        return (
            f"--limit {limit} leaves none of the Macs in {where}: {', '.join(macs[:SHOWN])}{more}. "
            "Nothing was changed. Name some of those."
        )
    if sources and all("," in path for path in sources):
        return (
            f"A list of names, `{where}`, has no group `{GROUP}`. Nothing was changed. Name your "
            "Macs in a file, in that group, as inventory.example does."
        )
    if any("," in path or Path(path).exists() for path in sources):
        return (
            f"There is no Mac in the group `{GROUP}` of {where}. Nothing was changed. Where a "
            "warning above says that it could not be read, mend that; else name your Macs there in "
            "that group, as inventory.example does."
        )
    chosen = to_type["choose_inventory"]()
    if chosen:
        commands = to_type["find_commands"]()
        command = commands.get(playbook.stem, commands["site"])
        limited = f" --limit {shlex.quote(limit)}" if limit else ""
        step = f"For the Macs of {chosen}, type: {command}{limited}"
    else:
        step = (
            "Copy inventory.example to inventory and name your Macs there, or type `make site`, "
            "which provisions this Mac or, on Linux, two simulated ones."
        )
    return f"There is no inventory `{where}`. Nothing was changed. {step}"
