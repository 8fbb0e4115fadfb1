"""Breaks the role's runs off at many points, and sees whether each Mac comes out of it right.

python molecule/crash --points 200 [--seed 1] | --point OPERATION/KIND/TASK[+SECONDS] | --list

Several simulated Macs are at it at once; what they share lies in .lab/crash.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from itertools import islice
from pathlib import Path

import stand_in
from judge import State, allowed, broken, read, settled, told
from mac import PROJECT, Mac
from operations import HOUSE, OPERATIONS, VERSIONS, Operation, Step, switches
from points import FULL, PLUGS, Point, Task, parse, points
from run import Controller, Ended
from turns import by_turns

HERE = Path(__file__).resolve().parent
REPORT = PROJECT / "report" / "crash"
SHARED = PROJECT / ".lab" / "crash"
SETTLES = 60
making = threading.Lock()


class Crash:
    """A simulated Mac, and the runs that nothing broke off, by which points are found."""

    def __init__(self, mac: Mac, tasks: dict[str, list[Task]]) -> None:
        self.mac = mac
        self.controller = Controller(mac)
        self.locks = SHARED / "stand-in" / "locks"
        self.tasks = tasks

    def prepare(self, name: str, again: bool = False) -> None:
        """An operation's disk before it, and its run once without a break."""
        operation, noted = OPERATIONS[name], self.mac.kept / f"{name}.json"
        if again and noted.exists():
            self.tasks[name] = [
                Task(**task) for task in json.loads(noted.read_text(encoding="utf-8"))
            ]
            return
        say(f"{name}: its disk before, and one run that nothing breaks off")
        self.mac.down()
        self.mac.erase()
        self.mac.up(operation.start)
        if not operation.real:
            self.bring_the_stand_in()
        for step in operation.before:
            self.expect_right(self.run(step, operation), f"{name} could not be prepared")
        self.mac.keep(name)
        self.mac.up(operation.start)
        ended = self.run(operation.step, operation)
        self.expect_right(ended, f"{name} fails without any break")
        self.tasks[name] = ended.tasks
        noted.write_text(json.dumps([asdict(task) for task in ended.tasks]), encoding="utf-8")

    def bring_the_stand_in(self) -> None:
        house = self.locks.parent / "wheelhouse"
        with making:
            if not house.exists():
                wheels = Path(
                    (self.mac.folder / "made-from").read_text(encoding="utf-8").split()[1]
                )
                stand_in.make(wheels, house.parent, VERSIONS)
        self.mac.sh(f"sudo mkdir -p {HOUSE} && sudo chown admin {HOUSE}")
        for wheel in house.iterdir():
            self.mac.sh(f"cat > {HOUSE}/{wheel.name}", wheel.read_bytes())

    def run(self, step: Step, operation: Operation, point: Point | None = None) -> Ended:
        told = switches(step, operation, self.locks)
        return self.controller.run(step.playbook, told, point)

    def expect_right(self, ended: Ended, sentence: str) -> None:
        if ended.code:
            sys.exit(f"{ended.output[-3000:]}\ncrash: {sentence}; what it said is above.")

    def survive(self, point: Point) -> tuple[str, list[str]]:
        """Break off at a point, and say what is wrong then; empty where nothing is."""
        operation, outputs = OPERATIONS[point.operation], []
        before = VERSIONS[operation.before[-1].pin] if operation.before else ""
        after = VERSIONS[operation.step.pin]
        self.mac.put_back(point.operation)
        self.mac.up(operation.start)
        first = self.run(operation.step, operation, point)
        outputs.append(first.output)
        if not first.broken_in:
            return "the run ended before this point: nothing was broken off", outputs
        if point.kind in PLUGS:
            self.mac.up(operation.start)
        elif point.kind == FULL:
            # Without any, TensorFlow itself cannot be imported: it asks for a temporary folder.
            self.mac.make_room()
        state = self.state(outputs)
        versions = allowed(point, self.tasks[point.operation], before, after, ended=first.code == 0)
        if wrong := broken(state, versions, {before, after}):
            return wrong, outputs
        if point.kind == FULL and first.code and (wrong := told(first.output)):
            return wrong, outputs
        second = self.run(operation.step, operation)
        outputs.append(second.output)
        if second.code:
            return "one more run did not converge", outputs
        third = self.run(operation.step, operation)
        outputs.append(third.output)
        if third.code or third.changed:
            return f"the run after that changed {third.changed}", outputs
        return settled(self.quiet(outputs), after), outputs

    def quiet(self, outputs: list[str]) -> State:
        """The state, once what a broken run left running has ended."""
        end = time.monotonic() + SETTLES
        state = self.state(outputs)
        while state.running and time.monotonic() < end:
            time.sleep(1)
            state = self.state(outputs)
        return state

    def state(self, outputs: list[str]) -> State:
        output = self.mac.sh("sh -s /opt/tensorflow", (HERE / "state.sh").read_bytes())
        outputs.append(output)
        return read(output)


