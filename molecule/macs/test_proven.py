"""What the verification says of some that were built: in words where a GPU cannot be judged."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from again import PROJECT

# Of each Mac no more is asked than is claimed of it here.
ASKED = {
    ("--profile", "smoke"): ["under-rosetta"],
    ("--only", "machine,training"): ["intel-monterey", "virtual"],
}
Verdicts = dict[str, dict[str, Any]]


@pytest.fixture(scope="session")
def verdicts(inventory: Path, tmp_path_factory: pytest.TempPathFactory) -> Verdicts:
    """The verdict on each of these Macs."""
    found: Verdicts = {}
    for wishes, macs in ASKED.items():
        report = tmp_path_factory.mktemp("report")
        command = [sys.executable, "-m", "verify", "hosts", "--inventory", str(inventory)]
        command += ["--limit", ",".join(macs), "--jobs", "2", "--report", str(report), *wishes]
        done = subprocess.run(
            command, cwd=PROJECT, capture_output=True, encoding="utf-8", check=False
        )
        # Some Mac may not be judged, and none is wrong.
        assert done.returncode in (0, 2), done.stdout + done.stderr
        found |= {
            name: json.loads((report / "macs" / f"{name}.json").read_text(encoding="utf-8"))
            for name in macs
        }
    return found


def statuses(verdict: dict[str, Any]) -> dict[str, str]:
    return {check["id"]: check["status"] for check in verdict["checks"]}


def assert_trained(verdict: dict[str, Any]) -> None:
    """On the CPU, whatever the GPU did."""
    trained = [status for name, status in statuses(verdict).items() if name.endswith("_cpu")]
    assert trained
    assert set(trained) == {"pass"}


def test_an_arm64_mac_is_right_and_its_interpreter_is_arm64_under_rosetta_too(
    verdicts: Verdicts,
) -> None:
    verdict = verdicts["under-rosetta"]
    assert (verdict["verdict"], verdict["reading"]["rosetta"]) == ("pass", True)
    native = next(check for check in verdict["checks"] if check["id"] == "machine.native")
    assert (native["status"], "arm64" in str(native["measured"])) == ("pass", True)


def test_the_row_of_intel_macs_is_right_on_the_cpu_and_promises_no_gpu(verdicts: Verdicts) -> None:
    verdict = verdicts["intel-monterey"]
    assert (verdict["verdict"], verdict["pin"]) == ("pass", "tf-2.16-intel")
    assert_trained(verdict)
    assert not [name for name in statuses(verdict) if name.endswith("_gpu")]


def test_a_virtual_gpu_is_not_judged(verdicts: Verdicts) -> None:
    verdict = verdicts["virtual"]
    doubted = [check for check in verdict["checks"] if check["status"] == "inconclusive"]
    assert verdict["verdict"] == "inconclusive"
    assert doubted
    assert all("virtual GPU" in check["cause"] for check in doubted)
    assert_trained(verdict)
    assert "fail" not in statuses(verdict).values()
