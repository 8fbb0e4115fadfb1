"""The Linux twin of a lock has its versions, and its own TensorFlow."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify.twin import __main__ as twins
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
