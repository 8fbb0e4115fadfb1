"""What a mirror is to have, has, and gives each Mac."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from verify import settings
from verify.links.wheels import Index, Link
from verify.mirror import builds, fill, folder, needs
from verify.mirror.folder import File, Folder
from verify.mirror.needs import Need
from verify.mirror.outside import Outside
from verify.mirror.share import packed, sentence, share

FOR_11 = "numpy-2.0.2-cp311-cp311-macosx_11_0_arm64.whl"
FOR_14 = "numpy-2.0.2-cp311-cp311-macosx_14_0_arm64.whl"
ANY = "six-1.17.0-py2.py3-none-any.whl"
BUILD = settings.filters("plan").standalone_build("arm64", "3.11")
PACKAGE = {"version": "7.0.1", "url": "https://x.invalid/Homebrew.pkg", "checksum": "sha256:ab"}


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """A lock of numpy, with a wheel for older and one for newer Macs, and six."""
    path = tmp_path / "tf-own.txt"
    numpy = f"--hash=sha256:{digest(FOR_11)} \\\n    --hash=sha256:{digest(FOR_14)}"
    path.write_text(f"numpy==2.0.2 \\\n    {numpy}\nsix==1.17.0 --hash=sha256:{digest(ANY)}\n")
    return path


@pytest.fixture
def mirror(tmp_path: Path) -> Folder:
    """A mirror whose wheels hold their own names."""
    (tmp_path / "mirror" / "wheels").mkdir(parents=True)
    for name in (FOR_11, FOR_14, ANY):
        (tmp_path / "mirror" / "wheels" / name).write_text(name)
    return folder.read(tmp_path / "mirror")


def given(lock: Path, **changes: object) -> dict[str, Any]:
    """What the role says of a Mac that has nothing yet."""
    one = {"lock": str(lock), "python": "3.11", "source": "standalone", "build": BUILD}
    said = {
        "mac": "mini",
        "machine": "arm64",
        "macos": "14.6.1",
        "installer": "pip",
        "uv": str(lock),
        "uv_there": "",
        "environments": [{**one, "stages": ["python", "environment"], "python_trouble": "none"}],
        "downloads": "",
        "builds_from": "",
        "homebrew": False,
        "homebrew_pkg": PACKAGE,
    }
    return said | changes


def plain(lock: Path, macos: str = "14.6.1", mac: str = "mini") -> Need:
    return Need(mac, "arm64", macos, ((str(lock), "3.11"),), (), "", "", None)


def changed(said: dict[str, Any], **changes: object) -> dict[str, Any]:
    return {**said, "environments": [{**said["environments"][0], **changes}]}


def test_a_mirror_is_for_all_of_a_plan_and_a_share_for_its_steps(lock: Path) -> None:
    right = changed(given(lock), stages=[], python_trouble="")
    assert needs.whole(right).locks == ((str(lock), "3.11"),)
    assert needs.whole(right).builds == (BUILD,)
    assert needs.lacking(right) == replace(needs.whole(right), locks=(), builds=())
    assert needs.lacking(given(lock)) == needs.whole(given(lock))


def test_uv_is_for_those_who_need_it(lock: Path) -> None:
    brewed = changed(given(lock, uv="uv.txt"), source="homebrew")
    assert "uv.txt" not in dict(needs.whole(brewed).locks)
    assert "uv.txt" in dict(needs.whole({**brewed, "installer": "uv"}).locks)
    assert "uv.txt" in dict(needs.lacking(given(lock, uv="uv.txt")).locks)
    assert "uv.txt" not in dict(needs.lacking(given(lock, uv="uv.txt", uv_there="0.13.8")).locks)


def test_homebrew_s_package_is_for_who_has_no_homebrew(lock: Path) -> None:
    assert needs.whole(given(lock)).package is None
    assert needs.whole(given(lock, homebrew=True)).package == needs.Package(
        "7.0.1", PACKAGE["url"], "ab"
    )


def test_what_lies_on_the_mac_is_not_mirrored(lock: Path) -> None:
    package = {**PACKAGE, "url": "file:///Volumes/Lab/Homebrew.pkg"}
    need = needs.whole(given(lock, homebrew=True, homebrew_pkg=package, downloads="/Volumes/x"))
    assert need.package is None
    assert need.builds == ()


def test_two_macs_that_need_the_same_are_told_by_no_name(lock: Path) -> None:
    assert plain(lock).digest == plain(lock, mac="maxi").digest
    assert plain(lock).digest != plain(lock, macos="15.0").digest


class Pages(Index):
    """An index of these wheels, which counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def links(self, distribution: str) -> list[Link]:
        self.asked.append(distribution)
        return [
            Link(f"http://index.invalid/{name}", digest(name))
            for name in (FOR_11, FOR_14, ANY)
            if name.startswith(distribution)
        ]


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Outside:
    """Whose files have no size."""
    made = Outside()
    made.index = Pages()
    monkeypatch.setattr(made, "measured", lambda file: file)
    return made


