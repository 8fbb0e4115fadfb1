"""Types `make site` on a Mac, at a terminal, and the password where it is asked for.

    type_site.py SSH_CONFIG MAC FOLDER

Prints what the Mac says, and ends as it does.
"""

from __future__ import annotations

import os
import pty
import shlex
import sys

PROMPT = b"BECOME password: "


def main() -> None:
    config, mac, folder = sys.argv[1:]
    command = [
        "ssh",
        "-tt",
        "-F",
        config,
        mac,
        f"cd {shlex.quote(folder)} && ANSIBLE_NOCOLOR=1 make site",
    ]
    said = b""

    def read(terminal: int) -> bytes:
        nonlocal said
        more = os.read(terminal, 65536)
        said = (said + more)[-len(PROMPT) :]
        if said == PROMPT:
            os.write(terminal, b"lab\n")
        return more

    sys.exit(os.waitstatus_to_exitcode(pty.spawn(command, read, lambda _: b"")))


if __name__ == "__main__":
    main()
