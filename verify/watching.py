"""The progress of a verification on the terminal, and in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from verify.progress import Follower

EVERY = 0.2


def watch(
    source: Path, macs: int, running: Callable[[], bool], stream: TextIO | None = None
) -> None:
    """Show how far the Macs are until nothing runs any more."""
    stream = stream or sys.stderr
    follower = Follower(source)
    if stream.isatty():
        bars(follower, macs, running, stream)
        return
    while True:
        going = running()
        for _, lines in follower.news():
            for line in lines:
                print(line.encode("ascii", "replace").decode(), file=stream, flush=True)
        if not going:
            return
        time.sleep(EVERY)


def bars(follower: Follower, macs: int, running: Callable[[], bool], stream: TextIO) -> None:
    """A bar for each Mac that is being verified, and one for all of them."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[now]}"),
    )
    console = Console(file=stream, highlight=False)
    with Progress(*columns, console=console, transient=True) as progress:
        every = progress.add_task("all Macs", total=macs, now="")
        tasks: dict[str, TaskID] = {}
        while True:
            going = running()
            for event, _ in follower.news():
                name = event["mac"]
                state = follower.macs[name]
                if name not in tasks:
                    tasks[name] = progress.add_task(escape(name), total=None, now="reading it")
                if "verdict" in event:
                    progress.update(tasks[name], visible=False)
                    progress.advance(every)
                elif state.total:
                    now = escape(state.running)
                    progress.update(tasks[name], total=state.total, completed=state.done, now=now)
            if not going:
                return
            time.sleep(EVERY)
