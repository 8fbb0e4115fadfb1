"""What the bench makes of its runs: ratios, a last line, whose work it was."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys

import contenders
import lab
from cases import CASES
from contenders import Ran
from outcome import conclusion, figures

BURN = "import time\nwhile time.process_time() < 0.5: pass"


def ran(*seconds: float, failed: str = "") -> list[Ran]:
    return [Ran(one, one / 2, 60.0, one / 4, failed) for one in seconds]


def nothing(**others: list[Ran]) -> dict[str, dict[str, list[Ran]]]:
    return {"nothing-25": {"floor": ran(2, 2, 2), "ours": ran(3, 9, 4), "plain": ran(44), **others}}


def test_the_last_line_holds_ours_against_floor_and_plain() -> None:
    first = {"install-8": {"ours": ran(100), "plain": ran(333)}}
    assert conclusion(nothing() | first) == (
        "nothing to do on 25: 2.0 x floor, plain 11.0 x ours; "
        "first installation on 8: plain 3.3 x ours"
    )


def test_what_was_not_run_or_failed_is_no_ratio() -> None:
    said = conclusion(nothing(plain=ran(44, failed="no such wheel")))
    assert "plain (failed) x ours" in said
    assert said.endswith("first installation on 8: plain (not run) x ours")


def test_a_failed_run_counts_in_no_median_and_is_kept() -> None:
    plain = ran(44) + ran(1, failed="no such wheel")
    found = figures(nothing(plain=plain))["nothing-25"]["contenders"]
    assert found["plain"]["seconds"] == {"median": 44, "least": 44, "most": 44}
    assert [run["failed"] for run in found["plain"]["runs"]] == ["", "no such wheel"]
    assert found["ours"]["seconds"] == {"median": 4, "least": 3, "most": 9}
    assert found["ours"]["processor"] == {"controller": 2, "macs": 1}


def test_where_nothing_is_to_do_ansible_s_own_part_is_shown() -> None:
    idle = [case.contenders for name, case in CASES.items() if name.startswith("nothing")]
    assert idle
    assert all({"floor", "one raw task"} <= {*contenders} for contenders in idle)


def test_each_case_has_the_role_to_be_held_against() -> None:
    assert all("ours" in case.contenders for case in CASES.values())


def test_a_program_that_fails_is_told_with_what_it_said() -> None:
    one = contenders.timed(["/bin/sh", "-c", "echo no room >&2; exit 3"], {})
    assert one.failed == "no room\n"
    assert not contenders.timed(["/bin/sh", "-c", "echo well"], {}).failed


def test_a_mac_s_work_is_that_of_all_its_processes_those_that_ended_too() -> None:
    ended = f"{shlex.quote(sys.executable)} -c '{BURN}'; exec sleep 60"
    with subprocess.Popen(["/bin/sh", "-c", f"echo up; {ended}"], stdout=subprocess.PIPE) as mac:
        before = lab.taken(str(mac.pid))
        while lab.taken(str(mac.pid)) < before + 0.4 * os.sysconf("SC_CLK_TCK"):
            assert mac.poll() is None
        mac.kill()
    assert lab.taken(str(mac.pid)) == 0