def say(sentence: str) -> None:
    # In one piece: several Macs have something to say.
    sys.stdout.write(f"crash: {sentence}\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--points", type=int, default=200, help="how many (200)")
    parser.add_argument("--seed", type=int, default=1, help="another seed finds others (1)")
    parser.add_argument("--point", nargs="+", default=[], help="these alone, by their names")
    parser.add_argument("--list", action="store_true", help="only name the tasks of each operation")
    parser.add_argument(
        "--keep", action="store_true", help="use the disks of a call before, and leave them"
    )
    parser.add_argument("--operations", nargs="+", choices=OPERATIONS, default=[*OPERATIONS])
    parser.add_argument("--macs", type=int, default=2, help="how many at once (2)")
    options = parser.parse_args()
    if os.geteuid():
        os.execvp("sudo", ["sudo", "-E", "env", f"PATH={os.environ['PATH']}", *sys.orig_argv])
    # In the background of a shell it would be ignored, and by the runs as well.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        alone = [parse(name) for name in options.point]
    except ValueError as error:
        sys.exit(f"crash: {error}")
    (SHARED / "disks").mkdir(parents=True, exist_ok=True)
    tasks: dict[str, list[Task]] = {}
    macs = [Mac(f"crash-{n}", SHARED / "disks") for n in range(1, options.macs + 1)]
    crashes = [Crash(mac, tasks) for mac in macs]
    names = [*dict.fromkeys(one.operation for one in alone)] or options.operations
    by_turns(crashes, names, lambda crash, name: crash.prepare(name, again=options.keep))
    tasks = {name: tasks[name] for name in names}
    if options.list:
        for name in names:
            for task in tasks[name]:
                print(f"{name} {task.number:3} {task.seconds:6.2f} s  {task.name}")
    found = [] if options.list else islice(points(tasks, options.seed), options.points)
    tried = [*enumerate(alone or found, 1)]
    survived = sum(
        by_turns(crashes, tried, lambda crash, one: one_by_one(crash, one[1], one[0], len(tried)))
    )
    if not options.keep:
        for mac in macs:
            mac.lab("down", mac.instance)
        shutil.rmtree(SHARED)
    say(f"{survived} of {len(tried)} survived")
    return 0 if survived == len(tried) else 1


def one_by_one(crash: Crash, point: Point, number: int, of: int) -> bool:
    """Try a point, and tell how it went."""
    began = time.monotonic()
    try:
        wrong, outputs = crash.survive(point)
    except (OSError, subprocess.SubprocessError) as error:
        # Of this Mac or of the lab: the next point begins with a Mac that is started anew.
        wrong, outputs = f"it could not be tried: {error}", []
    task = next((one.name for one in crash.tasks[point.operation] if one.number == point.task), "")
    what = "real TensorFlow" if OPERATIONS[point.operation].real else "stand-in TensorFlow"
    seconds = time.monotonic() - began
    how = f"FAILED: {wrong}; again: make crash POINT={point}" if wrong else "survived"
    say(f"{number}/{of} {point} ({task}; {what}) {how} [{seconds:.0f} s]")
    if wrong:
        REPORT.mkdir(parents=True, exist_ok=True)
        place = REPORT / str(point).replace("/", "-")
        place.write_text(f"{point}: {wrong}\n\n" + "\n----\n".join(outputs), encoding="utf-8")
    return not wrong


if __name__ == "__main__":
    sys.exit(main())
