"""The Linux twin of a lock has its versions, and its own TensorFlow."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from verify import settings
from verify.lock import locks
from verify.twin import __main__ as twins
from verify.twin import lab
from verify.unit.role import LOCKS, PINS


@pytest.mark.parametrize("row", PINS, ids=[row["id"] for row in PINS])
def test_a_twin_has_everything_of_its_lock_but_what_only_a_mac_has(row: dict[str, object]) -> None:
    lock = (LOCKS / f"{row['id']}.txt").read_text()
    own = twins.tensorflow(row, twins.LINUX)
    names = [entry.split("==")[0] for entry in twins.entries(twins.twin(lock, own))]
    locked = {entry.split("==")[0] for entry in twins.entries(lock)}
    assert names[0] == "tensorflow-cpu"
    assert set(names[1:]) == locked - {"tensorflow", "tensorflow-macos", "tensorflow-metal"}


def test_an_entry_keeps_its_hashes() -> None:
    text = "# a\nb==1 \\\n    --hash=sha256:2\nc==3 \\\n    --hash=sha256:4\n"
    assert twins.entries(text) == [
        "b==1 \\\n    --hash=sha256:2\n",
        "c==3 \\\n    --hash=sha256:4\n",
    ]


def test_a_build_that_there_is_not_is_said_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    linux = tmp_path / "linux.txt"
    linux.write_text("")
    monkeypatch.setattr(twins, "UV", ("false",))
    row = {"packages": {"tensorflow": "9.9.9"}, "python": "3.11"}
    with pytest.raises(ValueError, match=r"no tensorflow-cpu==9\.9\.9 for Python 3\.11"):
        twins.tensorflow(row, linux)
    assert linux.read_text() == ""


def used(folder: Path, body: str, *names: str) -> subprocess.CompletedProcess[str]:
    """What lab.py does with a distribution `extra` whose only module has this body."""
    (folder / "extra_pack.py").write_text(body)
    info = folder / "extra-1.0.dist-info"
    info.mkdir(exist_ok=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: extra\nVersion: 1.0\n")
    (info / "RECORD").write_text("extra_pack.py,,\n_private.py,,\nextra-1.0.dist-info/RECORD,,\n")
    command = [sys.executable, str(twins.HERE / "lab.py"), *names]
    return subprocess.run(
        command,
        env={"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_extra_that_can_be_imported_is_right(tmp_path: Path) -> None:
    done = used(tmp_path, "fine = 1", "extra")
    assert (done.returncode, done.stdout) == (0, '{"extra": "1.0"}\n')


@pytest.mark.parametrize(
    ("body", "name", "sentence"),
    [
        ("import no_such_library", "extra", "extra: ModuleNotFoundError: No module named 'no_such"),
        ("raise OSError('libomp')", "extra", "extra: OSError: libomp"),
        ("", "missing", "missing: LookupError: it brings nothing to import"),
    ],
)
def test_an_extra_that_cannot_be_imported_is_named(
    body: str, name: str, sentence: str, tmp_path: Path
) -> None:
    done = used(tmp_path, body, name)
    assert done.returncode == 1
    assert sentence in done.stderr


def test_every_use_is_of_an_extra() -> None:
    assert set(lab.USES) <= set(settings.extras()["lab"])


def test_a_lab_lock_s_twin_is_used_by_both_programs_and_red_where_one_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    core, other = locks.of(PINS[0], tmp_path)
    for lock in (core, other):
        lock.path.write_text((LOCKS / lock.path.name).read_text())
    programs: list[str] = []

    def done(command: list[str], _given: str = "") -> subprocess.CompletedProcess[str]:
        broken = command[-1] in other.more
        if program := next((Path(word).name for word in command if word.endswith(".py")), ""):
            programs.append(program)
        return subprocess.CompletedProcess(command, int(broken), '{"tensorflow": "2"}\n', "no\n")

    monkeypatch.setattr(twins, "done", done)
    assert twins.prove(core) == "tensorflow 2"
    with pytest.raises(RuntimeError, match=r"^no$"):
        twins.prove(other)
    assert programs == ["program.py", "program.py", "lab.py"]
