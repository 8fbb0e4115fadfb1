"""How far a verification is, told while it runs."""

from __future__ import annotations

import io
import json
import threading
import time
from pathlib import Path

import pytest
import testinfra

from verify.host.run import UnreachableError, over
from verify.host.telling import Teller
from verify.hosts import surroundings
from verify.progress import Follower
from verify.unit.macs import line, verdict
from verify.watching import watch

CHECKS = ["load.imports", "numerics.matmul", "numerics.softmax"]


def told(target: Path, mac: str = "m1") -> None:
    """A whole verification of one Mac."""
    teller = Teller(target, mac)
    teller.begins()
    teller.heard(json.dumps({"checks": CHECKS}).encode())
    for check in CHECKS:
        status = "fail" if check == "numerics.matmul" else "pass"
        teller.heard(json.dumps(line(status, check)).encode() + b"\n")
    teller.ends(verdict(mac, "fail", line("fail")))


def lines(source: Path) -> list[str]:
    return [line for _, found in Follower(source).news() for line in found]


def test_a_log_has_a_line_where_a_family_begins_and_ends(tmp_path: Path) -> None:
    told(tmp_path / "events")
    assert lines(tmp_path / "events") == [
        "m1: the probe begins",
        "m1: load begins",
        "m1: load: 1 of 1 passed",
        "m1: numerics begins",
        "m1: numerics: 1 of 2 passed, numerics.matmul fail",
        "m1 (simulated): WRONG",
    ]


def test_what_runs_and_how_far_it_is_can_be_asked_at_any_time(tmp_path: Path) -> None:
    target = tmp_path / "events"
    follower = Follower(target)
    assert list(follower.news()) == []
    teller = Teller(target, "m1")
    teller.heard(json.dumps({"checks": CHECKS}).encode())
    teller.heard(json.dumps(line("pass", CHECKS[0])).encode())
    assert len(list(follower.news())) == 2
    state = follower.macs["m1"]
    assert (state.running, state.done, state.total) == (CHECKS[1], 1, 3)
    assert list(follower.news()) == []


def test_half_a_line_waits_for_its_other_half(tmp_path: Path) -> None:
    target = tmp_path / "events"
    follower = Follower(target)
    target.write_text('{"mac": "m1", "beg')
    assert list(follower.news()) == []
    with target.open("a") as stream:
        stream.write('ins": true}\n')
    assert [found for _, found in follower.news()] == [["m1: the probe begins"]]


@pytest.mark.parametrize(
    "row", [b"no JSON", b"[]", b'{"checks": 3}', b'{"id": "a.b"}', b"\xff", b'"checks"']
)
def test_what_is_no_line_of_the_program_is_no_news(tmp_path: Path, row: bytes) -> None:
    Teller(tmp_path / "events", "m1").heard(row)
    assert not (tmp_path / "events").exists()


def test_a_mac_cannot_write_on_the_terminal(tmp_path: Path) -> None:
    Teller(tmp_path / "events", "m1").heard(json.dumps({"checks": ["\x1b[2Jload.x"]}).encode())
    assert "\x1b" not in "".join(lines(tmp_path / "events"))


def test_a_file_that_cannot_be_written_spoils_nothing(tmp_path: Path) -> None:
    told(tmp_path / "no" / "such" / "folder")
    told(None)  # type: ignore[arg-type]


def test_a_line_is_heard_while_the_command_still_runs() -> None:
    heard: list[tuple[float, bytes]] = []
    host = testinfra.get_host("local://")
    run = over(host, lambda row: heard.append((time.monotonic(), row)))
    answer = run("echo one; sleep 0.7; echo two; echo said >&2; exit 3")
    assert [row for _, row in heard] == [b"one\n", b"two\n"]
    assert heard[1][0] - heard[0][0] > 0.5
    assert (answer.status, answer.stdout, answer.stderr) == (3, "one\ntwo\n", "said\n")
    assert host.run("echo as before").stdout == "as before\n"
    assert len(heard) == 2


def test_much_on_standard_error_stops_nothing() -> None:
    answer = over(testinfra.get_host("local://"))("head -c 300000 /dev/zero >&2; echo done")
    assert (answer.stdout, len(answer.stderr)) == ("done\n", 300_000)


@pytest.mark.needs("ssh", "openssh-client")
def test_a_connection_that_fails_is_still_told_in_the_words_of_ssh() -> None:
    host = testinfra.get_host("ssh://nobody@127.0.0.1:1", timeout=2)
    with pytest.raises(UnreachableError, match="port 1: Connection refused"):
        over(host)("true")


def test_the_host_behind_ansible_s_is_the_one_that_is_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inventory = tmp_path / "hosts.yml"
    inventory.write_text("macs: {hosts: {m1: {ansible_connection: local}}}")
    monkeypatch.setenv("PATH", surroundings([str(inventory)])["PATH"])
    (host,) = testinfra.get_hosts(["ansible://m1"], ansible_inventory=str(inventory))
    heard: list[bytes] = []
    over(host, heard.append)("echo one")
    assert heard == [b"one\n"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def watched(source: Path, stream: io.StringIO) -> str:
    def tell() -> None:
        for mac in ("m1", "m2"):
            told(source, mac)
            time.sleep(0.3)

    working = threading.Thread(target=tell)
    working.start()
    watch(source, 2, working.is_alive, stream)
    working.join()
    return stream.getvalue()


def test_a_log_gets_the_lines_of_all_macs(tmp_path: Path) -> None:
    said = watched(tmp_path / "events", io.StringIO())
    assert said.count("WRONG") == 2
    assert said.isascii()
    assert "\x1b" not in said


def test_a_terminal_gets_bars(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    said = watched(tmp_path / "events", Terminal())
    assert "all Macs" in said
    assert "2/2" in said
    assert "WRONG" not in said