@pytest.mark.parametrize(("macos", "numpy"), [("12.1", FOR_11), ("14.0", FOR_14), ("26.0", FOR_14)])
def test_a_mac_s_own_wheels_are_mirrored(
    lock: Path, outside: Outside, macos: str, numpy: str
) -> None:
    assert [file.name for file in outside.files(plain(lock, macos))] == [numpy, ANY]


def test_a_fleet_asks_the_index_once(tmp_path: Path, lock: Path, outside: Outside) -> None:
    macs = [plain(lock, macos, f"mini-{macos}-{n}") for macos in ("12.1", "14.0") for n in "123"]
    found = fill.filling(Folder(tmp_path / "mirror"), macs, outside)
    assert {file.name for file in found.lacking} == {FOR_11, FOR_14, ANY}
    assert isinstance(outside.index, Pages)
    assert sorted(outside.index.asked) == ["numpy", "six"]


def test_what_is_there_is_not_lacking_and_nobody_is_asked_again(
    lock: Path, mirror: Folder, outside: Outside
) -> None:
    assert fill.filling(mirror, [plain(lock)], outside).lacking == []
    mirror.save()
    again = Outside()  # whose index nobody has named
    again.index = None  # type: ignore[assignment]
    found = fill.filling(folder.read(mirror.path), [plain(lock)], again)
    assert [file.name for file in found.files] == [FOR_14, ANY]


def test_a_file_that_was_changed_is_lacking(lock: Path, mirror: Folder, outside: Outside) -> None:
    fill.filling(mirror, [plain(lock)], outside)
    (mirror.path / "wheels" / ANY).write_text("another")
    found = fill.filling(mirror, [plain(lock)], outside)
    assert [file.name for file in found.lacking] == [ANY]


def test_a_known_file_that_was_changed_is_asked_for_again(
    lock: Path, mirror: Folder, outside: Outside
) -> None:
    fill.filling(mirror, [plain(lock)], outside)
    (mirror.path / "wheels" / ANY).unlink()
    assert isinstance(outside.index, Pages)
    outside.index.asked, outside.pages = [], {}
    fill.filling(mirror, [plain(lock)], outside)
    assert sorted(outside.index.asked) == ["numpy", "six"]


def test_macs_that_need_the_same_are_asked_for_once(
    tmp_path: Path, lock: Path, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    files = outside.files

    def counted(need: Need) -> list[File]:
        asked.append(need.mac)
        return files(need)

    monkeypatch.setattr(outside, "files", counted)
    macs = [plain(lock, mac=name) for name in ("one", "two", "three")]
    fill.filling(Folder(tmp_path / "mirror"), macs, outside)
    assert asked == ["one"]


def test_a_mac_that_cannot_be_served_is_left_out_and_the_others_are_not(
    lock: Path, tmp_path: Path, outside: Outside
) -> None:
    gone = tmp_path / "gone.txt"
    gone.write_text(f"rare==1.0 --hash=sha256:{digest('')}\n")
    macs = [plain(gone, mac="rare"), plain(lock)]
    found = fill.filling(Folder(tmp_path / "mirror"), macs, outside)
    assert found.left_out == {"rare": "rare 1.0 is not on the index."}
    assert len(found.lacking) == 2


def test_other_macs_stay_in_the_list(lock: Path, mirror: Folder, outside: Outside) -> None:
    fill.filling(mirror, [plain(lock, "12.1", "old")], outside)
    mirror.save()
    again = folder.read(mirror.path)
    fill.filling(again, [plain(lock)], outside)
    assert set(again.macs) == {"old", "mini"}
    assert {file.name for file in again.files.values()} == {FOR_11, FOR_14, ANY}


def test_a_mirror_without_room_is_refused(tmp_path: Path) -> None:
    huge = File("wheels/huge", "", "", size=1 << 60)
    with pytest.raises(ValueError, match="Nothing was fetched"):
        fill.room(Folder(tmp_path / "not" / "there"), [huge])


def test_a_broken_list_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / folder.LIST).write_text('{"files": [], "macs": {}}')
    with pytest.raises(ValueError, match="is no list of a mirror"):
        folder.read(tmp_path)


def test_a_share_has_one_mac_s_files(lock: Path, mirror: Folder) -> None:
    found = share(plain(lock), mirror)
    assert list(found.files) == [f"wheels/{FOR_14}", f"wheels/{ANY}"]
    with tarfile.open(packed(found, mirror, "/opt/tensorflow/tools/mirror")) as archive:
        assert archive.getnames() == list(found.files)
        assert {member.uid for member in archive} == {0}


def test_macs_with_the_same_share_have_the_same_archive(lock: Path, mirror: Folder) -> None:
    first = packed(share(plain(lock), mirror), mirror, "/opt/x")
    made = first.stat().st_mtime_ns
    assert packed(share(plain(lock, mac="maxi"), mirror), mirror, "/opt/x") == first
    assert first.stat().st_mtime_ns == made
    assert packed(share(plain(lock, "12.1"), mirror), mirror, "/opt/x") != first


