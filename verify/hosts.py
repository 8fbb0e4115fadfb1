"""Verify Macs: pytest over verify/host, and nothing of it shown unless it breaks."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from verify.progress import FILE
from verify.report import history
from verify.report.fleet import Fleet, clear, gather
from verify.settings import PROJECT, UNLOGGED, filters
from verify.verdict import write
from verify.watching import watch

# Without a UTF-8 locale Ansible refuses to run.
UTF_8 = {"LC_ALL": "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"}
NOWHERE = (
    "There is no inventory. Nothing was verified. Copy inventory.example to inventory and name "
    "your Macs there, or type `make site`, which provisions this Mac or, on Linux, two simulated "
    "ones."
)


def surroundings(inventories: Sequence[str]) -> dict[str, str]:
    """The environment of Ansible's commands: those beside this Python, UTF-8, and these
    inventories; of none, those that Ansible is told of, or the one that bin/site would take.

    Raises ValueError with one sentence for an inventory that is not there.
    """
    if lost := [path for path in inventories if not Path(path).exists()]:
        raise ValueError(f"There is no inventory {lost[0]}.")
    if not inventories and not os.environ.keys() & {"ANSIBLE_CONFIG", "ANSIBLE_INVENTORY"}:
        chosen = filters("to_type").choose_inventory()
        if not chosen:
            raise ValueError(NOWHERE)
        inventories = [str(PROJECT / chosen)]
    found = os.environ | UNLOGGED | UTF_8
    found["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), found.get("PATH", "")])
    found.setdefault("ANSIBLE_CONFIG", str(PROJECT / "ansible.cfg"))
    if inventories:
        found["ANSIBLE_INVENTORY"] = ",".join(str(Path(path).absolute()) for path in inventories)
    return found


def names(limit: str, environment: Mapping[str, str]) -> list[str]:
    """The Macs that `--limit` means to Ansible; raises ValueError where there is none."""
    found, said = listed(limit, environment)
    if not found:
        where = environment.get("ANSIBLE_INVENTORY", "the inventory")
        what = f"Mac '{limit}'" if limit else "Mac in the group macs"
        there = listed("", environment)[0] if limit else []
        said = f"There are {', '.join(there)}." if there else said
        raise ValueError(f"There is no {what} in {where}. {said}".strip())
    return found


def listed(limit: str, environment: Mapping[str, str]) -> tuple[list[str], str]:
    """The same, empty where there is none; and what Ansible had against it."""
    command = ["ansible", "macs", "--list-hosts", *(["--limit", limit] if limit else [])]
    asked = subprocess.run(
        command, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    found = re.findall(r"^ {4}(\S+)$", asked.stdout, re.MULTILINE)
    return found, " ".join(re.findall(r"ERROR\S*:? *(.*)", asked.stderr))


def verify(
    inventories: Sequence[str], limit: str, report: Path, jobs: int, wishes: Sequence[str] = ()
) -> Fleet:
    """Verify the Macs, `jobs` at a time, and write a verdict for each.

    `wishes` are options of pytest over verify/host.

    Raises ValueError with one sentence for bad input, and RuntimeError with
    what pytest said where it left a Mac without a verdict.
    """
    environment = surroundings(inventories)
    macs = names(limit, environment)
    clear(report, macs)
    history.turn(report, macs)
    command = [sys.executable, "-m", "pytest", str(PROJECT / "verify" / "host")]
    command += ["--rootdir", str(PROJECT), "-p", "no:cacheprovider", "-q", "--tb=no"]
    command += [f"--hosts={','.join(f'ansible://{name}' for name in macs)}"]
    command += ["--report-folder", str(report.resolve()), *wishes]
    progress = report.resolve() / FILE
    write(progress, "")
    command += ["--progress", str(progress)]
    if len(macs) > 1 and jobs > 1:
        command += ["-n", str(min(jobs, len(macs)))]
    with tempfile.TemporaryFile() as output:
        with subprocess.Popen(
            command, env=environment, cwd=PROJECT, stdout=output, stderr=subprocess.STDOUT
        ) as running:
            watch(progress, len(macs), lambda: running.poll() is None)
        output.seek(0)
        said = output.read().decode("utf-8", "replace")[-4000:]
    fleet = gather(report, macs)
    lost = [name for name in macs if not (report / "macs" / f"{name}.json").exists()]
    if lost:
        raise RuntimeError(f"No verdict was written for {', '.join(lost)}. pytest said:\n{said}")
    return fleet
