"""What people read: the table, and what to do about each Mac that is not right."""

from __future__ import annotations

import io

from verify.report.fleet import Fleet
from verify.report.table import show
from verify.settings import PROJECT, to_type
from verify.unit.macs import READING, line, verdict
from verify.verdict import Verdict


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(*macs: Verdict, stream: io.StringIO | None = None) -> str:
    stream = stream or io.StringIO()
    show(Fleet("now", macs), PROJECT / "report", stream)
    return stream.getvalue()


def row(text: str, name: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(f"| {name} "))


def test_a_simulated_mac_is_called_simulated_and_its_gpu_a_test_gpu() -> None:
    text = row(shown(verdict("m2", "pass", line("pass", "placement.matmul"))), "m2")
    assert "simulated, Apple M2 Pro, macOS 14.6.1" in text
    assert "test GPU" in text
    assert "Metal" not in text


def test_a_real_mac_is_not_called_simulated() -> None:
    text = shown(verdict("m2", "pass", line("pass", "placement.matmul"), simulated=False))
    assert "simulated" not in text
    assert "Metal" in row(text, "m2")


def test_the_last_line_names_the_page_to_read() -> None:
    assert shown(verdict("m2", "fail", line("fail"))).endswith("to read: report/fleet.html\n")


def test_a_row_counts_the_checks_that_passed() -> None:
    text = row(shown(verdict("m2", "fail", line(), line("fail"), line("not run"))), "m2")
    assert "1/3" in text
    assert "WRONG" in text


def test_the_gpu_column_says_what_is_known_of_it() -> None:
    gpus = {
        "m1": verdict("m1", "fail", line("fail", "placement.matmul")),
        "m2": verdict("m2", "fail", line("not run", "placement.matmul")),
        "m3": verdict("m3", "pass", line("pass", "load.imports")),
    }
    text = shown(*gpus.values())
    cells = [row(text, name).split("|")[4].strip() for name in gpus]
    assert cells == ["no", "-", "none promised"]


def test_each_failed_check_says_measured_expected_cause_and_cure() -> None:
    text = shown(verdict("m2", "fail", line("fail", "load.listed", measured="[no] GPU")))
    for word in ("load.listed: load.listed holds", "[no] GPU", "that", "a cause", "a cure"):
        assert word in text


def test_checks_that_were_not_run_are_named_in_one_line() -> None:
    lines = [line("fail", "a.b"), line("not run", "c.d"), line("not run", "e.f")]
    assert "c.d, e.f" in shown(verdict("m2", "fail", *lines))


def test_an_unreachable_mac_brings_the_command_to_try_again() -> None:
    text = shown(verdict("m1"), verdict("m2", "unreachable", line("not run"), reading={}))
    assert f"\n  {to_type()['site']} --limit @report/retry.txt\n" in text
    assert "not reached" in row(text, "m2")


def test_where_every_mac_is_right_there_is_nothing_to_try_again() -> None:
    text = shown(verdict("m1"), verdict("m2"))
    assert "retry" not in text
    assert "\n2 Macs, 2 of them simulated: 2 right.\n" in text


def test_what_is_no_terminal_gets_plain_ascii() -> None:
    text = shown(verdict("m2", "fail", line("fail", measured="größer — als")))
    assert text.isascii()
    assert "\x1b" not in text
    assert all(line == line.rstrip() for line in text.splitlines())


def test_a_macos_that_is_not_known_is_no_error() -> None:
    reading = {name: value for name, value in READING.items() if name != "macos"}
    assert "macOS ?" in shown(verdict("m2", reading=reading))


def test_a_terminal_gets_the_same_words() -> None:
    text = shown(verdict("m2", "fail", line("fail")), stream=Terminal())
    assert "WRONG" in text
    assert "a cure" in text


def test_a_warning_is_told_and_leaves_the_mac_right() -> None:
    slow = line("warn", "performance.matmul", measured="9 GFLOP/s")
    text = shown(verdict("m2", "pass", line(), slow), verdict("m3"))
    assert "right, 1 warning" in row(text, "m2")
    assert "1/2" in row(text, "m2")
    assert "warning, performance.matmul" in text
    assert "9 GFLOP/s" in text
    assert "2 right.\n" in text


def test_an_escape_sequence_does_not_reach_the_terminal() -> None:
    bad = line("fail", measured="\x1b]0;taken\x07")
    text = shown(verdict("m2", "fail", bad, pin="\x1b[2J"), stream=Terminal())
    assert "]0;taken" in text
    assert "\x1b]" not in text
    assert "\x1b[2J" not in text
    assert "\x07" not in text


def test_paths_and_commands_stay_whole() -> None:
    path = f"/opt/tensorflow/{'environments/' * 12}libmetal_plugin.dylib"
    command = (
        "ansible-playbook -i '/srv/a lab/hosts' site.yml --limit studio-of-the-second-floor-01"
    )
    bad = line(
        "fail", measured=f"{'word ' * 15}{path} and so on", cure=f"{'Do it: ' * 9}`{command}`."
    )
    for stream in (io.StringIO(), Terminal()):
        text = shown(verdict("m2", "fail", bad), stream=stream)
        assert path in text
        assert f"`{command}`" in text


def test_the_name_of_a_mac_stays_whole() -> None:
    name = "a-mac-with-a-very-long-name-in-a-lab-with-a-longer-one.lab.example.org"
    mac = verdict(name, "pass", reading={**READING, "chip": "Apple M2 Pro " * 9})
    assert name in shown(mac)


def test_letters_beyond_ascii_stay_where_the_stream_has_them() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    bad = verdict("m2", "fail", line("fail", cure="Run `ansible-playbook -i /Users/Müller/hosts`"))
    show(Fleet("now", (bad,)), PROJECT / "report", stream)
    stream.seek(0)
    assert "/Users/Müller/hosts" in stream.read()
