"""Between checks and claims: each check is one test, each test one check that there is."""

from __future__ import annotations

import base64
import importlib
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from verify.host import archive as sending
from verify.host.archive import archive
from verify.host.claims import sentence
from verify.host.judge import SEND
from verify.host.lines import CLAIM
from verify.host.run import UnreachableError, over
from verify.onhost.catalogue import CHECKS, checks_for
from verify.unit.macs import expected
from verify.verdict import lines_in


def test_every_check_has_a_test_of_its_family_named_as_its_claim() -> None:
    names = set()
    for check in CHECKS:
        module = importlib.import_module(f"verify.host.test_{check.family}")
        test = vars(module)[sentence(check.claim)]
        asked: list[str] = []
        test(asked.append)
        assert asked == [check.id]
        names.add((check.family, test.__name__))
    assert len(names) == len(CHECKS)
    assert sentence(CLAIM) in vars(importlib.import_module("verify.host.test_machine"))


def test_the_program_is_sent_at_once_and_holds_its_own_files_and_the_pairs_that_link() -> None:
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(archive()))) as packed:
        names = packed.namelist()
    assert {"__main__.py", "onhost/links.json"} <= {*names}
    assert all(name.startswith("onhost/") for name in names if name != "__main__.py")


def test_a_program_that_has_grown_too_large_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "LARGEST", 100)
    with pytest.raises(ValueError, match="over 100"):
        archive.__wrapped__()


def sent(folder: Path, argument: str) -> subprocess.CompletedProcess[str]:
    """send.sh with this Python for the Mac's; it is no Mac's, so most checks fail."""
    words = ["/bin/sh", "-c", SEND.read_text(), "send", sys.executable, archive(), argument]
    environment = {"TMPDIR": str(folder), "PATH": "/usr/bin:/bin"}
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=False)


def test_the_program_tells_every_check_and_leaves_nothing_behind(tmp_path: Path) -> None:
    ran = sent(tmp_path, expected(libraries=["/lost"]).dump())
    lines = {line["id"]: line["status"] for line in lines_in(ran.stdout)}
    assert list(lines) == [check.id for check in checks_for(expected(libraries=["/lost"]))]
    assert lines["load.imports"] != "pass"
    assert ran.returncode == 1
    assert list(tmp_path.iterdir()) == []


def test_the_program_refuses_a_bad_argument_and_leaves_nothing_behind(tmp_path: Path) -> None:
    ran = sent(tmp_path, "{}")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "wrong fields" in ran.stderr
    assert list(tmp_path.iterdir()) == []


class Result:
    """What testinfra gives, and what it wraps in a RuntimeError when ssh fails."""

    def __init__(self, status: int, stdout: bytes, stderr: bytes) -> None:
        self.rc, self.stdout_bytes, self.stderr_bytes = status, stdout, stderr


class Backend:
    def get_connection_type(self) -> str:
        return "ssh"


class Host:
    def __init__(self, result: Result) -> None:
        self.result = result
        self.backend = Backend()

    def run(self, command: str, *arguments: str) -> Result:
        if self.result.rc == 255:
            raise RuntimeError(self.result)
        return self.result


def test_a_failed_connection_is_told_in_the_words_of_ssh() -> None:
    banner = b"Welcome\nssh: connect to host m2 port 22: No route to host\n"
    with pytest.raises(UnreachableError, match=r"^ssh: connect to host m2 port 22: No route"):
        over(Host(Result(255, b"", banner)))("true")


def test_an_answer_may_hold_any_bytes() -> None:
    answer = over(Host(Result(1, "größer".encode() + b"\xff", b"")))("true")
    assert (answer.status, answer.stdout) == (1, "größer\ufffd")
