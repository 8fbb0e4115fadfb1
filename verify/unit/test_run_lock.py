"""One run at a time works on a Mac, and a run that died is known to be dead."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from verify import settings
from verify.settings import PROJECT, filters

SCRIPT = PROJECT / "roles/tensorflow_metal/files/run_lock.sh"
SAYS = "bob@imac|0a0b0c0d0e0f|4711|123"
HELD = 75


def lock(*arguments: str, script: Path = SCRIPT) -> subprocess.CompletedProcess[str]:
    command = ["/bin/sh", str(script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def take(home: Path, run: str, dead: str = "") -> subprocess.CompletedProcess[str]:
    return lock("take", str(home), "", run, SAYS, dead)


def age(path: Path, minutes: float) -> None:
    then = time.time() - 60 * minutes
    os.utime(path, (then, then), follow_symlinks=False)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = tmp_path / "a home"
    (made / "tools").mkdir(parents=True)
    return made


@pytest.fixture
def group(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process of a run that was broken off, at work in a group of its own."""
    made = subprocess.Popen(["/bin/sh", "-c", "sleep 300 & wait"], start_new_session=True)
    yield made
    if made.poll() is None:
        os.killpg(made.pid, 9)
    made.wait()


def working(home: Path, run: str, pgid: int, began: float) -> None:
    (home / f"tools/run-{run}/running").write_text(f"{pgid} {int(began)}\n")


def test_what_is_free_is_taken_and_given_back(home: Path) -> None:
    assert take(home, "mine").returncode == 0
    assert (home / "tools/lock").readlink().name.startswith("mine|bob@imac|")
    lock("release", str(home), "mine")
    assert list((home / "tools").iterdir()) == []


def test_a_home_that_is_not_there_yet_is_made(tmp_path: Path) -> None:
    assert take(tmp_path / "new", "mine").returncode == 0
    assert (tmp_path / "new/tools/run-mine").is_dir()


@pytest.fixture
def full(home: Path) -> Path:
    """The script on a Mac whose disk has no room for another name."""
    for tool in ("ln", "mkdir"):
        (home / tool).write_text(
            f"#!/bin/sh\necho '{tool}: x: No space left on device' >&2\nexit 1\n"
        )
        (home / tool).chmod(0o755)
    script = home / "run_lock.sh"
    script.write_text(SCRIPT.read_text().replace("PATH=/usr/bin", f"PATH='{home}':/usr/bin"))
    return script


def test_a_full_disk_ends_it_with_a_sentence(home: Path, full: Path) -> None:
    refused = lock("take", str(home), "", "mine", SAYS, "", script=full)
    assert refused.returncode == 1
    sentence = f"{home}/tools cannot be written to: ln: x: No space left on device"
    assert refused.stderr.splitlines() == [sentence]


def test_where_the_disk_is_full_a_dead_run_s_lock_is_not_waited_for(home: Path, full: Path) -> None:
    take(home, "theirs")
    (full.parent / "ln").write_text("#!/bin/sh\necho 'ln: x: File exists' >&2\nexit 1\n")
    refused = lock("take", str(home), "", "mine", SAYS, "theirs", script=full)
    assert refused.returncode == 1
    sentence = f"{home}/tools cannot be written to: mkdir: x: No space left on device"
    assert refused.stderr.splitlines() == [sentence]


def test_a_run_may_take_its_own_lock_again(home: Path) -> None:
    take(home, "mine")
    assert take(home, "mine").returncode == 0


def test_the_other_learns_who_holds_it_and_since_when(home: Path) -> None:
    take(home, "theirs")
    refused = take(home, "mine")
    assert refused.returncode == HELD
    holder = filters("run_lock").holder(refused.stdout.splitlines()[-1])
    assert (holder["run"], holder["who"], holder["gone"]) == ("theirs", "bob@imac", False)
    assert holder["since"].startswith("20")


def test_the_other_learns_how_long_it_has_been_silent(home: Path) -> None:
    take(home, "theirs")
    assert "It has not begun anything there.\n" in take(home, "mine").stdout
    working(home, "theirs", 4194304, time.time() - 130)
    assert "It last began something there 2 minutes ago.\n" in take(home, "mine").stdout


@pytest.mark.needs("ps", "procps")
def test_a_lock_that_an_admin_removes_is_free_and_what_its_run_left_working_is_ended(
    home: Path, group: subprocess.Popen[bytes]
) -> None:
    take(home, "theirs")
    working(home, "theirs", group.pid, time.time())
    (home / "tools/lock").unlink()
    assert take(home, "mine").returncode == 0
    assert group.wait(5) < 0


def test_another_s_lock_is_not_released(home: Path) -> None:
    take(home, "theirs")
    lock("release", str(home), "mine")
    assert take(home, "mine").returncode == HELD


def test_a_run_that_its_controller_knows_to_be_dead_is_taken_over(home: Path) -> None:
    take(home, "theirs")
    assert take(home, "mine", dead="theirs").returncode == 0
    assert not (home / "tools/run-theirs").exists()
    assert take(home, "theirs").returncode == HELD


