"""What the scenarios ask of the simulated lab is what the lab knows."""

from __future__ import annotations

import fcntl
import os
import re
import shlex
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

import build_gpu
from verify.unit.recordings import FOLDER

LAB = FOLDER.parent
MACHINE = ["MODEL", "CHIP", "MACHINE", "MACOS", "BUILD", "DARWIN", "CPUS", "MEMORY_GB", "DISK_GB"]
CONFS = sorted((LAB / "macs").glob("*.conf"))
KNOWN = re.findall(r"^\| `(\w+)` \|", (LAB / "macs" / "README.md").read_text(), re.MULTILINE)
PLATFORMS = [
    platform
    for scenario in sorted(LAB.parent.glob("*/molecule.yml"))
    for platform in yaml.safe_load(scenario.read_text())["platforms"]
]


@pytest.mark.parametrize("conf", CONFS, ids=lambda conf: conf.stem)
def test_a_mac_says_what_machine_it_is_and_nothing_unknown(conf: Path) -> None:
    keys = re.findall(r"^(\w+)=\"[^\"]+\"$", conf.read_text(), re.MULTILINE)
    assert keys[: len(MACHINE)] == MACHINE
    assert set(keys[len(MACHINE) :]) <= set(KNOWN)


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: str(platform["name"]))
def test_a_platform_is_a_mac_that_there_is_found_in_a_way_that_there_is(
    platform: dict[str, Any],
) -> None:
    assert platform.get("mac", platform["name"]) in {conf.stem for conf in CONFS}
    assert set(platform.get("start", {})) <= set(KNOWN)


def test_every_start_is_a_known_key_and_is_applied() -> None:
    library = LAB / "disguise" / "root" / "usr" / "libexec" / "lab"
    starts = {path.name for path in (library / "starts").iterdir()}
    applied = re.search(
        r"^for start in (.*); do$", (library / "start.sh").read_text(), re.MULTILINE
    )
    assert applied
    assert set(applied[1].split()) == starts
    assert {start.upper() for start in starts} <= set(KNOWN)


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("m1-sequoia", "m1-sequoia|m1-sequoia|"),
        ("m1-sequoia,DISK_GB=2,NETWORK=cut", "m1-sequoia|m1-sequoia|DISK_GB=2,NETWORK=cut"),
        ("desk:m1-sequoia,HOMEBREW=admin", "desk|m1-sequoia|HOMEBREW=admin"),
        ("m1-sequoia:,OLD_ENVIRONMENT=/a:b", "m1-sequoia|m1-sequoia|OLD_ENVIRONMENT=/a:b"),
    ],
)
def test_a_name_its_mac_and_its_start_are_told_apart(asked: str, answer: str) -> None:
    ran = run_in_lab('echo "$(name_of "$1")|$(mac_of "$1")|$(start_of "$1")"', asked)
    assert ran.stdout == f"{answer}\n"


def run_in_lab(script: str, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run bash over the lab's own functions, without what the lab does at its end."""
    functions = (LAB / "lab").read_text().split("\ncase ${1-} in\n")[0]
    command = ["bash", "-c", f"{functions}\n{script}", str(LAB / "lab"), *words]
    environment = os.environ | variables
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment)


def test_a_range_whose_macs_are_down_is_not_given_to_a_lab_of_another_home(tmp_path: Path) -> None:
    taking = 'ranges=$1; mkdir -p "$ranges" "$2"; answers() { false; }; range "$2"'
    places = [str(tmp_path / "ranges"), str(tmp_path / "one"), str(tmp_path / "two")]
    one = run_in_lab(taking, places[0], places[1], LAB_HOME=str(tmp_path / "home"))
    two = run_in_lab(taking, places[0], places[2], LAB_HOME=str(tmp_path / "other-home"))
    again = run_in_lab(taking, places[0], places[1], LAB_HOME=str(tmp_path / "home"))
    assert (one.stdout, two.stdout, again.stdout) == ("1\n", "2\n", "1\n")


def test_an_instance_that_was_copied_takes_a_range_of_its_own(tmp_path: Path) -> None:
    taking = 'ranges=$1; mkdir -p "$ranges" "$2"; answers() { false; }; range "$2"'
    run_in_lab(taking, str(tmp_path / "ranges"), str(tmp_path / "one"))
    shutil.copytree(tmp_path / "one", tmp_path / "copy")
    assert run_in_lab(taking, str(tmp_path / "ranges"), str(tmp_path / "copy")).stdout == "2\n"


@pytest.mark.parametrize("used", [True, False])
def test_clean_leaves_the_home_that_another_project_s_macs_run_on(
    tmp_path: Path, used: bool
) -> None:
    home, ranges = tmp_path / "home", tmp_path / "ranges"
    home.mkdir()
    # So many that whoever lists them is not done when the first of them is read.
    for number in range(1, 201):
        instance = tmp_path / f"instance-{number}"
        for folder in (instance, ranges / str(number)):
            folder.mkdir(parents=True)
        (ranges / str(number) / "instance").write_text(f"{instance}\n")
        made_from = home / "image-1" if used else tmp_path / "elsewhere" / "image-1"
        (instance / "made-from").write_text(f"{made_from} {home.parent}/wheels-1\n")
    cleaning = f"ranges={ranges} project={tmp_path / 'project'}; clean"
    run_in_lab(cleaning, LAB_HOME=str(home))
    assert home.exists() == used


