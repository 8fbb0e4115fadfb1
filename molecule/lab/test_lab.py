"""The simulated Macs are as unlike Linux as the role's shell needs them to be.

Shell that works on Linux only must fail here, and not first on a real Mac.
"""

from __future__ import annotations

import pytest
from testinfra.host import Host

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


def test_brew_refuses_root(host: Host) -> None:
    assert "extremely dangerous" in host.run("sudo /opt/homebrew/bin/brew install libomp").stderr


def test_no_developer_tool_was_asked_for_before_it_was_there(host: Host) -> None:
    assert not host.file("/var/log/lab/windows").exists