def test_of_two_that_find_a_run_dead_one_takes_over(home: Path, tmp_path: Path) -> None:
    take(home, "theirs")
    # The slower one still believes it when the other has long taken over.
    found, go = tmp_path / "found", tmp_path / "go"
    late = f": > '{found}'; until [ -e '{go}' ]; do sleep 0.05; done; take_over ||"
    slow = tmp_path / "slow.sh"
    text = SCRIPT.read_text("utf-8")
    assert text.count("        take_over ||") == 1
    slow.write_text(text.replace("take_over ||", late))
    command = ["/bin/sh", str(slow), "take", str(home), "", "slow", SAYS, "theirs"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as other:
        while not found.exists():
            assert other.poll() is None
            time.sleep(0.01)
        assert take(home, "quick", dead="theirs").returncode == 0
        go.touch()
    assert other.returncode == HELD
    assert (home / "tools/lock").readlink().name.startswith("quick|")


def test_a_take_over_that_was_broken_off_is_taken_over(home: Path) -> None:
    take(home, "theirs")
    left = home / "tools/lock.of-theirs"
    left.mkdir()
    age(left, 2)
    assert take(home, "mine", dead="theirs").returncode == 0
    assert not left.exists()


def test_silence_for_an_hour_is_death(home: Path) -> None:
    take(home, "theirs")
    age(home / "tools/lock", 61)
    assert take(home, "mine").returncode == HELD, "its folder tells that it is alive"
    age(home / "tools/run-theirs/running", 61)
    assert take(home, "mine").returncode == 0


@pytest.mark.needs("ps", "procps")
def test_a_silent_run_that_still_works_here_is_alive(
    home: Path, group: subprocess.Popen[bytes]
) -> None:
    take(home, "theirs")
    working(home, "theirs", group.pid, time.time())
    age(home / "tools/run-theirs/running", 61)
    assert take(home, "mine").returncode == HELD


@pytest.mark.needs("ps", "procps")
def test_what_a_dead_run_left_working_is_ended(home: Path, group: subprocess.Popen[bytes]) -> None:
    take(home, "theirs")
    working(home, "theirs", group.pid, time.time())
    assert take(home, "mine", dead="theirs").returncode == 0
    assert group.wait(5) < 0


@pytest.mark.needs("ps", "procps")
def test_a_group_of_the_same_number_from_another_day_is_left_alone(
    home: Path, group: subprocess.Popen[bytes]
) -> None:
    take(home, "theirs")
    working(home, "theirs", group.pid, time.time() - 3 * 86400)
    assert take(home, "mine", dead="theirs").returncode == 0
    assert group.poll() is None


def test_a_lock_from_before_the_last_start_of_the_mac_is_no_lock(home: Path) -> None:
    take(home, "theirs")
    lock = home / "tools/lock"
    says = str(lock.readlink()).rpartition("|")[0]
    lock.unlink()
    lock.symlink_to(f"{says}|another-start")
    assert take(home, "mine").returncode == 0


def test_a_home_that_cannot_be_written_to_is_said(tmp_path: Path) -> None:
    (tmp_path / "tools").write_text("a file")
    refused = take(tmp_path, "mine")
    assert refused.returncode == 1
    assert "tools" in refused.stderr


def test_this_run_is_there_and_one_that_ended_is_gone() -> None:
    own = filters("run_lock").run("/opt/tensorflow")
    lock = f"{own['id']}|{own['says']}|2026-11-21 09:00:00|boot"
    assert filters("run_lock").holder(lock)["gone"] is False
    fields = lock.split("|")
    ended = "|".join([*fields[:3], "4194304", *fields[4:]])
    assert filters("run_lock").holder(ended)["gone"] is True
    reused = "|".join([*fields[:4], "1", *fields[5:]])
    assert filters("run_lock").holder(reused)["gone"] is True
    elsewhere = "|".join([*fields[:2], "ffffffffffff", "4194304", *fields[4:]])
    assert filters("run_lock").holder(elsewhere)["gone"] is False


def test_a_run_holds_one_lock_for_each_home() -> None:
    run = filters("run_lock").run
    assert run("/opt/a") == run("/opt/a")
    assert run("/opt/a")["id"] != run("/opt/b")["id"]


def test_a_lock_is_abandoned_when_its_run_or_its_mac_s_session_is_over() -> None:
    own = filters("run_lock").run("/opt/tensorflow")
    fields = f"{own['id']}|{own['says']}|2026-11-21 09:00:00|this-session".split("|")
    ended = "|".join([*fields[:3], "4194304", *fields[4:]])

    def abandoned(says: str, boot: str = "this-session") -> bool:
        found: bool = filters("run_lock").abandoned({"lock": {"says": says, "boot": boot}})
        return found

    assert not abandoned("")
    assert not abandoned("what no run writes")
    assert not abandoned("|".join(fields))
    assert abandoned(ended)
    assert abandoned("|".join(fields), boot="the-next-session")


def test_what_is_left_of_a_process_is_none() -> None:
    ended = subprocess.Popen(["/bin/sh", "-c", "exit 0"])
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
    assert settings.filters("run_lock").started(ended.pid) == ""
    assert settings.filters("run_lock").started(os.getpid()) != ""
    ended.wait()
