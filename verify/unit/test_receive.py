"""A Mac's own report: taken where it is one, of that Mac, and nothing else."""

from __future__ import annotations

import dataclasses
import io
import json
from pathlib import Path

import pytest

from verify import __main__ as command
from verify.report import history
from verify.report.fleet import gather
from verify.unit.macs import verdict
from verify.verdict import LARGEST, Verdict


def sent(mac: Verdict) -> bytes:
    return json.dumps(dataclasses.asdict(mac)).encode()


@pytest.fixture
def receive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    def take(name: str, text: bytes) -> int:
        stream = io.TextIOWrapper(io.BytesIO(text))
        monkeypatch.setattr("sys.stdin", stream)
        monkeypatch.setattr("sys.argv", ["verify", "receive", name, "--report", str(tmp_path)])
        return command.main()

    return take


def test_what_a_mac_sends_is_its_verdict_in_the_next_report(
    receive: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert receive("m1", sent(verdict("m1"))) == 0  # type: ignore[operator]
    assert "m1 (simulated) has arrived" in capsys.readouterr().out
    fleet = gather(tmp_path)
    assert [(mac.name, mac.verdict) for mac in fleet.macs] == [("m1", "pass")]
    history.keep(tmp_path, fleet)
    assert receive("m1", sent(verdict("m1", "fail"))) == 0  # type: ignore[operator]
    before = history.load(tmp_path, "m1").before
    assert before is not None
    assert before.verdict == "pass"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "is no verdict"),
        (b"\xff", "is no verdict"),
        (b"[]", "lacks these fields"),
        (sent(verdict("m2")), "a verdict on 'm2'"),
        (b" " * (LARGEST + 1), f"over {LARGEST} bytes"),
    ],
)
def test_anything_else_is_refused_and_nothing_is_kept(
    receive: object, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: bytes, said: str
) -> None:
    assert receive("m1", text) == 2  # type: ignore[operator]
    said_there = capsys.readouterr().err
    assert said in said_there
    assert said_there.endswith("Nothing was kept.\n")
    assert not (tmp_path / "macs").exists()
