"""Types the README's two commands on bare Debians, as several accounts and in an odd folder.

python tests/fresh/fresh.py [--suites SUITE...] [--cases CASE...]

The second command is typed in its short parts. What is not committed is not tried.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO

from machine import HOME, PACKAGES, PROJECT, Account, Ended, Machine, make_root, remove

SUITES = ("bookworm", "trixie", "sid")
LOGS = PROJECT / "report" / "fresh"
# A space, and a letter beyond ASCII.
FOLDER = "Übung 1/tensor flow"
# What the simulator says first, as root, once the set-up is whole.
SET_UP = "lab: "
UP_AND_RUNNING = "lab: simulated Macs are up"
# What an admin types after a refusal.
OBEY = "what it said"
SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True)
class Step:
    """A command that is typed, and what must come of it."""

    command: str
    # Says what is wrong, or nothing.
    judge: Callable[[Ended, list[str]], str]
    seconds: int
    until: str = ""
    # The command that must have been right before.
    after: str = ""


@dataclass(frozen=True)
class Case:
    """An account, how it comes by the project, and what it types there."""

    told: str
    account: Account
    steps: tuple[Step, ...]
    umask: str = "027"
    types: bool = False
    # Or "chroot".
    how: str = "machine"


def judge_success(ended: Ended, _: list[str]) -> str:
    """Demand that it ends, with 0."""
    if ended.code is None:
        return f"had not ended after {ended.seconds:.0f} s"
    return f"exited {ended.code}" if ended.code else ""


def judge_site(ended: Ended, changed: list[str]) -> str:
    """Demand that both Macs are right, and that it says so among its last lines."""
    told = any(re.search(r"\b2 right\.$", line) for line in ended.lines[-20:])
    return judge_success(ended, changed) or ("" if told else "does not end with: 2 right.")


def judge_again(ended: Ended, changed: list[str]) -> str:
    """Demand that both Macs are right, and that nothing was changed on them."""
    counts = re.findall(r"\bchanged=(\d+)", ended.output)
    idle = counts and not any(map(int, counts))
    return judge_site(ended, changed) or ("" if idle else f"says changed={','.join(counts)}, not 0")


def judge_set_up(ended: Ended, changed: list[str]) -> str:
    """Demand that the set-up is whole, and the simulator begun, or the Macs up."""
    return "" if ended.reached else judge_success(ended, changed) or "does not come so far"


def judge_refusal(ended: Ended, changed: list[str]) -> str:
    """Demand one sentence, first, and that nothing was changed."""
    sentences = [line for line in ended.lines if not re.match(r"site: |make: \*\*\*", line)]
    if ended.code is None:
        return judge_success(ended, changed)
    if not ended.code:
        return "is not refused"
    if changed:
        return f"is refused, but has changed {len(changed)} files: {', '.join(changed[:4])}"
    if len(sentences) != 1:
        return f"is refused in {len(sentences)} lines, not in one sentence"
    return ""


CLONE = Step("git clone --quiet /srv/project.git .", judge_success, 120)
ARCHIVE = Step("git --git-dir /srv/project.git archive HEAD | tar -x", judge_success, 120)
SITE = Step("make site", judge_site, 2400)
AGAIN = Step("make site", judge_again, 900, after="make site")
BEGUN = Step("make site", judge_set_up, 900, until=SET_UP)
UP = Step("make site", judge_set_up, 1800, until=UP_AND_RUNNING)
BARE = Step("env -i make site", judge_set_up, 900, until=SET_UP)
REFUSED = Step("make site", judge_refusal, 120)
OBEYED = Step(OBEY, judge_success, 900)
LINT = Step("make lint", judge_success, 1200)
UNIT = Step("make unit", judge_success, 1800)
SCENARIO = Step(
    ". .venv/bin/activate && molecule test -s refuse", judge_success, 1200, after="make site"
)

FREE = Account(rule="ALL=(ALL:ALL) NOPASSWD: ALL")
ASKED = Account(rule="ALL=(ALL:ALL) ALL")
CASES = {
    "user": Case("a user with sudo", FREE, (CLONE, SITE, AGAIN, LINT, UNIT, SCENARIO)),
    "root": Case("root, umask 077", Account("root"), (CLONE, SITE, AGAIN), umask="077"),
    "password": Case("sudo asks for a password", ASKED, (CLONE, BEGUN), types=True),
    "silent": Case("sudo asks, nobody answers", ASKED, (CLONE, REFUSED)),
    "stranger": Case("a user whom sudo refuses", Account(), (CLONE, REFUSED)),
    "admin": Case(
        "no sudo, but an admin", Account(has_sudo=False), (CLONE, REFUSED, OBEYED, REFUSED)
    ),
    "environment": Case("no environment", FREE, (CLONE, BARE)),
    "chroot": Case("root, in a mere chroot", Account("root"), (CLONE, UP), how="chroot"),
    "archive": Case("an archive, not a clone", FREE, (ARCHIVE, BEGUN)),
}


def run_case(suite: str, name: str, root: Path, origin: Path) -> int:
    """Run a case on a machine of its own, and count its steps that were wrong."""
    case, path = CASES[name], LOGS / f"{suite}-{name}.log"
    right: set[str] = set()
    wrongs, said = 0, ""
    with Machine(root, case.account, origin, case.how) as machine, path.open("wb") as log:
        for step in case.steps:
            typed = step.command.rpartition("&& ")[2]
            label = f"{suite:<9} {case.told:<26} {typed:<24}"
            if step.after and step.after not in right:
                print(f"{label}          not tried", flush=True)
                continue
            advice = find_advice(said)
            ended, changed = run_step(machine, case, step, advice, log)
            wrong, said = step.judge(ended, changed), ended.output
            if not wrong and OBEY in right and find_advice(said):
                wrong = "asks for more, after what it asked for was done"
            if wrong:
                wrongs += 1
            else:
                right.add(step.command)
            if wrong or step not in (CLONE, ARCHIVE):
                tell(label, ended, wrong, path)
    return wrongs


def find_advice(said: str) -> str:
    """Find what root is to type, by what was said; nothing where it says nothing."""
    found = re.search(r"apt-get install [a-z0-9 .+-]*[a-z0-9]", said)
    return found[0] if found else ""


def run_step(
    machine: Machine, case: Case, step: Step, advice: str, log: BinaryIO
) -> tuple[Ended, list[str]]:
    """Type a step's command, and list the files that it changed where it may change none."""
    if step is OBEYED:
        command = f"apt-get -qq update && {advice or 'false'} -y"
        return machine.run(command, log, step.seconds, name="root"), []
    command = f'umask {case.umask}; cd; mkdir -p "{FOLDER}"; cd "{FOLDER}" && {step.command}'
    if step.judge is not judge_refusal:
        return machine.run(command, log, step.seconds, step.until, case.types), []
    before = machine.list_files()
    ended = machine.run(command, log, step.seconds)
    return ended, sorted({name for name, _ in before.items() ^ machine.list_files().items()})


