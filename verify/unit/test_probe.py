"""The probe under the shell of this machine, with macOS' own tools played by small stand-ins."""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from verify.unit.recordings import recorded
from verify.unit.role import ROLE, planning

SYSTEM = "PATH=/usr/bin:/bin:/usr/sbin:/sbin"
PREFIX = "/opt/homebrew"
SYSCTL = {
    "hw.optional.arm64": "1",
    "hw.memsize": "17179869184",
    "kern.hv_vmm_present": "0",
    "machdep.cpu.brand_string": "Apple M2 Pro",
    "sysctl.proc_translated": "0",
    "kern.osproductversion": "14.6.1",
    "kern.osversion": "23G93",
}


def says(recording: str) -> str:
    """Shell that says what macOS' tool says, where it says it."""
    return f"cat >&2 <<'TEXT'\n{recorded(recording)}TEXT\n"


STANDINS = {
    "sysctl": """
        case $1 in
            -i) [ ! -e "$folder/old" ] || exit 64; shift ;;
            *) [ -e "$folder/old" ] || exit 1 ;;
        esac
        for name; do
            value=$(sed -n "s/^$name=//p" "$facts")
            [ -z "$value" ] || printf '%s: %s\\n' "$name" "$value"
        done""",
    "sw_vers": """
        case $1 in -productVersion) echo 14.6.1 ;; -buildVersion) echo 23G93 ;; esac""",
    "uname": "case $1 in -s) echo Darwin ;; *) echo arm64 ;; esac",
    "stat": 'case $2 in %Lp) exec /usr/bin/stat -c %a "$3" ;; *) echo admin ;; esac',
    "sudo": "exit 1",
    "pkgutil": f"{says('pkgutil/no-receipt')}exit 1",
    "xcode-select": f"""
        cat "$folder/developer" 2> /dev/null && exit
        {says("xcode-select/none")}exit 2""",
    "xcrun": f"""
        [ -e "$folder/clang runs" ] && echo /somewhere && exit
        {says("xcrun/no-xcrun")}exit 1""",
}
# What opens a window on a Mac without the Command Line Tools.
STUBS = ("clang", "git", "make", "python3")


