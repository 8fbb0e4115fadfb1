"""Makes fresh machines: bare Debians in namespaces of their own, which are thrown away."""

from __future__ import annotations

import ast
import hashlib
import os
import re
import select
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
CACHE = Path("/var/cache/simulated-macs")
HOME = Path(os.environ.get("LAB_HOME", CACHE))
PACKAGES = ("ca-certificates", "git", "make", "python3", "sudo")
CERTIFICATES = Path("usr/local/share/ca-certificates")
# What a suite's mirror has moves on, and sid's soonest.
DAYS = 7
USER = "student"
PASSWORD = "fresh"
PROXIES = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
# With what is run so, everything that it started and mounted ends; and it ends with this program.
ISOLATED = (
    *("setpriv", "--pdeathsig", "KILL"),
    *("unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child=KILL"),
)
# Where every program may leave something, also one that then refuses.
PASSING = ("tmp", "var/tmp", "var/log", "var/lib/sudo")


@dataclass(frozen=True)
class Account:
    """Who types the commands, and what sudo lets them do."""

    name: str = USER
    rule: str = ""
    has_sudo: bool = True


@dataclass(frozen=True)
class Ended:
    """What became of a command."""

    # None where it was ended for having taken too long.
    code: int | None
    output: str
    seconds: float
    # Whether it came to the line up to which it was to run.
    reached: bool = False

    @property
    def lines(self) -> list[str]:
        """What was said, without empty lines."""
        return [line.rstrip() for line in self.output.splitlines() if line.strip()]


def ask(*command: str) -> str:
    """Return what a command prints; nothing where it fails or is not here."""
    try:
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return ended.stdout if ended.returncode == 0 else ""


def find_mirror() -> list[str]:
    """Find the mirror that this machine uses, where it is a Debian; debootstrap knows its own."""
    if "\nID=debian\n" not in f"\n{Path('/etc/os-release').read_text()}":
        return []
    sites = ask("apt-get", "indextargets", "--format", "$(SITE)", "Created-By: Packages")
    return re.findall(r"(?m)^\S+/debian/*$", sites)[:1]


def read_apt_settings() -> str:
    """Read how apt reaches its mirrors here: proxies, and what it is to think of their age."""
    settings = ask("apt-config", "dump", "--format", '%F "%v";%n', "Acquire")
    wanted = r"(?m)^Acquire::(?:https?|Retries|ForceIPv[46]|Check-Valid-Until|Check-Date)\b.*\n"
    return "".join(line for line in re.findall(wanted, settings) if not line.endswith(' "";\n'))


def read_pip_settings() -> dict[str, dict[str, str]]:
    """Read pip's settings here, from its files and from the environment, by section."""
    sections: dict[str, dict[str, str]] = {}
    listed = ask(sys.executable, "-m", "pip", "config", "list")
    # The environment's come first in the list, and win.
    for section, name, value in re.findall(r"(?m)^([\w:-]+)\.([\w-]+)=(.+)$", listed):
        section = "global" if section == ":env:" else section
        sections.setdefault(section, {}).setdefault(name, str(ast.literal_eval(value)))
    return sections


def find_named_paths(sections: dict[str, dict[str, str]], root: Path) -> list[str]:
    """Find what pip's settings name on this machine and `root` has not."""
    found = set()
    for settings in sections.values():
        for name, value in settings.items():
            for word in value.split():
                path = Path(word.removeprefix("file://"))
                # An index's pages name files beside it.
                path = path.parent if name.endswith("index-url") else path
                if path.is_absolute() and path.exists() and not Path(f"{root}{path}").exists():
                    found.add(str(path))
    return sorted(found)


def make_root(suite: str) -> Path:
    """Make a bare Debian, or take the one kept in the lab's cache."""
    mirror = find_mirror()
    own = sorted(Path("/", CERTIFICATES).glob("*.crt"))
    state = [*PACKAGES, *mirror, *(certificate.read_text() for certificate in own)]
    key = hashlib.sha256("\n".join(state).encode()).hexdigest()[:12]
    root = HOME / f"fresh-{suite}-{key}"
    if root.exists() and time.time() - root.stat().st_ctime < DAYS * 86400:
        return root
    print(f"fresh: fetching a bare Debian {suite}: about a minute", flush=True)
    for old in HOME.glob(f"fresh-{suite}-*"):
        remove(old)
    unfinished, log = HOME / f"fresh-{suite}.unfinished", HOME / f"fresh-{suite}.log"
    remove(unfinished)
    HOME.mkdir(parents=True, exist_ok=True)
    included = f"--include={','.join(PACKAGES)}"
    command = [*ISOLATED, "--mount-proc", "debootstrap", "--variant=minbase", included]
    command += [suite, str(unfinished), *mirror]
    with log.open("wb") as file:
        ended = subprocess.run(command, stdout=file, stderr=subprocess.STDOUT, check=False)
    if ended.returncode:
        sys.exit(f"Debian {suite} could not be fetched; the log is {log}. Nothing was started.")
    for certificate in own:
        shutil.copy(certificate, unfinished / CERTIFICATES)
    if own:
        subprocess.run(
            ["chroot", str(unfinished), "update-ca-certificates"], check=True, capture_output=True
        )
    remove(*(unfinished / "var/cache/apt/archives").glob("*.deb"))
    unfinished.rename(root)
    return root


def remove(*paths: Path) -> None:
    """Take files and folders away, and nothing that is mounted in them."""
    subprocess.run(["rm", "-rf", "--one-file-system", *map(str, paths)], check=True)


