"""What a program of the user's sees that starts this Python: over ssh, and in a login shell.

The checks themselves run with -I, so that nothing of it reaches them.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import pwd
import shlex
import subprocess
import sys
import tempfile
from typing import Any

MARK = "what is seen: "
# On one line and without an exclamation mark or a single quote: any shell passes it on.
PROGRAM = (
    "import json, os, site, sys; print({mark} + json.dumps(dict("
    "path=sys.path, variables=dict(os.environ), home=os.path.expanduser({tilde}), "
    "sites=site.getsitepackages() if hasattr(site, {sites}) else [], "
    "user_site=site.getusersitepackages() if site.ENABLE_USER_SITE else {none})))"
).format(mark=json.dumps(MARK), tilde='"~"', sites='"getsitepackages"', none='""')
PATIENCE = 20.0


@dataclasses.dataclass(frozen=True)
class View:
    """How the program was started, and what it saw; `path` holds no entry twice."""

    name: str
    path: tuple[str, ...]
    variables: dict[str, str]
    home: str
    sites: tuple[str, ...]
    user_site: str

    @property
    def packages(self) -> tuple[str, ...]:
        """The folders where TensorFlow looks for plugins."""
        found = [*self.sites, *(entry for entry in self.path if "site-packages" in entry)]
        found += [self.user_site] if self.user_site else []
        return tuple(dict.fromkeys(map(os.path.realpath, found)))


@functools.lru_cache(maxsize=None)
def views() -> tuple[View, ...]:
    """What is seen over ssh and in a login shell; a shell that does not answer is left out."""
    python = [sys.executable, "-B", "-c", PROGRAM]
    shell = pwd.getpwuid(os.getuid()).pw_shell or "/bin/sh"
    typed = " ".join(map(shlex.quote, python))
    found = [seen("over ssh", python)]
    for options in (["-l", "-i"], ["-l"]):
        view = seen("in a login shell", [shell, *options, "-c", typed])
        if view:
            found.append(view)
            break
    return tuple(view for view in found if view)


def seen(name: str, command: list[str]) -> View | None:
    """What the command sees that ends in PROGRAM; None where it does not get so far."""
    with tempfile.TemporaryDirectory(prefix="verify-") as folder:
        try:
            asked = subprocess.run(
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=PATIENCE,
                check=False,
                start_new_session=True,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        for line in asked.stdout.decode("utf-8", "replace").splitlines():
            if line.startswith(MARK):
                return view(name, json.loads(line[len(MARK) :]), folder)
    return None


def view(name: str, told: dict[str, Any], folder: str) -> View:
    """The program's answer; the folder it was started in is no part of it."""
    here = ("", folder, os.path.realpath(folder))
    return View(
        name=name,
        path=tuple(dict.fromkeys(entry for entry in told["path"] if entry not in here)),
        variables=told["variables"],
        home=told["home"],
        sites=tuple(told["sites"]),
        user_site=told["user_site"],
    )
