"""Who is measured: a command over some of the Macs, with connections of its own."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import lab

HERE = Path(__file__).resolve().parent
OTHERS = lab.FOLDER.with_name("bench-others")
PLAIN = Path(os.environ.get("PLAIN") or HERE.parent / "plain.yml")
FROM = "--no-index --find-links /Volumes/Lab/wheelhouse"
NEWER = ["tensorflow==2.18.1", "tensorflow-metal==1.2.0"]


@dataclasses.dataclass(frozen=True)
class Ran:
    """One run: seconds, those of processor that the controller and the Macs took, the controller's
    memory in MiB, and what it said where it did not end well.
    """

    seconds: float
    processor: float
    memory: float
    macs: float = 0.0
    failed: str = ""


def install_others() -> None:
    """Mitogen and pyinfra, from their hashed lock, into an environment of their own."""
    if (OTHERS / "done").exists():
        return
    uv = [str(Path(sys.executable).parent / "uv"), "--quiet"]
    subprocess.run([*uv, "venv", "--python", sys.executable, str(OTHERS)], check=True)
    python = ["--python", str(OTHERS / "bin" / "python")]
    lock = ["--require-hashes", "-r", str(HERE / "requirements.txt")]
    subprocess.run([*uv, "pip", "install", *python, *lock], check=True)
    (OTHERS / "done").touch()


def ours(macs: Sequence[str], **switches: object) -> Ran:
    """The role, as `playbooks/converge.yml` runs it."""
    return playbook(lab.PROJECT / "playbooks" / "converge.yml", macs, switches)


def plain(macs: Sequence[str], **switches: object) -> Ran:
    """The plain playbook."""
    return playbook(PLAIN, macs, {"plain_from": FROM, **switches})


def mitogen(macs: Sequence[str], **switches: object) -> Ran:
    """The plain playbook under mitogen."""
    packages = next((OTHERS / "lib").glob("python3.*")) / "site-packages"
    surroundings = {
        "PYTHONPATH": str(packages),
        "ANSIBLE_STRATEGY_PLUGINS": str(packages / "ansible_mitogen/plugins/strategy"),
        "ANSIBLE_STRATEGY": "mitogen_linear",
    }
    return playbook(PLAIN, macs, {"plain_from": FROM, **switches}, surroundings)


def pyinfra(macs: Sequence[str], **switches: object) -> Ran:
    """The same steps as pyinfra's operations."""
    found = lab.addresses()
    data = {
        "ssh_user": "admin",
        "ssh_port": 2222,
        "ssh_key": str(lab.FOLDER / "key"),
        "ssh_known_hosts_file": str(lab.FOLDER / "known_hosts"),
        "plain_from": FROM,
        "plain_packages": NEWER,
        "plain_verifies": True,
        **switches,
    }
    with tempfile.NamedTemporaryFile("w", suffix=".py", dir=lab.FOLDER) as inventory:
        inventory.write(f"macs = ({[found[name] for name in macs]!r}, {data!r})\n")
        inventory.flush()
        command = [str(OTHERS / "bin" / "pyinfra"), "-y", inventory.name]
        return timed([*command, str(HERE / "plain_pyinfra.py")], {})


def floor(macs: Sequence[str], **_: object) -> Ran:
    """One round trip of ssh to each, all at once, each with a connection of its own."""
    ssh = f"ssh -F '{lab.FOLDER}/ssh_config' -o ControlPath=none {{}} /usr/bin/true"
    each = f"printf '%s\\n' {' '.join(macs)} | xargs -P {len(macs)} -I '{{}}' {ssh}"
    return timed(["/bin/sh", "-c", each], {})


def one_task(macs: Sequence[str], **_: object) -> Ran:
    """What Ansible itself takes: a play of one raw task, which does nothing."""
    return playbook(HERE / "one_task.yml", macs, {})


def verify(macs: Sequence[str], **_: object) -> Ran:
    """The verification as it is, no more than an interpreter a family."""
    return verified(macs)


def slowest(macs: Sequence[str], **_: object) -> Ran:
    """Of the verification only the family that takes longest."""
    return verified(macs, "--only", "training")


def verified(macs: Sequence[str], *wishes: str) -> Ran:
    command = [sys.executable, "-m", "verify", "hosts", "--inventory", str(lab.inventory())]
    command += ["--report", str(lab.FOLDER / "report"), "--limit", ",".join(macs), *wishes]
    return timed(command, {})


def import_a_test(macs: Sequence[str], **_: object) -> Ran:
    """The same checks, each in an interpreter of its own."""
    found = {"PYTHONPATH": str(lab.PROJECT)}
    return timed([sys.executable, str(HERE / "import_a_test.py"), *macs], found)


def playbook(
    file: Path,
    macs: Sequence[str],
    switches: dict[str, object],
    surroundings: dict[str, str] | None = None,
) -> Ran:
    # A run's first connection is not to be another run's.
    with tempfile.TemporaryDirectory(prefix="bench-", dir="/tmp") as sockets:
        known = {
            **(surroundings or {}),
            "ANSIBLE_SSH_CONTROL_PATH_DIR": sockets,
            "ANSIBLE_CONFIG": str(lab.PROJECT / "ansible.cfg"),
        }
        command = [str(Path(sys.executable).parent / "ansible-playbook"), str(file)]
        command += ["--inventory", str(lab.inventory()), "--limit", ",".join(macs)]
        try:
            return timed([*command, "--extra-vars", json.dumps(switches)], known)
        finally:
            for socket in Path(sockets).iterdir():
                hang_up = ["ssh", "-o", f"ControlPath={socket}", "-O", "exit", "mac"]
                subprocess.run(hang_up, capture_output=True, check=False)


def timed(command: Sequence[str], surroundings: dict[str, str]) -> Ran:
    """Run to the end; one that fails is no measure, and says why."""
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        began = time.monotonic()
        process = subprocess.Popen(
            command,
            cwd=lab.PROJECT,
            env={**os.environ, **surroundings},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - began
        output.seek(0)
        failed = output.read()[-3000:] if process.returncode else ""
    processor = used.ru_utime + used.ru_stime
    return Ran(seconds, processor, used.ru_maxrss / 1024, failed=failed)
