"""Each simulated Mac is found as its name says, before anyone has provisioned it."""

from __future__ import annotations

import shlex
from collections.abc import Callable

import pytest
from testinfra.backend.base import CommandResult

Run = Callable[[str, str], CommandResult]
SOFTWARE_UPDATE = (
    "sudo touch /tmp/.com.apple.dt.CommandLineTools.installondemand.in-progress; "
    "sudo softwareupdate --list; "
    "sudo rm /tmp/.com.apple.dt.CommandLineTools.installondemand.in-progress"
)
ARCHITECTURE = "-I -c 'import platform; print(platform.system(), platform.machine())'"
ADMIN_HOME = "/Users/admin"


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("tahoe", "26.2 25C56 25.2.0 arm64 arm 1 0 0"),
        ("sequoia", "15.6.1 24G90 24.6.0 arm64 arm 1 0 0"),
        ("sonoma", "14.6.1 23G93 23.6.0 arm64 arm 1 0 0"),
        ("monterey", "12.2.1 21D62 21.3.0 arm64 arm 1 0 0"),
        ("intel-monterey", "12.7.6 21H1320 21.6.0 x86_64 i386 0"),
        ("virtual", "14.6.1 23G93 23.6.0 arm64 arm 1 0 1"),
        ("under-rosetta", "15.6.1 24G90 24.6.0 x86_64 i386 1 1 0"),
    ],
)
def test_a_machine_is_what_its_name_says(run: Run, name: str, facts: str) -> None:
    asked = run(
        name,
        "echo $(sw_vers -productVersion; sw_vers -buildVersion; uname -rmp; "
        "sysctl -in hw.optional.arm64 sysctl.proc_translated kern.hv_vmm_present)",
    )
    assert asked.stdout.strip() == facts


def test_a_virtual_mac_says_so_in_its_model_and_its_chip(run: Run) -> None:
    asked = run("virtual", "sysctl -n hw.model machdep.cpu.brand_string")
    assert asked.stdout.splitlines() == ["VirtualMac2,1", "Apple M1 (Virtual)"]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("uname -m", "x86_64"),
        ("arch", "i386"),
        ("sudo uname -m", "x86_64"),
        ("arch -arm64 uname -m", "arm64"),
        ("arch -arm64 sysctl -n sysctl.proc_translated", "0"),
        # Apple's Python is built for both, and goes with its caller.
        (f"/usr/bin/python3 {ARCHITECTURE}", "Darwin x86_64"),
        (f"arch -arm64 /usr/bin/python3 {ARCHITECTURE}", "Darwin arm64"),
    ],
)
def test_under_rosetta_a_command_is_translated_unless_arch_says_no(
    run: Run, command: str, said: str
) -> None:
    assert run("under-rosetta", command).stdout.strip() == said


def test_under_rosetta_a_python_for_arm64_alone_is_native_and_so_is_what_it_starts(
    run: Run,
) -> None:
    unpacked = run("under-rosetta", "tar -xf /Volumes/Lab/python/*-aarch64-*.gz -C $HOME")
    assert unpacked.rc == 0
    python = "$HOME/python/bin/python3.11"
    assert run("under-rosetta", f"{python} {ARCHITECTURE}").stdout == "Darwin arm64\n"
    asked = f"{python} -c 'import os; os.system(\"uname -m; arch\")'"
    assert run("under-rosetta", asked).stdout == "arm64\narm64\n"


def test_an_intel_mac_runs_nothing_that_is_built_for_arm64_alone(run: Run) -> None:
    assert run("intel-monterey", "arch -arm64 uname -m").rc == 1
    run("intel-monterey", "tar -xf /Volumes/Lab/python/*-aarch64-*.gz -C $HOME")
    asked = run("intel-monterey", f"$HOME/python/bin/python3.11 {ARCHITECTURE}")
    assert (asked.rc, "bad CPU type" in asked.stderr) == (126, True)


def test_a_small_disk_is_small(run: Run) -> None:
    kilobytes = run("small-disk", "df -Pk / | awk 'NR == 2 { print $2 }'").stdout
    assert 1_500_000 < int(kilobytes) < 2_200_000


