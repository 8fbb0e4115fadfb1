"""Claims about the Mac itself, as this Python sees it."""

from __future__ import annotations

import functools
import platform
import shutil
import subprocess
import sys

from .expected import Expected
from .registry import Finding, check, on_gpu

GIB = 2**30
MEMORY = 8
# An environment is 1.5 GB; what trains on a Mac writes checkpoints.
FREE = 2
FULL = 0.1
COMPATIBLE = "10.16"


@check(
    "machine.native",
    "The interpreter runs natively on this Mac's processor",
    cause="A Python built for another processor: under Rosetta TensorFlow stops with "
    "'illegal hardware instruction' (tensorflow#46178).",
    cure="Let tensorflow_metal_python name a Python for this processor, then run site.yml again.",
    profile="smoke",
)
def native(expected: Expected) -> Finding:
    measured = platform.machine() + (" under Rosetta" if translated() else "")
    return Finding(measured == expected.machine, measured, expected.machine)


@check(
    "machine.macos",
    "Python sees the macOS that this Mac has",
    cause="A Python built on an older macOS is told that this one is 10.16, as is any with "
    "SYSTEM_VERSION_COMPAT=1. pip then finds no wheel for macOS 11 or newer.",
    cure="Unset SYSTEM_VERSION_COMPAT, or let tensorflow_metal_python name a newer Python.",
    profile="smoke",
)
def macos(expected: Expected) -> Finding:
    measured = platform.mac_ver()[0]
    # From macOS 26 on, older builds are told 16: that keeps nothing from being installed.
    older = "16." if expected.macos.startswith("26.") else expected.macos
    holds = measured == expected.macos or measured.startswith(older)
    return Finding(holds, measured or "none", expected.macos, warns=measured != COMPATIBLE)


@check(
    "machine.chip",
    "The chip is one that Apple's plugin computes on",
    cause="The row promises a GPU, and this Mac has no Apple chip.",
    cure="Set tensorflow_metal_pin to a row for this Mac.",
    when=on_gpu,
    profile="smoke",
)
def chip(expected: Expected) -> Finding:
    return Finding(expected.chip.startswith("Apple"), expected.chip or "none", "an Apple chip")


@check(
    "machine.virtual",
    "The GPU is no paravirtual one",
    cause="This Mac is virtual. Its GPU is paravirtual, which tensorflow-metal does not support: "
    "what is measured on it says nothing of a Mac.",
    cure="Verify on a Mac that is not virtual.",
    when=on_gpu,
    profile="smoke",
)
def virtual(expected: Expected) -> Finding:
    measured = "a virtual Mac" if expected.virtual else "a Mac of its own"
    return Finding(not expected.virtual, measured, "a Mac of its own", warns=True)


@check(
    "machine.memory",
    "There is memory for TensorFlow",
    cause="The GPU shares the Mac's memory, and TensorFlow takes some gigabytes of it.",
    cure="Take small batches, and end other programs.",
    profile="smoke",
)
def memory(expected: Expected) -> Finding:
    size = asked("hw.memsize")
    gib = int(size) / GIB if size.isdigit() else 0.0
    return Finding(gib >= MEMORY, f"{gib:g} GiB", f"at least {MEMORY} GiB", warns=True)


@check(
    "machine.disk",
    "There is room on the disk of the environment",
    cause="The disk is full or nearly so. Training that writes checkpoints stops in the middle.",
    cure="Make room on it.",
    profile="smoke",
)
def disk(expected: Expected) -> Finding:
    free = shutil.disk_usage(sys.prefix).free / GIB
    return Finding(free >= FREE, f"{free:.3g} GiB free", f"at least {FREE} GiB", warns=free >= FULL)


def translated() -> bool:
    """Whether Rosetta translates this process; its children are translated as it is."""
    return asked("sysctl.proc_translated") == "1"


@functools.lru_cache(maxsize=None)
def asked(name: str) -> str:
    """What sysctl says of this name, "" where it does not know it."""
    try:
        answer = subprocess.run(
            ["/usr/sbin/sysctl", "-n", name],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.decode().strip()
