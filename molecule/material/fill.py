"""Fills the small disk of the simulated Mac that it runs on, once uv is installing: fill.py

It goes on in the background, in a session of its own.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

LARGEST = 8 << 30
SMALLEST = 4096


def main() -> None:
    disk = os.statvfs("/opt")
    if disk.f_blocks * disk.f_frsize > LARGEST:
        raise SystemExit("This is no small disk: nothing was filled.")
    if os.fork():
        return
    os.setsid()
    while not list(Path("/opt/tensorflow/envs").glob("*/cache")):
        time.sleep(0.05)
    size = LARGEST
    with Path("/var/tmp/filled").open("wb") as file:
        while size >= SMALLEST:
            try:
                os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), size)
            except OSError:
                size //= 2


if __name__ == "__main__":
    main()