class Machine:
    """A copy of a bare root, with an account and the project in it, running until it is closed."""

    def __init__(self, root: Path, account: Account, origin: Path, how: str) -> None:
        self.account = account
        self.origin = origin
        self.how = how
        self.folder = Path(tempfile.mkdtemp(prefix="fresh-run-", dir=HOME))
        self.bare = root
        self.root = self.folder / "root"
        self.shown: list[str] = []
        self.process: subprocess.Popen[bytes] | None = None
        self.pid = 0

    def __enter__(self) -> Self:
        try:
            self.fill()
            self.pid = self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def fill(self) -> None:
        """Copy its disk, and put the account and the project there."""
        copy = ("cp", "-a", "--reflink=auto")
        subprocess.run([*copy, self.bare, self.root], check=True)
        self.connect()
        self.add_account()
        shutil.copytree(self.origin, self.root / "srv" / "project.git")
        self.call("chown", "-R", f"{self.account.name}:", "/srv/project.git")
        # Only what is fetched is lent: what is built from it is built here.
        if (HOME / "downloads").exists():
            lent = self.root / CACHE.relative_to("/") / "downloads"
            lent.parent.mkdir(parents=True)
            subprocess.run([*copy, HOME / "downloads", lent], check=True)

    def connect(self) -> None:
        """Give it what this machine reaches its registries with; nothing where nothing is set."""
        for name in ("hosts", "resolv.conf"):
            shutil.copy(Path("/etc", name), self.root / "etc" / name)
        with (self.root / "etc" / "hosts").open("a") as hosts:
            hosts.write("127.0.1.1 fresh\n")
        (self.root / "etc" / "apt" / "apt.conf.d" / "90registry").write_text(read_apt_settings())
        sections = read_pip_settings()
        self.shown = find_named_paths(sections, self.root)
        lines = []
        for section, settings in sections.items():
            lines += [f"[{section}]", *(f"{name} = {value}" for name, value in settings.items())]
        (self.root / "etc" / "pip.conf").write_text("".join(f"{line}\n" for line in lines))

    def add_account(self) -> None:
        """Make the account, and sudo's rule for it."""
        if self.account.name != "root":
            self.call("useradd", "--create-home", "--shell", "/bin/bash", self.account.name)
            self.call("chpasswd", text=f"{self.account.name}:{PASSWORD}")
        if self.account.rule:
            rule = self.root / "etc" / "sudoers.d" / "fresh"
            rule.write_text(f"{self.account.name} {self.account.rule}\n")
            rule.chmod(0o440)
        if not self.account.has_sudo:
            self.call("env", "SUDO_FORCE_REMOVE=yes", "dpkg", "--purge", "sudo")

    def call(self, *command: str, text: str = "") -> None:
        """Run a command on its disk, and say what it said where it fails."""
        called = ["chroot", str(self.root), *command]
        ended = subprocess.run(called, input=text, text=True, capture_output=True, check=False)
        if ended.returncode:
            sys.exit(f"{' '.join(command)} failed on a fresh machine: {ended.stdout}{ended.stderr}")

    def start(self) -> int:
        """Start its first process, and return its number as it is known outside."""
        command = [*ISOLATED, "--uts", "--ipc", str(HERE / "start.sh"), str(self.root), "fresh"]
        command += [self.how, *self.shown]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        assert self.process.stdout is not None
        if self.process.stdout.readline() != b"ready\n":
            sys.exit("A fresh machine did not start; what it said is above. It was taken away.")
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return int(children.split()[0])

    def run(
        self,
        script: str,
        log: BinaryIO,
        seconds: int,
        until: str = "",
        types: bool = False,
        name: str = "",
    ) -> Ended:
        """Run a line of shell, to its end or until it prints a line that begins with `until`.

        The account runs it, or whoever has the `name`. With `types`, there is a terminal, at which
        the account's password is typed when asked for.
        """
        name = name or self.account.name
        proxies = [f"{key}={os.environ[key]}" for key in PROXIES if key in os.environ]
        enter = f"nsenter --target {self.pid} --mount --pid --uts --ipc --root --wd"
        become = f"setpriv --reuid={name} --regid={name} --init-groups --reset-env"
        typed = f"script -qefc {shlex.quote(script)} /dev/null" if types else script
        command = [*enter.split(), *become.split(), "env", *proxies, "sh", "-c", typed]
        log.write(f"$ {script}\n".encode())
        begun, said, reached, answered = time.monotonic(), b"", False, 0
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE if types else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        assert process.stdout is not None
        try:
            while (left := begun + seconds - time.monotonic()) > 0:
                if not select.select([process.stdout], [], [], left)[0]:
                    break
                if not (some := os.read(process.stdout.fileno(), 65536)):
                    break
                said += some
                log.write(some)
                log.flush()
                if process.stdin and re.search(rb"(?i)password[^\n]*: ?$", said[answered:]):
                    answered = len(said)
                    process.stdin.write(f"{PASSWORD}\n".encode())
                    process.stdin.flush()
                if until and re.search(rf"(?m)^{until}", said.decode(errors="replace")):
                    reached = True
                    break
            took = time.monotonic() - begun
            code = None if reached or took >= seconds else process.wait()
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        return Ended(code, said.decode(errors="replace"), took, reached)

    def list_files(self) -> dict[str, tuple[int, int, int]]:
        """List every file on its disk, with its mode, its size and the time of its last change."""
        files, passing = {}, {self.root / name for name in PASSING}
        for folder, folders, names in os.walk(self.root):
            here = Path(folder)
            folders[:] = [name for name in folders if here / name not in passing]
            for path in (here / name for name in [*folders, *names]):
                stat = path.lstat()
                state = (stat.st_mode, stat.st_size, stat.st_mtime_ns)
                files[str(path.relative_to(self.root))] = state
        return files

    def close(self) -> None:
        """End all that runs there, and take its disk away."""
        if self.process:
            # At the end of its input its first process ends, and takes all others along.
            self.process.communicate()
        remove(self.folder)
