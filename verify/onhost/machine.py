"""Claims about the processor this Python runs on."""

from __future__ import annotations

import platform
import subprocess

from .expected import Expected
from .registry import Finding, check


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


def translated() -> bool:
    """Whether Rosetta translates this process; its children are translated as it is."""
    try:
        asked = subprocess.run(
            ["/usr/sbin/sysctl", "-n", "sysctl.proc_translated"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.stdout.strip() == b"1"
