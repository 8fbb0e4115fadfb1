"""Run the parts of a test run, and tell what each of them and each of its stages took.

    stopwatch.py run LOG PART COMMAND...    runs a part, and writes a line for each of its stages
    stopwatch.py show LOG                   prints the table

The stages of `molecule test` are its own, create to destroy; any other command has one. `busy` is
how many of the machine's processors worked on average, on anything: much less is waiting.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

ANSI = re.compile(r"\x1b\[[0-9;]*m")
# As molecule tells that a stage begins, with colours and without: its ansi_output.py, logger.py.
BEGINS = re.compile(r"^INFO +(?:\[\S+ > (\w+)\]|\S+ ➜ (\w+):) Executing$")
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Stage:
    """One stage of one part: `seconds` of wall clock, `processor` seconds of the whole machine."""

    part: str
    stage: str
    seconds: float
    processor: float
    status: int


def read_processor() -> float:
    """Read the seconds for which the machine's processors have worked; proc(5), /proc/stat."""
    user, nice, system, _idle, _wait, *more = (
        Path("/proc/stat").read_text(encoding="ascii").split()[1:9]
    )
    return (int(user) + int(nice) + int(system) + sum(map(int, more))) / TICKS


def run(log: Path, part: str, command: list[str]) -> int:
    """Run a part, show what it prints, and append its stages to the log; its exit status."""
    environment = os.environ | ({"FORCE_COLOR": "1"} if sys.stdout.isatty() else {})
    begun = (time.monotonic(), read_processor())
    stage, ended = "", []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment
    ) as running:
        assert running.stdout
        for line in running.stdout:
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()
            if found := BEGINS.match(ANSI.sub("", line.decode("utf-8", "replace")).strip()):
                now = (time.monotonic(), read_processor())
                ended.append((stage, begun, now))
                stage, begun = found[1] or found[2], now
    ended.append((stage, begun, (time.monotonic(), read_processor())))
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as file:
        for name, (since, before), (until, after) in ended:
            seconds, processor = round(until - since, 2), round(after - before, 2)
            made = Stage(part, name or "start", seconds, processor, running.returncode)
            file.write(json.dumps(asdict(made)) + "\n")
    return running.returncode


def read_log(log: Path) -> list[Stage]:
    """Read the stages; an empty list where no part has ended."""
    if not log.exists():
        return []
    return [Stage(**json.loads(line)) for line in log.read_text(encoding="utf-8").splitlines()]


def draw_table(stages: list[Stage]) -> Table:
    """Draw a row for each part, with its longest stages, and one for all of them."""
    table = Table("part", "minutes", "busy", "stages, seconds", box=None, pad_edge=False)
    for part in dict.fromkeys(one.part for one in stages):
        own = [one for one in stages if one.part == part]
        told = ", ".join(f"{one.stage} {one.seconds:.0f}" for one in own if one.seconds >= 1)
        failed = " FAILED" if own[-1].status else ""
        table.add_row(part + failed, *measure(own), told if len(own) > 1 else "")
    table.add_row("all", *measure(stages), "")
    return table


def measure(stages: list[Stage]) -> tuple[str, str]:
    """The minutes that stages took, and how many processors were busy meanwhile."""
    seconds = sum(one.seconds for one in stages)
    busy = sum(one.processor for one in stages) / seconds if seconds else 0.0
    return f"{seconds / 60:.1f}", f"{busy:.1f}"


def main() -> int:
    match sys.argv[1:]:
        case ["run", log, part, *command] if command:
            return run(Path(log), part, command)
        case ["show", log]:
            Console(width=110, highlight=False).print(draw_table(read_log(Path(log))))
            return 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
