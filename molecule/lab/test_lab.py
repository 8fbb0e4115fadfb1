"""The simulated Macs are as unlike Linux as the role's shell needs them to be.

Shell that works on Linux only must fail here, and not first on a real Mac.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from testinfra.backend.base import CommandResult
from testinfra.host import Host

from verify.settings import filters

# A file to work on, in a folder of each test's own: they run side by side.
TEXT = "cd $(mktemp -d) && echo a > text && "


@pytest.mark.parametrize(
    "tool",
    [
        *("apt-get", "dpkg", "getent", "ip", "lsb_release", "md5sum", "nproc", "realpath"),
        *("setsid", "sha256sum", "systemctl", "tac", "timeout", "useradd", "zypper"),
    ],
)
def test_a_tool_that_no_mac_has_is_not_there(host: Host, tool: str) -> None:
    assert host.run("command -v %s", tool).rc != 0


@pytest.mark.parametrize(
    "command",
    [
        "sed -i s/a/b/ text",
        "stat -c %U /tmp",
        "date -d tomorrow",
        "ls --color",
        "cp --recursive text copy",
        "find /tmp -printf x",
        "grep -P a text",
        "readlink -m /tmp",
        "echo a | xargs -d , echo",
        "base64 -w 0 text",
        "mv -T text copy",
        "[[ a == a ]]",
        "echo a | sed 's/a\\|b/c/' | grep c",
    ],
)
def test_a_form_that_only_linux_takes_fails(host: Host, command: str) -> None:
    assert host.run(TEXT + "/bin/sh -c %s", command).rc != 0


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("sed -i '' s/a/b/ text; cat text", "b"),
        ("stat -f '%Su %Lp' /Users/admin", "admin 755"),
        ("stat -f %Su /Users/admin", "admin"),
        ("stat -f %Lp /Users/admin /tmp", "755\n777"),
        ("stat -f %Lp /tmp", "777"),
        ("date -u -r 0 +%Y", "1970"),
        ("date -j -f %Y-%m-%d 2026-11-21 +%d.%m.%Y", "21.11.2026"),
        ("echo YQ== | base64 -D", "a"),
        ("echo abc | wc -c", "       4"),
        ("uname -s", "Darwin"),
        ("sysctl -n hw.optional.arm64", "1"),
        ("echo $PATH", "/usr/bin:/bin:/usr/sbin:/sbin"),
        ("echo $0", "zsh"),
    ],
)
def test_a_form_of_bsd_or_macos_works(host: Host, command: str, output: str) -> None:
    assert host.run(TEXT + command).stdout.rstrip("\n") == output


def test_no_name_resolves_so_that_nothing_can_be_fetched_from_outside(host: Host) -> None:
    assert host.run("curl --silent --max-time 5 https://example.org").rc == 6


def test_brew_refuses_root_and_is_only_where_homebrew_serves(host: Host) -> None:
    served = not host.run("/usr/bin/sw_vers -productVersion").stdout.startswith("14.")
    said = host.run("sudo /opt/homebrew/bin/brew install libomp").stderr
    assert ("extremely dangerous" if served else "command not found") in said


def test_no_developer_tool_was_asked_for_before_it_was_there(host: Host) -> None:
    assert not host.file("/var/log/lab/windows").exists


def test_apples_python_is_as_old_as_theirs(host: Host) -> None:
    asked = host.run("/usr/bin/python3 -V; /usr/bin/python3 -I -m pip --version")
    assert re.findall(r"(?:Python|pip|python) ([\d.]+)", asked.stdout) == ["3.9.6", "21.2.4", "3.9"]


ROLE = filters("plan")
PYTHON = ROLE.standalone_build("arm64", "3.11")
INSTALL = f"uv python install --no-bin --install-dir pythons {PYTHON} --python-downloads-json-url"


@pytest.fixture
def with_uv(host: Host) -> Callable[[str], CommandResult]:
    """Runs a command in a folder of the test's own, with the lab's uv in PATH."""
    folder = host.check_output("mktemp -d")
    host.check_output(
        "/usr/bin/python3 -I -m pip install --quiet --disable-pip-version-check --no-index "
        "--find-links /Volumes/Lab/wheelhouse --target %s/uv uv",
        folder,
    )
    return lambda command: host.run(f"cd {folder}; HOME=$PWD; PATH=$PWD/uv/bin:$PATH; {command}")


def test_uv_installs_the_standalone_python(with_uv: Callable[[str], CommandResult]) -> None:
    asked = "import platform as p; print(p.python_version(), p.machine(), p.system())"
    assert with_uv(f"{INSTALL} file:///Volumes/Lab/python/downloads.json").rc == 0
    assert with_uv(f"pythons/{PYTHON}/bin/python3.11 -I -m venv made").rc == 0
    assert (
        with_uv(f"made/bin/python -c '{asked}'").stdout
        == f"{ROLE.STANDALONE['3.11']} arm64 Darwin\n"
    )
    assert with_uv("made/bin/python -m pip --version").stdout.startswith("pip ")


def test_uv_refuses_a_tampered_standalone_python(with_uv: Callable[[str], CommandResult]) -> None:
    tampered = with_uv(
        "cp -R /Volumes/Lab/python copy && for file in copy/*.gz; do echo x >> $file; done && "
        "sed -i '' s,/Volumes/Lab/python,$PWD/copy, copy/downloads.json"
    )
    assert tampered.rc == 0
    refused = with_uv(f"{INSTALL} file://$PWD/copy/downloads.json")
    assert (refused.rc, "Hash mismatch" in refused.stderr) == (1, True)
    assert with_uv(f"test -e pythons/{PYTHON}").rc == 1


def test_no_disk_of_a_simulated_mac_is_mounted_where_others_would_hold_it(host: Host) -> None:
    assert host.run("true").rc == 0
    disks = Path(__file__).resolve().parents[2] / ".lab"
    mounts = Path("/proc/self/mounts").read_text(encoding="utf-8").replace("\\040", " ")
    assert str(disks) not in mounts