def tell(label: str, ended: Ended, wrong: str, log: Path) -> None:
    """Print a line on a step, and where it was wrong, how its log ends."""
    print(f"{label} {ended.seconds:5.0f} s  {f'WRONG: {wrong}' if wrong else 'right'}")
    for line in ended.lines[-12:] if wrong else ():
        print(f"    | {line[:200]}")
    if wrong:
        print(f"    the log is {log.relative_to(PROJECT)}")
    sys.stdout.flush()


def copy_project(folder: Path) -> Path:
    """Clone what is committed here, as everyone there may clone it."""
    origin = folder / "project.git"
    # Root reads a user's clone, which git mistrusts; and CI's has no history.
    command = ["git", "-c", "safe.directory=*", "clone", "--quiet", "--bare", "--depth", "1"]
    subprocess.run([*command, f"file://{PROJECT}", str(origin)], check=True)
    return origin


def wait_for_turn(lock: TextIO) -> None:
    """Wait until no other make fresh runs, and take away what one that was killed has left."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("fresh: waiting for another make fresh to end", flush=True)
        fcntl.flock(lock, fcntl.LOCK_EX)
    remove(*HOME.glob("fresh-run-*"))


def stop(number: int, _: object) -> None:
    """Break off, with everything taken away."""
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    print("fresh: broken off; its machines are taken away", flush=True)
    sys.exit(128 + number)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--suites", nargs="+", choices=SUITES, default=SUITES, metavar="SUITE")
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES), metavar="CASE")
    options = parser.parse_args()
    # By whoever typed this, who then may also clean it up.
    LOGS.mkdir(parents=True, exist_ok=True)
    if os.geteuid():
        os.execvp("sudo", ["sudo", "-E", sys.executable, "-B", *sys.argv])
    for number in SIGNALS:
        signal.signal(number, stop)

    HOME.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, (HOME / "fresh.lock").open("w") as lock:
        wait_for_turn(lock)
        begun, wrong = time.monotonic(), 0
        origin = copy_project(Path(folder))
        print(f"fresh: on bare Debians that have {', '.join(PACKAGES)}", flush=True)
        for suite in options.suites:
            root = make_root(suite)
            for name in options.cases:
                wrong += run_case(suite, name, root, origin)
    print(f"fresh: {wrong or 'nothing'} wrong, after {(time.monotonic() - begun) / 60:.0f} minutes")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