@dataclasses.dataclass(frozen=True)
class Mac:
    """A folder that plays a Mac: its tools, its home and its Homebrew."""

    folder: Path

    @property
    def home(self) -> Path:
        return self.folder / "home of 'TF'"

    @property
    def homebrew(self) -> Path:
        return self.folder / "homebrew"

    def tool(self, name: str, body: str) -> None:
        """Put a stand-in into the Mac's PATH; each notes that it was started."""
        head = f'folder="{self.folder}" facts="{self.folder}/facts"\n'
        runs(self.folder / "bin" / name, f'{head}echo "{name} $*" >> "$folder/started"\n{body}')

    def started(self, name: str) -> bool:
        log = self.folder / "started"
        return log.exists() and f"\n{name} " in "\n" + log.read_text()

    def facts(self, **changes: str) -> None:
        values = SYSCTL | {name.replace("__", "."): value for name, value in changes.items()}
        rows = [f"{name}={value}\n" for name, value in values.items() if value]
        (self.folder / "facts").write_text("".join(rows))

    def developer(self, *, works: bool) -> None:
        (self.folder / "developer").write_text("/Library/Developer/CommandLineTools\n")
        if works:
            (self.folder / "clang runs").touch()

    def reading(
        self, formulae: str = "libomp", pythons: str = "", files: str = "", owner: str = ""
    ) -> dict[str, Any]:
        script = (ROLE / "files" / "probe.sh").read_text()
        assert SYSTEM in script
        assert PREFIX in script
        script = script.replace(SYSTEM, f"PATH='{self.folder}/bin':{os.environ['PATH']}")
        script = script.replace(PREFIX, str(self.homebrew))
        script = script.replace("/usr/bin/", f"{self.folder}/bin/")
        script = script.replace("/Users/", f"{self.folder}/Users/")
        script = script.replace("/usr/local/share/jupyter/kernels", f"{self.folder}/kernels")
        arguments = [str(self.home), formulae, pythons, "0.13.8", owner, files]
        run = subprocess.run(
            ["/bin/sh", "-c", script, "probe", *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert (run.stdout.count("\n"), run.stderr) == (1, "")
        found: dict[str, Any] = planning.reading(run.stdout)
        return found


def runs(program: Path, body: str) -> None:
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)


@pytest.fixture
def mac(tmp_path: Path) -> Mac:
    mac = Mac(tmp_path)
    (tmp_path / "bin").mkdir()
    for name, body in STANDINS.items():
        mac.tool(name, body)
    for name in STUBS:
        mac.tool(name, '[ -e "$folder/clang runs" ]')
    mac.facts()
    return mac


def build(mac: Mac, name: str = "tf-2.18-0123456789ab", receipt: str = '{"made": "now"}') -> Path:
    """An environment of two packages; everything in it is older than its receipt."""
    environment = mac.home / "envs" / name
    site = environment / "lib" / "python3.11" / "site-packages"
    for folder in ("keras-3.15.1.dist-info", "Opt_Einsum-3.4.0.dist-info", "keras/__pycache__"):
        (site / folder).mkdir(parents=True)
    (site / "keras" / "api.py").write_text("x = 1\n")
    (environment / "bin").mkdir()
    runs(environment / "bin" / "python", "echo 3.11.9 arm64")
    for path in [*environment.rglob("*"), environment]:
        os.utime(path, (1_000_000_000, 1_000_000_000))
    if receipt:
        (environment / "receipt.json").write_text(receipt)
        os.utime(environment / "receipt.json", (1_000_000_100, 1_000_000_100))
    return site


def changed(mac: Mac) -> list[str]:
    return list(mac.reading()["environments"][0]["changed"])


def test_a_reading_has_every_field_of_the_contract_in_its_type(mac: Mac) -> None:
    mac.developer(works=True)
    build(mac)
    reading = mac.reading()
    types = {
        bool: "simulated rosetta virtual admin owner_there",
        int: "schema memory_bytes free_bytes uid now",
        str: "kernel machine macos build chip user sudo",
        list: "pythons environments running seen",
        dict: "command_line_tools files homebrew formulae home links lock tools",
    }
    for kind, names in types.items():
        for name in names.split():
            assert type(reading.pop(name)) is kind, name
    assert reading == {}


def test_who_runs_from_the_home_is_told_and_nothing_else_of_a_command(mac: Mac) -> None:
    framework = "/opt/homebrew/Cellar/python@3.11/3.11.9/Frameworks/Python.framework/Versions/3.11"
    mac.tool(
        "ps",
        f"""cat <<TEXT
    00:07 {mac.home}/envs/tf-2.16-0123456789ab/bin/python -m ipykernel --token secret
 03:02:01 /bin/sh {mac.home}/current/bin/jupyter lab
2-00:00:00 {framework}/Resources/Python.app/Contents/MacOS/Python train.py
    10:00 /bin/zsh -l
TEXT""",
    )
    assert mac.reading()["running"] == [
        {"where": "tf-2.16-0123456789ab", "elapsed": "00:07"},
        {"where": "current", "elapsed": "03:02:01"},
        {"where": "", "elapsed": "2-00:00:00"},
    ]
    assert "\nps -axo etime=,command=\n" in (mac.folder / "started").read_text()


def test_the_hardware_is_what_sysctl_says(mac: Mac) -> None:
    reading = mac.reading()
    assert (reading["machine"], reading["rosetta"], reading["virtual"]) == ("arm64", False, False)
    assert (reading["macos"], reading["memory_bytes"]) == ("14.6.1", 17179869184)


def test_an_old_sysctl_that_leaves_nothing_out_is_asked_name_by_name(mac: Mac) -> None:
    before = mac.reading()
    (mac.folder / "old").touch()
    after = mac.reading()
    assert {**after, "free_bytes": 0, "now": 0} == {**before, "free_bytes": 0, "now": 0}


def test_a_shell_under_rosetta_is_seen_on_the_arm64_hardware(mac: Mac) -> None:
    mac.facts(sysctl__proc_translated="1", kern__hv_vmm_present="1")
    mac.tool("uname", "case $1 in -s) echo Darwin ;; *) echo x86_64 ;; esac")
    reading = mac.reading()
    assert (reading["machine"], reading["rosetta"], reading["virtual"]) == ("arm64", True, True)


def test_an_intel_mac_lacks_some_names_of_sysctl(mac: Mac) -> None:
    mac.facts(hw__optional__arm64="", sysctl__proc_translated="", kern__hv_vmm_present="")
    mac.tool("uname", "case $1 in -s) echo Darwin ;; *) echo x86_64 ;; esac")
    reading = mac.reading()
    assert (reading["machine"], reading["rosetta"], reading["virtual"]) == ("x86_64", False, False)


@pytest.mark.parametrize(
    "chip", ['M2 "Pro"', "M2\\Pro\\", "M2 é 日本 🍏", "M2\tPro", "M2 $(id) `id`"]
)
def test_whatever_a_name_holds_survives(mac: Mac, chip: str) -> None:
    mac.facts(machdep__cpu__brand_string=chip)
    assert mac.reading()["chip"] == chip


def test_a_bare_mac_is_read_without_opening_a_window(mac: Mac) -> None:
    reading = mac.reading(pythons=f"{mac.folder}/bin/python3")
    assert reading["command_line_tools"] == {"path": "", "version": "", "works": False}
    assert not [stub for stub in STUBS if mac.started(stub)]
    assert not mac.started("xcrun")


def test_tools_whose_clang_does_not_run_do_not_work(mac: Mac) -> None:
    mac.developer(works=False)
    tools = mac.reading()["command_line_tools"]
    assert tools["path"] == "/Library/Developer/CommandLineTools"
    assert tools["works"] is False


def test_a_formula_is_whole_only_with_its_library(mac: Mac) -> None:
    library = mac.homebrew / "Cellar" / "libomp" / "19.1.7" / "lib" / "libomp.dylib"
    library.parent.mkdir(parents=True)
    library.write_text("what a library holds")
    brew = mac.homebrew / "bin" / "brew"
    brew.parent.mkdir()
    brew.touch(0o755)
    (mac.homebrew / "opt").mkdir()
    (mac.homebrew / "opt" / "libomp").symlink_to("../Cellar/libomp/19.1.7")
    formulae = "libomp python@3.11"
    assert mac.reading(formulae)["formulae"] == {"libomp": {"version": "19.1.7", "whole": True}}
    for break_it in (lambda: library.write_text(""), library.unlink):
        break_it()
        found = mac.reading(formulae)["formulae"]
        assert found == {"libomp": {"version": "19.1.7", "whole": False}}
    shutil.rmtree(mac.homebrew / "Cellar")
    assert not mac.reading(formulae)["formulae"].get("libomp", {"whole": False})["whole"]


def test_an_interpreter_is_asked_what_it_is(mac: Mac) -> None:
    path = f"{mac.folder}/my python3.11"
    runs(Path(path), "echo 3.11.9 arm64")
    assert mac.reading(pythons=f"{path}\n/nowhere/python3")["pythons"] == [
        {"path": path, "version": "3.11.9", "machine": "arm64"}
    ]


def test_small_files_are_read_as_they_are(mac: Mac) -> None:
    odd = mac.folder / 'a "b" c'
    odd.write_text('one\n"two" \\n %s\n')
    odd.chmod(0o640)
    found = {str(odd): {"text": 'one\n"two" \\n %s', "mode": "640"}}
    assert mac.reading(files=f"{odd}\n/nowhere")["files"] == found


def test_commands_and_kernels_of_any_name_are_read(mac: Mac) -> None:
    command = mac.home / "bin" / "course-a-python"
    kernel = mac.folder / "kernels" / "tensorflow-course-a" / "kernel.json"
    for path in (command, kernel, mac.folder / "kernels" / "julia" / "kernel.json"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    assert set(mac.reading()["files"]) == {str(command), str(kernel)}
    assert set(mac.reading(files=str(command))["files"]) == {str(command), str(kernel)}


def test_what_a_tool_complains_of_is_kept_out_of_the_reading(mac: Mac) -> None:
    mac.tool("sw_vers", "echo Python path configuration >&2; echo 14.6.1")
    assert mac.reading()["macos"] == "14.6.1"


def test_an_environment_is_read_from_its_files(mac: Mac) -> None:
    receipt = '{"pin": "tf-2.18", "path": "C:\\\\x", "made": "2026-11-21T05:00:00Z"}'
    build(mac, receipt=receipt)
    assert mac.reading()["environments"] == [
        {
            "name": "tf-2.18-0123456789ab",
            "receipt": receipt,
            "kib": 0,
            "python": "3.11.9",
            "packages": {"keras": "3.15.1", "opt-einsum": "3.4.0"},
            "changed": [],
        }
    ]


def test_an_unfinished_environment_has_no_receipt(mac: Mac) -> None:
    build(mac, receipt="")
    assert mac.reading()["environments"][0]["receipt"] == ""


def test_what_an_unfinished_environment_takes_is_known(mac: Mac) -> None:
    build(mac, receipt="")
    (mac.home / "envs" / "tf-2.18-0123456789ab" / "wheel").write_bytes(os.urandom(1 << 20))
    assert 1024 <= mac.reading()["environments"][0]["kib"] < 2048


def test_an_interpreter_that_does_not_run_has_no_version(mac: Mac) -> None:
    build(mac)
    python = mac.home / "envs" / "tf-2.18-0123456789ab" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python3.11")
    assert mac.reading()["environments"][0]["python"] == ""


def test_an_edited_an_added_and_a_deleted_file_are_seen(mac: Mac) -> None:
    site = build(mac)
    (site / "keras" / "api.py").write_text("x = 2\n")
    assert changed(mac) == ["keras/api.py"]
    os.utime(site / "keras" / "api.py", (1_000_000_000, 1_000_000_000))
    (site / "keras" / "api.py").unlink()
    assert changed(mac) == ["keras"]
    os.utime(site / "keras", (1_000_000_000, 1_000_000_000))
    (site / 'odd "name".pth').touch()
    assert changed(mac) == ["site-packages", 'odd "name".pth']


def test_a_package_that_is_gone_altogether_is_seen(mac: Mac) -> None:
    site = build(mac)
    shutil.rmtree(site / "keras")
    assert changed(mac) == ["site-packages"]


def test_bytecode_is_no_change(mac: Mac) -> None:
    site = build(mac)
    (site / "keras" / "__pycache__" / "api.cpython-311.pyc").touch()
    assert changed(mac) == []


def test_of_many_changes_twenty_are_named(mac: Mac) -> None:
    site = build(mac)
    for number in range(50):
        (site / f"{number}.py").touch()
    assert len(changed(mac)) == 20


@pytest.mark.parametrize(
    ("target", "current"),
    [
        ("envs/tf-2.18-0123456789ab", "tf-2.18-0123456789ab"),
        ("{home}/envs/tf-2.18-0123456789ab", "tf-2.18-0123456789ab"),
        ("/elsewhere/conda", "/elsewhere/conda"),
    ],
)
def test_the_active_environment_is_what_the_link_names(mac: Mac, target: str, current: str) -> None:
    mac.home.mkdir()
    (mac.home / "current").symlink_to(target.format(home=mac.home))
    assert mac.reading()["links"] == {"current": current}


def test_a_home_without_environments_has_none(mac: Mac) -> None:
    mac.home.mkdir()
    reading = mac.reading()
    assert (reading["links"], reading["environments"]) == ({}, [])
    assert reading["tools"] == {"uv": ""}


def test_an_owner_who_has_no_account_is_seen(mac: Mac) -> None:
    assert mac.reading()["owner_there"]
    assert mac.reading(owner="root")["owner_there"]
    assert not mac.reading(owner="nobody-such")["owner_there"]


def test_what_lies_in_the_home_and_is_no_link_is_named(mac: Mac) -> None:
    mac.home.mkdir()
    (mac.home / "current").mkdir()
    (mac.home / "course-a").symlink_to("envs/gone")
    assert mac.reading()["home"]["taken"] == ["current"]


def test_a_home_that_is_no_folder_is_told(mac: Mac) -> None:
    mac.home.touch()
    assert mac.reading()["home"] == {"path": str(mac.home), "owner": "admin", "taken": ["."]}


def test_a_homebrew_whose_installation_was_cut_short_is_none(mac: Mac) -> None:
    brew = mac.homebrew / "bin" / "brew"
    brew.parent.mkdir(parents=True)
    brew.touch(0o755)
    unfinished = mac.homebrew.with_name("homebrew.unfinished")
    unfinished.touch()
    none = {"prefix": "", "half": "", "locked": "", "version": "", "owner": ""}
    assert mac.reading()["homebrew"] == none
    unfinished.unlink()
    assert mac.reading()["homebrew"]["prefix"] == str(mac.homebrew)


def test_half_a_homebrew_is_seen_with_its_owner(mac: Mac) -> None:
    assert mac.reading()["homebrew"]["half"] == ""
    mac.homebrew.mkdir()
    assert mac.reading()["homebrew"]["half"] == ""
    (mac.homebrew / "Cellar").mkdir()
    half = {"prefix": "", "half": str(mac.homebrew), "locked": "", "version": "", "owner": "admin"}
    assert mac.reading()["homebrew"] == half


def test_what_others_put_there_is_seen(mac: Mac) -> None:
    assert mac.reading()["seen"] == []
    kim = mac.folder / "Users" / "kim"
    plugins = "Library/Python/3.11/lib/python/site-packages/tensorflow-plugins"
    (kim / plugins).mkdir(parents=True)
    (kim / plugins / "libmetal_plugin.dylib").touch()
    old = kim / "old venv"
    for name in ("tensorflow_macos-2.9.0", "tensorflow-2.15.0", "numpy-1.26.4"):
        (old / "lib" / "python3.9" / "site-packages" / f"{name}.dist-info").mkdir(parents=True)
    (old / "pyvenv.cfg").touch()
    assert mac.reading()["seen"] == [
        {"kind": "plugin", "path": f"{kim}/{plugins}/libmetal_plugin.dylib", "packages": ""},
        {
            "kind": "environment",
            "path": str(old),
            "packages": "tensorflow 2.15.0,tensorflow-macos 2.9.0",
        },
    ]


def test_the_disk_of_a_home_that_is_not_there_is_its_parent_s(mac: Mac) -> None:
    free = mac.reading()["free_bytes"]
    assert free == pytest.approx(shutil.disk_usage(mac.folder).free, rel=0.05)


def test_sudo_that_asks_is_told_from_sudo_that_does_not(mac: Mac) -> None:
    if os.getuid() == 0:
        mac.tool(
            "id", "case $1 in -u) echo 501 ;; -un) echo admin ;; -Gn) echo staff admin ;; esac"
        )
    assert mac.reading()["sudo"] == "asks"
    mac.tool("sudo", "exit 0")
    assert mac.reading()["sudo"] == "free"


def test_nothing_is_written(mac: Mac) -> None:
    mac.developer(works=True)
    build(mac)
    before = {path: path.stat().st_mtime_ns for path in mac.home.rglob("*")}
    mac.reading()
    assert {path: path.stat().st_mtime_ns for path in mac.home.rglob("*")} == before


def test_no_form_is_used_that_macos_lacks() -> None:
    script = re.sub(r"#.*", "", (ROLE / "files" / "probe.sh").read_text())
    for gnu in (
        "stat -c",
        "readlink -f",
        "sed -i",
        "sed -r",
        "grep -P",
        "-printf",
        "timeout ",
        "date -d",
    ):
        assert gnu not in script
