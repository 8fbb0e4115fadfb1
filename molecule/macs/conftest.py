"""Commands on the scenario's Macs, and runs of the role over them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import testinfra
from testinfra.backend.base import CommandResult

from again import HERE, PROJECT, Ran


@pytest.fixture(scope="session")
def inventory(request: pytest.FixtureRequest) -> Path:
    return Path(request.config.option.ansible_inventory)


@pytest.fixture(scope="session")
def run(inventory: Path) -> Callable[[str, str], CommandResult]:
    """Runs a command on the Mac of a name, as admin over ssh."""

    # Not by the inventory: ansible-inventory would print it, and its passwords, into Ansible's log.
    known = str(inventory.with_name("ssh_config"))

    def on(name: str, command: str) -> CommandResult:
        return testinfra.get_host(f"ssh://{name}", ssh_config=known).run(command)

    return on


@pytest.fixture(scope="session")
def again(inventory: Path) -> Callable[..., Ran]:
    """Runs the role over the scenario's Macs, with ansible-playbook's own arguments."""

    def ran(*arguments: str) -> Ran:
        command = ["ansible-playbook", "--inventory", str(inventory), *arguments]
        surroundings = os.environ | {"ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json"}
        done = subprocess.run(
            [*command, str(HERE / "again.yml")],
            cwd=PROJECT,
            env=surroundings,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.stdout.startswith("{"), done.stdout + done.stderr
        return Ran(json.loads(done.stdout))

    return ran
