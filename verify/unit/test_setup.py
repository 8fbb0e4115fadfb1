"""bin/setup on machines of every kind, whose tools are played by small stand-ins."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from verify import settings

LOCK = settings.ROLE / "files/locks/uv.txt"
# What it may use of any system.
BASICS = [
    "cat",
    "cmp",
    "cp",
    "dirname",
    "env",
    "find",
    "locale",
    "mkdir",
    "mv",
    "rm",
    "sed",
    "sh",
    "tail",
    "touch",
]
# What this machine may have in /usr/sbin is not among them.
LACKING = ("openssh-client", "chromium", "chromium-driver", "devscripts", "git", "make")
COMMANDS = ("debootstrap", "mkfs.ext4", "ssh-keygen", "mkfs.xfs")

# A Python of a version, which lacks some modules until a file appears that is named like them.
# Through sh, since a first line takes no path with a space.
PYTHON = """#!/bin/sh
''''exec "{python}" -S "$0" "$@" # '''
import os, pathlib, shutil, sys
here, words = pathlib.Path("{world}"), sys.argv[1:]
lacks = [name for name in "{lacks}".split() if not (here / name).exists()]
(here / "log").open("a").write(" ".join([pathlib.Path(sys.argv[0]).name, *words]) + "\\n")
words.remove("-I")
if words[0] == "-c":
    sys.version_info, sys.version = {version}, ".".join(map(str, {version})) + " (main)"
    sys.modules["pip"] = sys
    sys.modules |= dict.fromkeys(lacks)
    exec(words[1])
elif words[1] == "venv":
    (pathlib.Path(words[2]) / "bin").mkdir(parents=True)
    shutil.copy(sys.argv[0], pathlib.Path(words[2]) / "bin/python")
elif (here / "index is away").exists():
    sys.exit("No matching distribution found")
elif "--target" in words:
    folder = pathlib.Path(words[words.index("--target") + 1]) / "bin"
    folder.mkdir(parents=True)
    shutil.copy(here / "uv", folder)
"""
UV = """#!/bin/sh
echo "uv $* into $UV_PYTHON_INSTALL_DIR" >> "{world}/log"
case $2 in
    install)
        mkdir -p "$UV_PYTHON_INSTALL_DIR/cpython-3.11.18/bin"
        cp "{world}/brought" "$UV_PYTHON_INSTALL_DIR/cpython-3.11.18/bin/python3.11"
        ;;
esac
"""
APT = """#!/bin/sh
echo "apt-get $*" >> "{world}/log"
if [ -e "{world}/apt fails" ]; then
    echo "W: Failed to fetch: could not connect"
    for line in 1 2 3 4 5 6; do echo "Reading $line"; done
    echo "E: Unable to locate a package"
    exit 100
