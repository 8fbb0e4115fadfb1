"""Ansible's own runs, in folders of their own and with the project's settings."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from verify.settings import PROJECT

COMMAND = Path(sys.executable).with_name("ansible-playbook")
HERE: dict[str, Any] = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
# Nobody answers there.
NOWHERE: dict[str, Any] = {
    "ansible_connection": "ssh",
    "ansible_host": "127.0.0.1",
    "ansible_port": 1,
}


def played(
    folder: Path, *arguments: str, timeout: float | None = None, **surroundings: str
) -> subprocess.CompletedProcess[str]:
    """What ansible-playbook, with these arguments and more variables around it, said there."""
    return subprocess.run(
        [str(COMMAND), *arguments],
        cwd=folder,
        env={
            **os.environ,
            "ANSIBLE_CONFIG": str(PROJECT / "ansible.cfg"),
            "ANSIBLE_HOME": str(folder / "home"),
            **surroundings,
        },
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
