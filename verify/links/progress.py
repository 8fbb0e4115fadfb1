"""How far the reading of a wheel is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from verify.links.wheels import Progress


@contextmanager
def shown() -> Iterator[Progress]:
    """A bar on the terminal's standard error; nothing where that is none."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TransferSpeedColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
    )
    console = Console(stderr=True)
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        tasks: dict[str, object] = {}

        def progress(name: str, done: int, size: int) -> None:
            if name not in tasks or done < 1 << 21:
                for old in bar.task_ids:
                    bar.remove_task(old)
                tasks.clear()
                tasks[name] = bar.add_task(name, total=size)
            bar.update(bar.task_ids[0], completed=done)

        yield progress
