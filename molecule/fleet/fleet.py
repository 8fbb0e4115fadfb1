"""Brings a fleet of simulated Macs up to date, with all that happens to fleets: fleet.py [COUNT]

TensorFlow is a stand-in here. See README.md.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from census import ASLEEP, DIRECT, DROWSY, FULL, REFUSED
from fates import Fate, installing, locked, switching
from ground import DOWNLOADS, Ground
from uplink import Crossed, at_once
from working import Working


def say(sentence: str) -> None:
    print(f"fleet: {sentence}", flush=True)


class Fleet(Ground):
    """The runs, and the claims on what becomes of the Macs."""

    def __init__(self, count: int, sockets: Path) -> None:
        super().__init__(count, sockets)
        self.broken: list[str] = []
        self.fates: dict[str, Fate] = {}

    @property
    def sleepers(self) -> list[str]:
        return self.names(ASLEEP, DROWSY)

    @property
    def finishing(self) -> list[str]:
        troubled = (ASLEEP, DROWSY, FULL, REFUSED)
        return sorted(mac.name for mac in self.macs if mac.kind not in troubled)

    def claim(self, sentence: str, holds: bool, evidence: object = "") -> None:
        say(sentence if holds else f"NOT SO: {sentence}: {evidence}")
        if not holds:
            self.broken.append(sentence)

    def fill_the_mirror(self) -> None:
        """Once for all that have no way out: each file crosses once, and nothing but the files."""
        limit = f"mirrored:!{REFUSED}"
        self.expect(self.player.play("playbooks/mirror.yml", "--limit", limit, name="mirror"))
        crossed = [one for one in self.uplink.since() if not one.is_page]
        files = [one for one in crossed if not one.path.endswith("downloads.json")]
        listed = json.loads(
            (self.lab.folder / "mirror" / "mirror.json").read_text(encoding="utf-8")
        )
        size = sum(file["size"] for file in listed["files"].values())
        paths = [one.path for one in files]
        self.claim(
            f"for {len(listed['macs'])} Macs {len(files)} files crossed the uplink, each once:"
            f" {sum(one.sent for one in files) / 1e6:.1f} MB",
            len(set(paths)) == len(paths) == len(listed["files"])
            and sum(one.sent for one in files) == size
            and sorted(listed["macs"]) == sorted(set(self.names(*self.kinds())) - {REFUSED}),
            paths,
        )

    def fall_asleep(self) -> None:
        """Some now, one way or the other; some in mid-run; and one disk fills up."""
        for number, name in enumerate(self.names(ASLEEP)):
            (self.lab.put_to_sleep if number % 2 else self.lab.switch_off)(name)
        ways: list[tuple[Callable[[Path], bool], Callable[[str], None], set[str]]] = [
            (installing, self.lab.put_to_sleep, {"environment", "prove"}),
            (locked, self.lab.switch_off, {"run_take", "run_lock", "probe", "home", "settings"}),
            (switching, self.lab.switch_off, {"activate", "access"}),
        ]
        self.stages = {}
        for number, name in enumerate(self.names(DROWSY)):
            when, then, self.stages[name] = ways[number % len(ways)]
            self.fate(name, when, then)
        self.fate(FULL, installing, self.lab.fill)

    def fate(self, name: str, when: Callable[[Path], bool], then: Callable[[str], None]) -> None:
        home = self.lab.home(name)
        self.fates[name] = Fate(lambda: when(home), lambda: then(name))
        self.fates[name].start()

    def first_run(self) -> None:
        played = self.player.play("site.yml", name="site")
        self.told = self.report()
        crossed = self.uplink.since()
        say(f"the first run took {played.seconds:.0f} s, ansible-playbook {played.peak} MB at most")
        happened = [name for name, fate in self.fates.items() if fate.happened]
        self.claim(
            f"{len(happened)} Macs met their fate in mid-run",
            len(happened) == len(self.fates),
            sorted(set(self.fates) - set(happened)),
        )
        right = self.with_verdict("pass")
        self.claim(
            f"{len(right)} of {len(self.finishing)} finished, and the exit status says of trouble",
            right == self.finishing and played.code not in (0, 1),
            sorted(set(right) ^ set(self.finishing)),
        )
        self.asleep_are_told()
        self.others_are_told()
        self.retry = (
            (self.player.folder / "report" / "retry.txt").read_text(encoding="utf-8").split()
        )
        said = "  ansible-playbook "
        said += "".join(f"-i {inventory} " for inventory in self.player.inventories)
        said += "site.yml --limit @report/retry.txt"
        self.claim(
            f"retry.txt lists the {len(self.retry)} that slept, and the report says what to type",
            self.retry == self.sleepers and said in played.output,
            self.retry,
        )
        self.claim(
            "those with a mirror asked nobody outside",
            {one.name for one in crossed} <= set(self.names(DIRECT)),
            {one.name for one in crossed},
        )
        self.few_at_once(crossed)

    def asleep_are_told(self) -> None:
        causes = {name: self.first_check(name) for name in self.sleepers}
        asleep, drowsy = self.names(ASLEEP), self.names(DROWSY)
        self.claim(
            f"{len(asleep)} that slept are told as such",
            all(causes[name]["cause"].startswith("It did not answer: ") for name in asleep),
            causes,
        )
        self.claim(
            f"{len(drowsy)} that fell asleep in mid-run are told with their stage",
            all(
                causes[name]["cause"].startswith("It fell silent in the stage ")
                and causes[name]["id"].partition(".")[2] in self.stages[name]
                for name in drowsy
            ),
            {name: causes[name]["cause"] for name in drowsy},
        )
        self.claim(
            "all of them count as not reached",
            self.with_verdict("unreachable") == self.sleepers,
            self.with_verdict("unreachable"),
        )

    def others_are_told(self) -> None:
        full, refused = self.first_check(FULL), self.first_check(REFUSED)
        self.claim(
            "1 full disk and 1 refused Mac are told as such",
            "The disk of this Mac is full" in str(full["measured"])
            and refused["id"] == "converge.preflight"
            and "Nothing was changed" in str(refused["measured"])
            and self.with_verdict("fail") == [FULL, REFUSED],
            (full["measured"], refused["measured"], self.with_verdict("fail")),
        )

    def few_at_once(self, crossed: Sequence[Crossed]) -> None:
        files = [one for one in crossed if one.path.startswith("/files/")]
        most = at_once(files)
        self.claim(
            f"of {len(self.names(DIRECT))} that fetched by themselves, {most} did so at a time",
            {one.name for one in files} == set(self.names(DIRECT)) and most == DOWNLOADS,
            most,
        )

    def second_run(self) -> None:
        """The sleepers have woken up; nobody else is asked for anything."""
        for name in self.sleepers:
            if (self.lab.folder / name / "pid").exists():
                self.lab.wake(name)
        self.up()
        others = [mac.name for mac in self.macs if mac.name not in self.sleepers]
        serial = len(self.sleepers) // 2
        before = {name: self.lab.calls(name) for name in others}
        with Working(self.lab, self.sleepers) as working:
            played = self.player.play(
                *("site.yml", "--limit", "@report/retry.txt"),
                *("-e", f"tensorflow_metal_serial={serial}"),
                name="retry",
            )
        self.told = self.report()
        say(f"the second run took {played.seconds:.0f} s")
        recap = set(played.macs) - {"localhost"}
        called = [name for name in others if self.lab.calls(name) > before[name]]
        self.claim(
            f"woken, {len(recap)} were tried again, and nobody else was called",
            recap == set(self.sleepers) and not called,
            (sorted(recap), called),
        )
        self.claim(
            f"{len(self.with_verdict('pass'))} of them finished, and nothing is left to retry",
            self.with_verdict("pass") == self.sleepers
            and played.code == 0
            and not (self.player.folder / "report" / "retry.txt").exists(),
            {name: self.first_check(name)["cause"] for name in self.told},
        )
        self.claim(f"{working.most} were worked on at a time", working.most == serial, working.most)

    def third_run(self) -> None:
        """Another environment for two Macs, and both fall asleep before they have it."""
        names = self.names(DIRECT)[:2]
        for name in names:
            self.fate(name, locked, self.lab.switch_off)
        told = ("-e", f"tensorflow_metal_locks={self.older}")
        played = self.player.play("site.yml", "--limit", ",".join(names), *told, name="all")
        self.told = self.report()
        self.claim(
            "where every Mac falls asleep in mid-run, the report comes all the same",
            "ended before its report" in played.output
            and self.with_verdict("unreachable") == names
            and all("It fell silent" in self.first_check(name)["cause"] for name in names),
            played.output[-1000:],
        )

    def report(self) -> dict[str, Any]:
        macs = json.loads(
            (self.player.folder / "report" / "fleet.json").read_text(encoding="utf-8")
        )["macs"]
        return {mac["name"]: mac for mac in macs}

    def with_verdict(self, verdict: str) -> list[str]:
        return sorted(name for name, mac in self.told.items() if mac["verdict"] == verdict)

    def first_check(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.told[name]["checks"][0]
        return found

    def last_line(self) -> str:
        asleep, drowsy = len(self.names(ASLEEP)), len(self.names(DROWSY))
        done = len(self.finishing)
        return (
            f"{len(self.macs)} simulated Macs (stand-in TensorFlow): {done} of {done} finished,"
            f" {asleep} asleep and {drowsy} that fell asleep told, 1 full disk and 1 refused told;"
            f" woken, {asleep + drowsy} of {asleep + drowsy} retried and finished"
        )


def main() -> int:
    if os.geteuid():
        os.execvp("sudo", ["sudo", "-E", "env", f"PATH={os.environ['PATH']}", *sys.orig_argv])
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="fleet-", dir="/tmp") as sockets:
        try:
            fleet = Fleet(int(sys.argv[1] if len(sys.argv) > 1 else 50), Path(sockets))
        except ValueError as error:
            raise SystemExit(f"fleet: {error} Nothing was started.") from None
        try:
            for step in (
                fleet.begin,
                fleet.fill_the_mirror,
                fleet.fall_asleep,
                fleet.first_run,
                fleet.second_run,
                fleet.third_run,
            ):
                step()
        finally:
            fleet.end()
    say(f"it took {(time.monotonic() - began) / 60:.1f} minutes")
    if fleet.broken:
        say(f"{len(fleet.broken)} claims do not hold; the runs' logs are in .lab/fleet/logs")
        return 1
    fleet.lab.down()
    say(fleet.last_line())
    return 0


if __name__ == "__main__":
    sys.exit(main())
