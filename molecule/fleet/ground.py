"""What a fleet stands on: simulated Macs, what is outside, the inventory, the ways to them."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import census
import tiny
from census import DIRECT, SLOW
from fates import PROJECT, Lab
from playing import Played, Player
from uplink import Uplink
from verify.onhost.catalogue import CHECKS

HERE = Path(__file__).resolve().parent
INSTANCE = "fleet"
PASSWORD = "secret"
# A file takes so many seconds to cross, so that two who fetch at once are seen to.
CROSSING = 2.0
WHOLE = 10**12
# So many fetch at once.
DOWNLOADS = 2
LATE, SLOW_PORT = 0.1, 2300
# Of the verification, what asks nothing of TensorFlow or its plugin.
CHECKED = [
    check.id
    for check in CHECKS
    if check.family in ("machine", "environment") and check.id != "environment.plugin"
]


class Ground:
    """That many Macs, and all that they and the runs need."""

    def __init__(self, count: int, sockets: Path) -> None:
        self.sockets = sockets
        self.macs = census.fleet(count)
        self.lab = Lab(INSTANCE)
        self.processes: list[subprocess.Popen[bytes]] = []

    def names(self, *kinds: str) -> list[str]:
        return sorted(mac.name for mac in self.macs if mac.kind in kinds)

    def kinds(self) -> set[str]:
        return {mac.kind for mac in self.macs} - {DIRECT}

    def begin(self) -> None:
        """What is outside, the Mac whose disk the others begin with, and the others."""
        self.lab.down()
        self.lab.up(f"{census.FIRST}:{census.SONOMA},COMMAND_LINE_TOOLS=installed")
        folder = self.lab.folder
        self.address = f"127.44.{(folder / 'range').read_text(encoding='utf-8').strip()}.254"
        image, wheels = map(Path, (folder / "made-from").read_text(encoding="utf-8").split())
        house, self.locks, self.older = tiny.make(wheels, folder / "stand-in")
        outside = folder / "outside"
        outside.mkdir()
        self.uplink = Uplink(outside / "log")
        server = PROJECT / "molecule" / "mirror" / "outside.py"
        served = (image / "share", house, self.address, outside, WHOLE, CROSSING)
        self.start(server, *served)
        waited(lambda: answers(self.address, 8080))
        self.mine = folder / "fleet.yml"
        self.mine.write_text(
            json.dumps({"macs": {"vars": self.variables(self.older)}}), encoding="utf-8"
        )
        inventories = [folder / "inventory.yml", self.mine]
        self.player = Player(folder / "project", inventories, self.sockets)
        self.expect(self.player.play("playbooks/converge.yml", name="first"))
        self.lab.switch_off(census.FIRST)
        self.up()
        self.mine.write_text(json.dumps(self.inventory()), encoding="utf-8")
        slow = self.address_of(SLOW)
        self.start(HERE / "wire.py", slow, SLOW_PORT, 2222, LATE)
        waited(lambda: answers(slow, SLOW_PORT))
        self.uplink.since()

    def up(self) -> None:
        self.lab.up(*(mac.asked for mac in self.macs))
        known = self.lab.folder / "known_hosts"
        slow = f"[{self.address_of(SLOW)}]:2222 "
        line = next(
            line for line in known.read_text(encoding="utf-8").splitlines() if line.startswith(slow)
        )
        with known.open("a", encoding="utf-8") as file:
            file.write(line.replace(":2222", f":{SLOW_PORT}") + "\n")

    def address_of(self, name: str) -> str:
        lines = (self.lab.folder / "addresses").read_text(encoding="utf-8").splitlines()
        return dict(line.split() for line in lines)[name]

    def start(self, program: Path, *words: object) -> None:
        command = [sys.executable, "-B", str(program), *map(str, words)]
        self.processes.append(subprocess.Popen(command, stdin=subprocess.DEVNULL))

    def variables(self, locks: Path) -> dict[str, Any]:
        """What the inventory says of all Macs, as a lab's own would."""
        return {
            "tensorflow_metal_rows": [tiny.ROW],
            "tensorflow_metal_locks": str(locks),
            "tensorflow_metal_wheelhouse": "",
            "tensorflow_metal_python": "standalone",
            "tensorflow_metal_formulae": [],
            "tensorflow_metal_index": self.index("controller"),
            "tensorflow_metal_python_downloads": f"http://{self.address}:8080/python/downloads.json",
            "tensorflow_metal_families": CHECKED,
        }

    def index(self, name: str) -> str:
        return f"http://{name}:{PASSWORD}@{self.address}:8080/simple"

    def inventory(self) -> dict[str, Any]:
        mirrored: dict[str, dict[str, Any]] = {name: {} for name in self.names(*self.kinds())}
        mirrored[SLOW] = {"ansible_port": SLOW_PORT}
        direct = {name: {"tensorflow_metal_index": self.index(name)} for name in self.names(DIRECT)}
        mirror = {"tensorflow_metal_mirror": str(self.lab.folder / "mirror")}
        few = {"tensorflow_metal_downloads": DOWNLOADS}
        return {
            "macs": {
                "vars": self.variables(self.locks),
                "children": {
                    "mirrored": {"hosts": mirrored, "vars": mirror},
                    "alone": {"hosts": direct, "vars": few},
                },
            }
        }

    def expect(self, played: Played) -> None:
        if played.code:
            raise SystemExit(f"{played.output[-3000:]}\nfleet: the fleet could not be made ready.")

    def end(self) -> None:
        for process in self.processes:
            process.terminate()
            process.wait()


def answers(address: str, port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex((address, port)) == 0


def waited(until: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not until():
        if time.monotonic() > end:
            raise SystemExit("fleet: what should answer does not.")
        time.sleep(0.1)