def test_what_leads_to_an_index_reaches_the_lab_under_any_sudo(tmp_path: Path) -> None:
    index = 'https://me:it\'s "secret" $HOME\nx@index'
    declared = run_in_lab("declare_inherited", PIP_INDEX_URL=index, http_proxy="p:1", OTHER="no")
    reading = 'eval "$(cat)"; printf "%s|" "$PIP_INDEX_URL" "$http_proxy" "${OTHER-}"'
    command = ["env", "-i", "bash", "-c", reading]
    found = subprocess.run(command, input=declared.stdout, capture_output=True, text=True)
    assert found.stdout == f"{index}|p:1||"


@pytest.mark.skipif(not shutil.which("ssh"), reason="there is no ssh here to read the files")
@pytest.mark.parametrize("folder", ["Lab Macs", "O'Brien's, Müller $HOME;x", "plain"])
def test_files_are_found_whatever_the_folder_is_called(folder: str, tmp_path: Path) -> None:
    instance = tmp_path / folder
    (tmp_path / "image" / "share" / "miniforge").mkdir(parents=True)
    instance.mkdir()
    (instance / "addresses").write_text("m2-sonoma 127.44.9.1\n")
    writing = """image=$1 wheels=$1; sha256sum() { echo 00 -; }
        write_inventory "$2" > "$2/inventory.yml"; write_ssh_config "$2" > "$2/ssh_config" """
    run_in_lab(writing, str(tmp_path / "image"), str(instance))
    shown = yaml.safe_load((instance / "inventory.yml").read_text())["macs"]["vars"]
    words = shlex.split(shown["ansible_ssh_common_args"])
    by_words = ["ssh", "-G", *words, "somewhere"]
    by_file = ["ssh", "-G", "-F", str(instance / "ssh_config"), "m2-sonoma"]
    for command in (by_words, by_file):
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        assert f"userknownhostsfile {instance}/known_hosts\n" in told
    assert shown["ansible_ssh_private_key_file"] == f"{instance}/key"
    assert f"identityfile {instance}/key\n" in told


def test_a_library_of_a_newer_c_library_is_seen_before_a_mac_loads_it(tmp_path: Path) -> None:
    # libc itself asks for what its own loader has; a system without that loader lacks it.
    mine = next(Path("/usr/lib").glob("*-linux-gnu/libc.so.6"))
    assert build_gpu.find_lacking_versions(mine, Path("/")) == []
    assert "GLIBC_PRIVATE (" in " ".join(build_gpu.find_lacking_versions(mine, tmp_path))


def test_a_mac_keeps_no_lock_of_whoever_started_it(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    starting = "sleep 60 > /dev/null 2>&1 & echo $!"
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        functions = (LAB / "lab").read_text().split("\ncase ${1-} in\n")[0]
        command = ["bash", "-c", f"{functions}\n{starting}", str(LAB / "lab")]
        started = subprocess.run(
            command, capture_output=True, text=True, check=True, pass_fds=[file.fileno()]
        )
    try:
        with lock.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.kill(int(started.stdout), signal.SIGKILL)


def test_a_mac_that_has_ended_does_not_run_though_nobody_has_looked(tmp_path: Path) -> None:
    ended = subprocess.Popen(["true"])
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
    asking = """running "$1" && echo runs; echo asked"""
    try:
        since = Path(f"/proc/{ended.pid}/stat").read_text().split()[21]
        (tmp_path / "pid").write_text(f"{ended.pid} {since}\n")
        assert run_in_lab(asking, str(tmp_path)).stdout == "asked\n"
        since = Path("/proc/self/stat").read_text().split()[21]
        (tmp_path / "pid").write_text(f"{os.getpid()} {since}\n")
        assert run_in_lab(asking, str(tmp_path)).stdout == "runs\nasked\n"
    finally:
        ended.wait()


def test_a_mac_keeps_its_address_whichever_others_are_named(tmp_path: Path) -> None:
    asking = 'for name in $2; do address_of "$1" $name 7; done'
    both = run_in_lab(asking, str(tmp_path), "m2 m1").stdout.split()
    assert both == ["127.44.7.1", "127.44.7.2"]
    assert run_in_lab(asking, str(tmp_path), "m1 m4").stdout.split() == [both[1], "127.44.7.3"]
    other = 'address_of "$1" m1 8'
    assert run_in_lab(other, str(tmp_path)).stdout == "127.44.8.1\n"


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("up",),
        ("up", "site"),
        ("down",),
        ("down", ""),
        ("down", ".."),
        ("down", "../bin"),
        ("kill", "a b", "m1"),
        ("kill", "site"),
        ("look", "site", "m1"),
        ("clean", "site"),
    ],
)
def test_the_lab_does_nothing_with_words_that_are_no_instance(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    lab = tmp_path / "molecule" / "lab" / "lab"
    lab.parent.mkdir(parents=True)
    shutil.copy(LAB / "lab", lab)
    (tmp_path / ".lab" / "site").mkdir(parents=True)
    (tmp_path / "bin").mkdir()
    environment = os.environ | {"LAB_HOME": str(tmp_path / "home")}
    command = [str(lab), *words]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert ran.returncode in (1, 2)
    assert re.search(r"^The simulated lab: lab up|Nothing was done\.$", ran.stderr, re.MULTILINE)
    assert "line " not in ran.stderr
    assert (tmp_path / ".lab" / "site").exists()
    assert (tmp_path / "bin").exists()
