"""Whether the index still has the wheels of a lock, told from pages of a made-up one."""

from __future__ import annotations

import sys
import urllib.error
from email.message import Message
from pathlib import Path

import pytest

from verify import settings
from verify.links import wheels
from verify.lock import __main__ as command
from verify.lock import files
from verify.lock.files import Mac, entries, sentences
from verify.lock.locks import Lock, table

ROW = {
    "id": "tf-own",
    "machine": "arm64",
    "python": "3.11",
    "macos_min": "12.1",
    "macos_max": "",
    "packages": {"numpy": "2.0.2"},
}
OLD, NEW, OTHER = "a" * 64, "b" * 64, "c" * 64
OLDEST, NEWEST = (f"macOS {macos} on arm64 with Python 3.11" for macos in ("12.1", "27"))
FOR_11 = "numpy-2.0.2-cp311-cp311-macosx_11_0_arm64.whl"
FOR_14 = "numpy-2.0.2-cp311-cp311-macosx_14_0_arm64.whl"


def anchor(name: str, sha256: str = OLD, more: str = "") -> str:
    return f'<a href="../../files/{name}#sha256={sha256}" {more}>{name}</a>'


def told(
    monkeypatch: pytest.MonkeyPatch, folder: Path, *anchors: str, hashes: tuple[str, ...] = (OLD,)
) -> list[str]:
    """What is said of a lock with numpy 2.0.2, where the index's page of it has these files."""

    def get(_index: object, address: str, _headers: object) -> bytes:
        assert address.endswith("/numpy/")
        if not anchors:
            # Closed, as Index.get does: Python 3.14 warns of others.
            error = urllib.error.HTTPError(address, 404, "Not Found", Message(), None)
            error.close()
            raise error
        return "\n".join(anchors).encode()

    monkeypatch.setenv("PIP_INDEX_URL", "http://mirror.invalid/simple")
    monkeypatch.setattr(wheels.Index, "get", get)
    lock = Lock(folder, ROW)
    lines = [f"    --hash=sha256:{one}" for one in hashes]
    lock.path.write_text(" \\\n".join(["numpy==2.0.2", *lines]) + "\n")
    return list(sentences([lock], wheels.Index()))


def test_a_wheel_that_is_there_for_the_oldest_and_the_newest_mac_is_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert told(monkeypatch, tmp_path, anchor(FOR_11), anchor("numpy-2.0.2.tar.gz", OTHER)) == []


def test_a_pure_wheel_and_a_stable_abi_fit_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (
        "numpy-2.0.2-py3-none-any.whl",
        "numpy-2.0.2-cp39-abi3-macosx_11_0_universal2.whl",
    ):
        assert told(monkeypatch, tmp_path, anchor(name)) == []


def test_a_distribution_that_is_gone_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = [f"tf-own.txt, for {OLDEST} and {NEWEST}: numpy 2.0.2 is not on the index."]
    assert told(monkeypatch, tmp_path) == gone
    assert told(monkeypatch, tmp_path, anchor("numpy-2.0.1-py3-none-any.whl")) == gone
    assert told(monkeypatch, tmp_path, anchor("numpy-2.0.2.tar.gz")) == gone