@pytest.mark.parametrize(
    "address",
    ["192.0.2.1:80", "1.1.1.1:53", "host:2222", "[::1]:22"],
)
def test_a_mac_that_is_cut_off_opens_no_connection(run: Run, address: str) -> None:
    # `host` is this machine as the Mac was called: its ssh door, which is open to the others.
    if address.startswith("host"):
        address = run("cut-off", "tail -n 1 /etc/hosts").stdout.split()[0] + ":2222"
    called = run("cut-off", f"curl --silent --max-time 5 'telnet://{address}' < /dev/null")
    assert called.rc == 7
    assert run("cut-off", "grep -c : /proc/net/dev").stdout == "1\n"


def test_sudo_asks_for_the_password_and_takes_it(run: Run) -> None:
    assert run("sudo-asks", "sudo -n true").rc == 1
    assert run("sudo-asks", "echo lab | sudo -S id -un").stdout == "root\n"
    assert run("sudo-asks", "echo no | sudo -S id -un").stdout == ""


def test_command_line_tools_that_are_there_work(run: Run) -> None:
    assert run("tools-there", "xcrun --find clang && clang --version").rc == 0
    assert "Command Line Tools for" not in run("tools-there", SOFTWARE_UPDATE).stdout


def test_broken_command_line_tools_have_a_folder_but_no_clang(run: Run) -> None:
    folder = "/Library/Developer/CommandLineTools"
    assert run("tools-broken", "xcode-select -p && ls -d $(xcode-select -p)").stdout.split() == [
        folder,
        folder,
    ]
    asked = run("tools-broken", "clang --version")
    assert asked.stderr == (
        f"xcrun: error: invalid active developer path ({folder}), "
        f"missing xcrun at: {folder}/usr/bin/xcrun\n"
    )
    assert "Command Line Tools for Xcode" in run("tools-broken", SOFTWARE_UPDATE).stdout


def test_tools_of_which_only_the_receipt_is_whole_are_not_offered(run: Run) -> None:
    assert run("tools-half", "ls -d $(xcode-select -p)").rc == 0
    assert "missing xcrun" in run("tools-half", "clang --version").stderr
    assert "Command Line Tools for" not in run("tools-half", SOFTWARE_UPDATE).stdout


def test_tools_that_are_not_active_need_only_be_switched_to(run: Run) -> None:
    gone = "/Applications/Xcode.app/Contents/Developer"
    said = run("tools-not-active", "clang --version").stderr
    assert said.startswith(f'xcrun: error: active developer path ("{gone}") does not exist')
    # They are the newest release, so that softwareupdate has none to offer.
    assert "Command Line Tools for" not in run("tools-not-active", SOFTWARE_UPDATE).stdout
    chosen = "DEVELOPER_DIR=/Library/Developer/CommandLineTools clang --version"
    assert run("tools-not-active", chosen).rc == 0


def test_without_a_way_out_apple_cannot_be_asked(run: Run) -> None:
    offered = run("cut-off-bare", SOFTWARE_UPDATE)
    assert "Can't connect to the Apple Software Update server" in offered.stderr
    assert "Label" not in offered.stdout


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("brew-empty", "admin:/opt/homebrew/bin/brew admin:/opt/homebrew"),
        ("brew-of-another", "labadmin:/opt/homebrew/bin/brew labadmin:/opt/homebrew"),
        ("brew-half", "admin:/opt/homebrew"),
        ("brew-of-intel", "admin:/usr/local/bin/brew"),
    ],
)
def test_homebrew_is_where_and_whose_its_name_says(run: Run, name: str, found: str) -> None:
    places = "/opt/homebrew/bin/brew /usr/local/bin/brew /opt/homebrew"
    listed = run(name, f"echo $(stat -q -f %Su:%N {places})")
    assert listed.stdout.strip() == found