fi
case " $* " in *" python3-venv "*) touch "{world}/ensurepip" ;; esac
"""


class Machine:
    """A machine with a clone of the project, in a folder whose name has a space and an umlaut."""

    def __init__(self, world: Path) -> None:
        self.world, self.tools, self.project = world, world / "usr/bin", world / "a läb/project"
        self.tools.mkdir(parents=True)
        for name in BASICS:
            (self.tools / name).symlink_to(str(shutil.which(name)))
        for name in ("bin/setup", "requirements.txt"):
            (self.project / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(settings.PROJECT / name, self.project / name)
        lock = self.project / LOCK.relative_to(settings.PROJECT)
        lock.parent.mkdir(parents=True)
        shutil.copy(LOCK, lock)
        self.is_a("Linux x86_64", user=0)
        (world / "brought").write_text(self.python((3, 11, 18)))
        (world / "brought").chmod(0o755)
        self.put(world / "uv", UV.format(world=world))

    @staticmethod
    def put(path: Path, text: str) -> None:
        path.write_text(text)
        path.chmod(0o755)

    def python(self, version: tuple[int, ...], lacks: str = "") -> str:
        return PYTHON.format(python=sys.executable, world=self.world, version=version, lacks=lacks)

    def is_a(self, system: str, user: int) -> None:
        name, machine = system.split()
        said = f"case $1 in -s) echo {name} ;; -m) echo {machine} ;; *) echo {system} ;; esac"
        self.put(self.tools / "uname", f"#!/bin/sh\n{said}\n")
        self.put(self.tools / "id", f'#!/bin/sh\n[ "$1" = -u ] && echo {user} || echo someone\n')

    def has(self, name: str, text: str = "#!/bin/sh\n") -> None:
        self.put(self.tools / name, text.format(world=self.world) if "{world}" in text else text)

    def has_python(self, *version: int, lacks: str = "", name: str = "python3") -> None:
        self.has(name, self.python(version, lacks))

    def set_up(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.project / "bin/setup"), *words],
            env={"PATH": str(self.tools)} | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def log(self) -> str:
        return (self.world / "log").read_text() if (self.world / "log").exists() else ""

    @property
    def is_ready(self) -> bool:
        return (self.project / ".venv/ready").exists()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_without_root_and_sudo_one_sentence_says_all_that_is_lacking(machine: Machine) -> None:
    machine.is_a("Linux x86_64", user=1000)
    machine.has_python(3, 13, 5, lacks="ensurepip pip")
    machine.has("apt-get", APT)
    before = sorted(machine.project.rglob("*"))
    ended = machine.set_up("test")
    assert (ended.returncode, ended.stdout, ended.stderr.count("setup:")) == (1, "", 1)
    assert all(f" {name}" in ended.stderr for name in ("root, or sudo", *LACKING, "python3-venv"))
    assert "python3 is 3.13.5). Nothing was changed. Type, as root" in ended.stderr
    assert sorted(machine.project.rglob("*")) == before


def test_the_simulated_macs_take_root_even_where_every_package_is_there(machine: Machine) -> None:
    machine.is_a("Linux x86_64", user=1000)
    machine.has_python(3, 13, 5)
    for name in COMMANDS:
        machine.has(name)
    ended = machine.set_up("lab")
    assert "lacks root, or sudo, for the simulated Macs. Nothing was changed" in ended.stderr
    assert not machine.is_ready


def test_a_sudo_that_gives_no_root_is_told_before_anything_is_done(machine: Machine) -> None:
    machine.is_a("Linux x86_64", user=1000)
    machine.has_python(3, 13, 5)
    machine.has("apt-get", APT)
    machine.has("sudo", "#!/bin/sh\n[ $1 = -v ] || echo 'a password is required' >&2\nexit 1\n")
    before = sorted(machine.project.rglob("*"))
    ended = machine.set_up("lab")
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (1, "", 1)
    assert "sudo does not give it to someone. Nothing was changed." in ended.stderr
    assert sorted(machine.project.rglob("*")) == before


def test_where_sudo_gives_no_root_an_admin_is_told_what_to_install(machine: Machine) -> None:
    machine.is_a("Linux x86_64", user=1000)
    machine.has_python(3, 13, 5, lacks="ensurepip pip")
    machine.has("apt-get", APT)
    machine.has("sudo", "#!/bin/sh\nexit 1\n")
    ended = machine.set_up("lint")
    assert (ended.returncode, ended.stdout, machine.log.count("apt-get")) == (1, "", 0)
    assert "apt-get install dash devscripts git python3-venv (" in ended.stderr


def test_who_needs_nothing_of_root_is_not_asked_for_a_password(machine: Machine) -> None:
    machine.is_a("Linux x86_64", user=1000)
    machine.has_python(3, 13, 5)
    machine.has("apt-get", APT)
    machine.has("sudo", "#!/bin/sh\nexit 1\n")
    assert machine.set_up().returncode == 0


def test_the_venv_module_is_installed_with_the_other_packages(machine: Machine) -> None:
    machine.has_python(3, 14, 8, lacks="ensurepip pip")
    machine.has("apt-get", APT)
    ended = machine.set_up("lint")
    assert ended.returncode == 0, ended.stderr
    assert (
        "apt-get -qq install --no-install-recommends dash devscripts git python3-venv"
        in machine.log
    )
    assert machine.is_ready


def test_what_was_installed_is_said_where_the_rest_fails(machine: Machine) -> None:
    machine.has_python(3, 13, 5)
    machine.has("apt-get", APT)
    (machine.world / "index is away").touch()
    ended = machine.set_up("lint")
    assert "Nothing was changed" not in ended.stderr
    assert "Installed was dash devscripts git; nothing else was changed" in ended.stderr
    assert not machine.is_ready


def test_no_failed_installation_says_that_nothing_was_changed(machine: Machine) -> None:
    machine.has_python(3, 13, 5)
    machine.has("apt-get", APT)
    (machine.world / "apt fails").touch()
    ended = machine.set_up("lint")
    assert ended.returncode == 1
    assert "could not install all of dash devscripts git" in ended.stderr
    assert "Nothing" not in ended.stderr
    assert ended.stderr.startswith("W: Failed to fetch: could not connect\nE: Unable to locate")


@pytest.mark.parametrize("name", ["python3", "python3.11", "python3.14"])
def test_a_python_of_that_name_is_enough(machine: Machine, name: str) -> None:
    machine.has_python(3, int(name.partition(".")[2] or 12), 1, name=name)
    assert machine.set_up().returncode == 0
    assert machine.is_ready


@pytest.mark.parametrize("version", [(3, 10, 12), (3, 15, 0)])
def test_one_that_is_too_old_or_too_new_is_named(
    machine: Machine, version: tuple[int, ...]
) -> None:
    machine.has_python(*version, lacks="pip")
    ended = machine.set_up()
    assert f"python3 is {'.'.join(map(str, version))}" in ended.stderr
    assert (
        "Nothing was changed. Type, as root, on Debian or Ubuntu: apt-get install python3-pip"
        in (ended.stderr)
    )


def test_one_that_does_not_start_hides_no_other_of_its_name(machine: Machine) -> None:
    machine.has_python(3, 12, 1, name="python3.12")
    shims = machine.world / "shims"
    shims.mkdir()
    machine.put(shims / "python3.12", "#!/bin/sh\nexit 127\n")
    ended = machine.set_up(PATH=f"{shims}:{machine.tools}")
    assert (ended.returncode, machine.is_ready) == (0, True), ended.stderr


def test_apples_pip_brings_uv_and_uv_a_python_into_the_project(machine: Machine) -> None:
    machine.is_a("Darwin arm64", user=501)
    machine.has("xcode-select")
    machine.has_python(3, 9, 6)
    home = machine.world / "home"
    home.mkdir()
    ended = machine.set_up(HOME=str(home))
    assert (ended.returncode, machine.is_ready) == (0, True), ended.stderr
    assert "--require-hashes --only-binary :all: --target .tools/uv.unfinished" in machine.log
    wanted = "cpython-3.11-macos-aarch64-none"
    assert f"--no-bin {wanted} into {machine.project}/.tools/pythons\n" in machine.log
    assert [
        line for line in machine.log.splitlines() if " -m pip " in line and "--no-cache" not in line
    ] == []
    assert [*home.iterdir()] == []


def test_a_uv_that_is_there_brings_a_python_where_there_is_none(machine: Machine) -> None:
    shutil.copy(machine.world / "uv", machine.tools / "uv")
    assert machine.set_up().returncode == 0
    assert machine.is_ready


def test_a_mac_without_its_tools_is_told_to_get_them_and_opens_no_window(machine: Machine) -> None:
    machine.is_a("Darwin arm64", user=501)
    machine.has("xcode-select", "#!/bin/sh\nexit 2\n")
    machine.has("python3", '#!/bin/sh\ntouch "{world}/window"\nexit 1\n')
    ended = machine.set_up()
    assert ended.stderr.endswith("Nothing was changed. Type, xcode-select --install\n")
    assert not (machine.world / "window").exists()


def test_a_second_time_nothing_is_done(machine: Machine) -> None:
    machine.has_python(3, 13, 5)
    machine.set_up()
    log = machine.log
    assert (machine.set_up().stdout, machine.log.count(" -m ")) == ("", log.count(" -m "))


@pytest.mark.parametrize("what", ["killed", "moved", "its Python is gone", "another lock"])
def test_a_set_up_that_is_not_whole_is_done_again(machine: Machine, what: str) -> None:
    machine.has_python(3, 13, 5)
    machine.set_up()
    if what == "killed":
        (machine.project / ".venv/ready").unlink()
    elif what == "moved":
        machine.project = machine.project.rename(machine.world / "elsewhere")
    elif what == "another lock":
        (machine.project / "requirements.txt").write_text("pip==1\n")
    else:
        (machine.project / ".venv/bin/python").unlink()
    assert "making .venv" in machine.set_up().stdout
    assert machine.is_ready


def test_a_command_gets_the_environment_and_the_callers_umask(machine: Machine) -> None:
    machine.has_python(3, 13, 5)
    machine.has("command", '#!/bin/sh\numask\necho "$PATH"\nlocale charmap\necho "$1"\n')
    umask = os.umask(0o077)
    try:
        ended = machine.set_up("--", str(machine.tools / "command"), "a b", LANG="xx_XX.UTF-8")
    finally:
        os.umask(umask)
    own = f"{machine.project}/.venv/bin:{machine.tools}"
    assert ended.stdout.splitlines()[-4:] == ["0077", own, "UTF-8", "a b"]
    assert (machine.project / ".venv/ready").stat().st_mode & 0o777 == 0o644


def test_an_activated_environment_does_not_make_itself_anew(machine: Machine) -> None:
    machine.has_python(3, 13, 5)
    machine.set_up()
    (machine.project / ".venv/ready").unlink()
    own = machine.project / ".venv/bin"
    ended = machine.set_up(PATH=f"{own}:{machine.tools}:{own}")
    assert (ended.returncode, machine.is_ready) == (0, True), ended.stderr


def test_an_exported_cdpath_leads_nowhere(machine: Machine) -> None:
    machine.has_python(3, 13, 5)
    (machine.world / "bin").mkdir()
    for path in (".", str(machine.world)):
        ended = subprocess.run(
            ["bin/setup"],
            cwd=machine.project,
            env={"PATH": str(machine.tools), "CDPATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (ended.returncode, ended.stderr, machine.is_ready) == (0, "", True)
        shutil.rmtree(machine.project / ".venv")


def set_up_unwritable(machine: Machine, user: int) -> str:
    """What is said where the project cannot be written to, which is played: root always can."""
    machine.is_a("Linux x86_64", user=user)
    text = (machine.project / "bin/setup").read_text()
    (machine.project / "bin/setup").write_text(text.replace('[ -w "$folder" ]', "false"))
    return machine.set_up().stderr


def test_the_command_for_another_account_s_folder_can_be_typed(machine: Machine) -> None:
    machine.project = machine.project.rename(machine.world / "it's")
    said = set_up_unwritable(machine, user=54321)
    assert f"setup: {machine.project} belongs to another account" in said
    typed = f'sudo() {{ printf "%s\\n" "$@"; }}; {said.partition("Type: ")[2]}'
    ran = subprocess.run(["sh", "-c", typed], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines() == ["chown", "-R", "someone", str(machine.project)]


def test_what_is_merely_read_only_is_not_called_another_account_s(machine: Machine) -> None:
    said = set_up_unwritable(machine, user=os.geteuid())
    assert f"setup: {machine.project} is read-only. Nothing was changed." in said
    assert "chown" not in said


@pytest.mark.parametrize("home", ["", "/proc/none"])
def test_an_account_without_a_home_gets_ansible_s_in_the_project(
    machine: Machine, home: str
) -> None:
    machine.has_python(3, 13, 5)
    shown = ["--", "sh", "-c", 'echo "${ANSIBLE_HOME-}"']
    own = f"{machine.project}/.ansible"
    assert machine.set_up(*shown, HOME=home).stdout.splitlines()[-1] == own
    assert machine.set_up(*shown, HOME=str(machine.world)).stdout.splitlines()[-1] == ""
    (machine.world / ".ansible").mkdir()
    assert machine.set_up(*shown, HOME=str(machine.world)).stdout.splitlines()[-1] == ""


@pytest.mark.parametrize("sign", ['"', "\\", "$", "`", ":"])
def test_a_folder_whose_commands_would_not_start_is_refused(machine: Machine, sign: str) -> None:
    machine.has_python(3, 13, 5)
    machine.project = machine.project.rename(machine.world / f"a{sign}b")
    ended = machine.set_up()
    assert f"setup: the folder {machine.project} has one of " in ended.stderr
    assert not machine.is_ready