@pytest.mark.parametrize(
    "name",
    [
        FOR_11.replace("cp311", "cp312"),
        FOR_11.replace("arm64", "x86_64"),
        "numpy-2.0.2-cp312-abi3-macosx_11_0_arm64.whl",
        "numpy-2.0.2-cp311-cp311-manylinux_2_17_aarch64.whl",
    ],
)
def test_a_wheel_for_others_is_none(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = f"tf-own.txt, for {OLDEST} and {NEWEST}: numpy 2.0.2 has no wheel there."
    assert told(monkeypatch, tmp_path, anchor(name)) == [said]


def test_a_wheel_that_is_too_new_for_the_oldest_mac_is_none_for_that_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = f"tf-own.txt, for {OLDEST}: numpy 2.0.2 has no wheel there."
    assert told(monkeypatch, tmp_path, anchor(FOR_14)) == [said]


@pytest.mark.parametrize("more", ["data-yanked", 'data-yanked="broken"'])
def test_a_yanked_wheel_is_said_unless_another_fits(
    more: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = f"tf-own.txt, for {OLDEST} and {NEWEST}: numpy 2.0.2 was yanked."
    yanked = anchor(FOR_14, NEW, more)
    assert told(monkeypatch, tmp_path, anchor(FOR_11, OLD, more), yanked) == [said]
    assert told(monkeypatch, tmp_path, anchor(FOR_11), yanked) == []


def test_the_wheel_that_a_mac_likes_best_must_be_in_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = anchor(FOR_11, OLD), anchor(FOR_14, NEW)
    said = f"tf-own.txt, for {NEWEST}: the hash of {FOR_14} is not in the lock."
    assert told(monkeypatch, tmp_path, *both) == [said]
    assert told(monkeypatch, tmp_path, *both, hashes=(OLD, NEW)) == []


def test_of_two_builds_the_later_is_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    later = FOR_11.replace("2.0.2-", "2.0.2-1-")
    said = f"tf-own.txt, for {OLDEST} and {NEWEST}: the hash of {later} is not in the lock."
    assert told(monkeypatch, tmp_path, anchor(FOR_11), anchor(later, NEW)) == [said]


def test_an_index_that_tells_no_hashes_cannot_be_judged_by(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValueError, match=f"does not say what the hash of {FOR_11} is"):
        told(monkeypatch, tmp_path, f'<a href="{FOR_11}">{FOR_11}</a>')


def test_a_row_s_newest_macos_is_asked_for_where_it_has_one(tmp_path: Path) -> None:
    own = Lock(tmp_path, {**ROW, "macos_max": "15"})
    assert [mac.macos for mac in files.macs(own)] == ["12.1", "15"]


def test_uv_is_asked_for_by_the_macs_of_every_row() -> None:
    uv = next(lock for lock in table() if lock.path.stem == "uv")
    asked = {(mac.machine, mac.macos) for mac in files.macs(uv)}
    assert {(row["machine"], row["macos_min"]) for row in settings.pins()} <= asked


def test_a_mac_likes_its_own_python_and_its_newest_macos_best() -> None:
    tags = {str(tag): rank for tag, rank in Mac("x86_64", "3.10", "10.15").tags().items()}
    liked = ["cp310-cp310-macosx_10_15_x86_64", "cp310-cp310-macosx_10_9_x86_64"]
    liked += ["cp39-abi3-macosx_10_9_x86_64", "py3-none-any"]
    ranks = [tags[name] for name in liked]
    assert ranks[0] == 0
    assert ranks == sorted(ranks)
    assert "cp310-cp310-macosx_11_0_x86_64" not in tags


def test_every_package_of_a_lock_is_asked_for_with_its_hashes() -> None:
    text = f"A.b==1 \\\n    --hash=sha256:{OLD} \\\n    --hash=sha256:{NEW}\nc==2\n"
    assert [(one.name, one.version, sorted(one.hashes)) for one in entries(text)] == [
        ("a-b", "1", [OLD, NEW]),
        ("c", "2", []),
    ]


def test_an_index_that_cannot_be_asked_exits_2_and_one_that_lost_a_wheel_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(*_: object) -> bytes:
        raise OSError("the network is unreachable")

    monkeypatch.setattr(sys, "argv", ["lock", "--files", "uv"])
    monkeypatch.setattr(wheels.Index, "get", refused)
    assert command.main() == 2
    assert "is not known: the network is unreachable" in capsys.readouterr().err
    monkeypatch.setattr(wheels.Index, "get", lambda *_: b"")
    assert command.main() == 1
    said = capsys.readouterr().out
    assert said.startswith("uv.txt, for macOS 12.1 on arm64")
    assert said.count("\n") == 1


@pytest.mark.parametrize("between", [" \\\n    ", " "])
def test_a_lock_s_hashes_may_stand_on_its_packages_lines_or_below(between: str) -> None:
    hashes = between.join(["", f"--hash=sha256:{OLD}", f"--hash=sha256:{NEW}"])
    lock = f"numpy==2.0.2{hashes}\nSix_Pack==1.0 ; python_version > '3'{hashes}\n"
    found = [(entry.name, entry.version, entry.hashes) for entry in entries(lock)]
    both = frozenset({OLD, NEW})
    assert found == [("numpy", "2.0.2", both), ("six-pack", "1.0", both)]