def test_a_whole_homebrew_has_its_formulae(run: Run) -> None:
    kegs = run("brew-whole", "/opt/homebrew/bin/brew list --versions").stdout
    assert [keg.split()[0] for keg in kegs.splitlines()] == ["libomp", "python@3.11"]
    for python in ("bin", "opt/python@3.11/bin"):
        asked = run("brew-whole", f"/opt/homebrew/{python}/python3.11 {ARCHITECTURE}")
        assert asked.stdout == "Darwin arm64\n"
    assert run("brew-empty", "/opt/homebrew/bin/brew list").stdout == ""


def test_another_admin_s_homebrew_is_not_admin_s_to_use(run: Run) -> None:
    refused = run("brew-of-another", "/opt/homebrew/bin/brew install libomp")
    assert (refused.rc, "not writable by your user" in refused.stderr) == (1, True)


def test_intel_s_homebrew_has_an_intel_python(run: Run) -> None:
    python = "/usr/local/opt/python@3.11/bin/python3.11"
    assert run("brew-of-intel", f"{python} {ARCHITECTURE}").stdout == "Darwin x86_64\n"


def test_pyenv_is_first_over_ssh_and_notes_who_starts_it(run: Run) -> None:
    shim = f"{ADMIN_HOME}/.pyenv/shims/python3.11"
    assert run("pyenv-first", "command -v python3.11").stdout == f"{shim}\n"
    assert run("pyenv-first", f"python3.11 {ARCHITECTURE}").stdout == "Darwin arm64\n"
    assert f"{shim} -I -c" in run("pyenv-first", "cat /var/log/lab/foreign").stdout


def test_python_org_s_is_first_in_a_login_shell(run: Run) -> None:
    asked = "command -v python3 && python3 -c 'import sys; print(sys.version_info[:2])'"
    student = run("python-org-first", f"sudo -u student zsh -l -c {shlex.quote(asked)}")
    assert student.stdout.splitlines() == ["/usr/local/bin/python3", "(3, 13)"]
    assert run("python-org-first", "command -v python3").stdout == "/usr/bin/python3\n"


@pytest.mark.parametrize("shell", ["zsh", "bash", "sh"])
def test_a_student_s_login_shell_finds_what_paths_d_names(run: Run, shell: str) -> None:
    put = (
        "sudo sh -c 'mkdir -p /opt/a-course/bin && echo /opt/a-course/bin > /etc/paths.d/a-course"
        " && ln -sf /bin/echo /opt/a-course/bin/a-course'"
    )
    assert run("sonoma", put).rc == 0
    found = run("sonoma", f"sudo -u student {shell} -l -c 'command -v a-course'")
    assert found.stdout == "/opt/a-course/bin/a-course\n"
    assert run("sonoma", f"{shell} -c 'command -v a-course'").stdout == ""


def test_every_shell_leads_python_pip_and_uv_elsewhere(run: Run) -> None:
    led = run("behind-proxy", "env | grep -c foreign; command -v python3 brew uv").stdout.split()
    assert led == ["5", *(f"/opt/foreign/bin/{name}" for name in ("python3", "brew", "uv"))]
    assert run("behind-proxy", "cat .config/*/*").stdout.count("foreign") == 2


def test_a_second_plugin_lies_in_the_admin_s_own_packages(run: Run) -> None:
    packages = "Library/Python/3.11/lib/python/site-packages"
    plugin = f"{ADMIN_HOME}/{packages}/tensorflow-plugins/libmetal_plugin.dylib"
    assert run("second-plugin", f"test -s {plugin}").rc == 0


def test_an_old_environment_holds_both_of_tensorflow_s_names(run: Run) -> None:
    site = f"{ADMIN_HOME}/old-venv/lib/python3.9/site-packages"
    assert run("old-environment", f"ls {site}").stdout.split() == [
        "tensorflow-2.15.0.dist-info",
        "tensorflow_macos-2.9.0.dist-info",
    ]
    assert run("old-environment", f"{ADMIN_HOME}/old-venv/bin/python -V").rc != 0


def test_several_admins_may_become_root(run: Run) -> None:
    assert run("sonoma", "sudo -u labadmin sudo -n id -un").stdout == "root\n"
    assert run("sonoma", "sudo -u student sudo -n id -un").rc != 0
