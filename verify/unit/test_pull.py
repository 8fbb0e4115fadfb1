"""A Mac that looks after itself: what launchd is told, and what the Mac needs to pull."""

from __future__ import annotations

import plistlib
import subprocess
import sys
from importlib.metadata import packages_distributions
from typing import Any

from jinja2 import Environment, StrictUndefined
from packaging.utils import canonicalize_name

from verify.lock.locks import FOLDER, versions
from verify.settings import PROJECT
from verify.twin.__main__ import entries
from verify.unit.role import ROLE, planning, read

LOCK = FOLDER / "pull.txt"
CONSTANTS = read("vars/main/pull.yml")


def plist(**switches: object) -> dict[str, Any]:
    """The job's description for a Mac, as launchd would read it."""
    environment = Environment(undefined=StrictUndefined, autoescape=False)
    template = environment.from_string((ROLE / "templates" / "pull.plist.j2").read_text())
    values: dict[str, object] = {
        "_tensorflow_metal_pull_label": CONSTANTS["_tensorflow_metal_pull_label"],
        "_tensorflow_metal_pull": "/opt/tensorflow/pull",
        "__tensorflow_metal_plan": {"owner": "admin"},
        "tensorflow_metal_pull_times": [{"Hour": 12, "Minute": 0}],
    }
    found: dict[str, Any] = plistlib.loads(template.render(values | switches).encode())
    return found


def test_launchd_starts_it_as_the_owner_behind_others_and_at_every_start() -> None:
    job = plist()
    assert (job["UserName"], job["RunAtLoad"]) == ("admin", True)
    assert job["ProgramArguments"] == ["/bin/sh", "/opt/tensorflow/pull/pull.sh"]
    assert job["Nice"] > 0
    assert job["LowPriorityIO"] is True
    assert job["StandardErrorPath"].startswith("/opt/tensorflow/pull/log/")


def test_each_time_is_one_of_launchd_s_own() -> None:
    times = [{"Hour": 7, "Minute": 30}, {"Weekday": 1, "Hour": 13, "Minute": "0"}]
    found = plist(tensorflow_metal_pull_times=times)["StartCalendarInterval"]
    assert found == [{"Hour": 7, "Minute": 30}, {"Weekday": 1, "Hour": 13, "Minute": 0}]


def test_a_home_with_an_odd_name_is_named_as_it_is() -> None:
    job = plist(_tensorflow_metal_pull="/Volumes/R&D <1>/pull")
    assert job["WorkingDirectory"] == "/Volumes/R&D <1>/pull"


def test_its_python_is_the_build_that_the_role_pins() -> None:
    assert CONSTANTS["_tensorflow_metal_pull_build"] == planning.standalone_build("arm64", "3.11")


def imported() -> set[str]:
    """The distributions that a verification on the Mac itself brings into its Python."""
    modules = [
        "verify.__main__",
        "verify.report.plots",
        "verify.links.image",
        "verify.host.conftest",
    ]
    program = "import sys; before = {*sys.modules}; import " + ", ".join(modules)
    program += "; print(*sys.modules.keys() - before)"
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    known = packages_distributions()
    tops = {name.partition(".")[0] for name in ran.stdout.split()} & known.keys()
    return {canonicalize_name(known[top][0]) for top in tops}


def test_its_lock_has_all_that_a_verification_imports() -> None:
    assert {"rich", "pytest-testinfra", "vl-convert-python"} <= imported()
    assert imported() - set(versions(LOCK)) == set()


def test_its_lock_has_the_controller_s_versions() -> None:
    controller = (PROJECT / "requirements.txt").read_text()
    lock = versions(LOCK)
    assert {"ansible", "ansible-core", "lief"} <= set(lock)
    odd = [one for one in lock.items() if "==".join(one) not in controller]
    assert odd == []


def test_every_package_of_its_lock_has_hashes() -> None:
    for entry in entries(LOCK.read_text()):
        assert "--hash=sha256:" in entry, entry.split()[0]
