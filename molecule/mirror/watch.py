"""Keeps watch over words that nobody is to see.

    watch.py FOLDER

FOLDER/words has them, a line each. FOLDER/seen gets each command line on this machine, those of its
simulated Macs included, in which one of them stood. It ends when the folder is taken away.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

FOLDER = Path(sys.argv[1])
WORDS = [line.encode() for line in (FOLDER / "words").read_text(encoding="utf-8").split()]
told: set[bytes] = set()

while FOLDER.exists():
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ")
        except OSError:
            continue
        if line not in told and any(word in line for word in WORDS):
            told.add(line)
            with (FOLDER / "seen").open("a", encoding="utf-8") as log:
                log.write(line.decode("utf-8", "replace") + "\n")
    time.sleep(0.1)