def test_an_archive_that_was_tampered_with_is_made_again(lock: Path, mirror: Folder) -> None:
    found = share(plain(lock), mirror)
    archive = packed(found, mirror, "/opt/x")
    whole = archive.read_bytes()
    content = (mirror.path / "wheels" / FOR_14).read_bytes()
    for changed_to in (whole.replace(content, content[::-1]), whole[:600], b""):
        assert changed_to != whole
        archive.write_bytes(changed_to)
        assert packed(found, mirror, "/opt/x").read_bytes() == whole


def test_a_mirror_that_changes_while_it_is_packed_is_not_sent(lock: Path, mirror: Folder) -> None:
    found = share(plain(lock), mirror)
    (mirror.path / "wheels" / FOR_14).write_text("another")
    with pytest.raises(ValueError, match=r"while they were packed\. Nothing was sent"):
        packed(found, mirror, "/opt/x")
    assert not list((mirror.path / "shares").glob("*.tar"))


def test_a_mirror_that_was_tampered_with_is_refused_by_the_file_s_name(
    lock: Path, mirror: Folder
) -> None:
    (mirror.path / "wheels" / FOR_14).write_text("another")
    found = share(plain(lock), mirror)
    said = sentence(plain(lock), mirror, found)
    assert f"cannot serve mini: the hash of {FOR_14} is not in the lock. Nothing" in said
    assert re.search(r" run: .*ansible-playbook .*playbooks/mirror\.yml$", said)


def test_what_is_missing_is_named(lock: Path, mirror: Folder) -> None:
    (mirror.path / "wheels" / ANY).unlink()
    need = needs.lacking(given(lock, homebrew=True))
    said = sentence(need, mirror, share(need, mirror))
    for name in ("six 1.17.0", BUILD, "Homebrew-7.0.1.pkg"):
        assert f"{name} is not there" in said


def test_a_package_that_was_tampered_with_is_refused_by_its_name(
    lock: Path, mirror: Folder
) -> None:
    (mirror.path / "homebrew").mkdir()
    (mirror.path / "homebrew" / "Homebrew-7.0.1.pkg").write_text("another")
    need = needs.whole(changed(given(lock, homebrew=True), source="homebrew"))
    said = sentence(need, mirror, share(need, mirror))
    assert "Homebrew-7.0.1.pkg has not the hash ab" in said


def test_conda_s_python_is_in_no_mirror(lock: Path, mirror: Folder) -> None:
    need = needs.lacking(changed(given(lock), source="miniforge"))
    assert "conda's Python" in sentence(need, mirror, share(need, mirror))


def test_a_build_of_a_list_is_listed_where_it_will_lie(tmp_path: Path, mirror: Folder) -> None:
    url = "http://lists.invalid/cpython.tar.gz"
    entry = {"url": url, "sha256": digest("python"), "name": "cpython"}
    place = "python/cpython.tar.gz"
    listed = File(place, url, digest("python"), 6, BUILD, "http://lists.invalid/all.json", entry)
    mirror.files[place] = listed
    (mirror.path / "python").mkdir()
    (mirror.path / place).write_text("python")
    need = Need("mini", "arm64", "14.0", (), (BUILD,), listed.downloads, "", None)
    found = share(need, mirror)
    at = f"/opt/x/{found.digest('/opt/x')}"
    with tarfile.open(packed(found, mirror, "/opt/x")) as archive:
        read = archive.extractfile("python/downloads.json")
        assert read is not None
        assert json.load(read)[BUILD]["url"] == f"file://{at}/{place}"


@pytest.mark.parametrize("version", settings.filters("plan").STANDALONE)
@pytest.mark.parametrize("machine", ["arm64", "x86_64"])
def test_uv_says_where_a_pinned_build_is_and_what_its_hash_is(version: str, machine: str) -> None:
    name = settings.filters("plan").standalone_build(machine, version)
    found = builds.build(name, "", "", "")
    assert found.place.startswith("python/2")
    assert found.url.endswith(found.place.removeprefix("python/").replace("+", "%2B"))
    assert len(found.sha256) == 64


def test_a_build_can_be_asked_from_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builds, "expected", lambda *_: "0" * 64)
    found = builds.build(BUILD, "", "", "https://own.invalid/builds/")
    assert found.url.startswith("https://own.invalid/builds/2")


def test_a_build_that_uv_does_not_know_is_a_sentence() -> None:
    with pytest.raises(ValueError, match=r"knows no build cpython-3.11.999"):
        builds.build("cpython-3.11.999-macos-aarch64-none", "", "", "")


def test_the_command_says_what_is_missing_and_exits_1(lock: Path, mirror: Folder) -> None:
    (mirror.path / "wheels" / ANY).unlink()
    asked = changed(given(lock), source="homebrew")
    ran = subprocess.run(
        [sys.executable, "-m", "verify.mirror", "share", "--at", "/opt/x", str(mirror.path)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        cwd=settings.PROJECT,
        check=False,
    )
    assert ran.returncode == 1
    assert "six 1.17.0 is not there" in ran.stderr
    assert ran.stdout == ""
