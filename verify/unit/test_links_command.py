"""`python -m verify links`: its sentences, its JSON and what it exits with."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from verify import __main__ as command
from verify.links import collect, manifest, wheels
from verify.links.image import Image
from verify.links.verdict import demangled
from verify.settings import PROJECT

PLUGINS = manifest.versions(True, "arm64")[::-1]
LOG_MESSAGE = "tsl::internal::LogMessage::LogMessage(char const*, int, int)"


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError("the network is unreachable")

    monkeypatch.setattr(wheels, "TRIES", 1)
    monkeypatch.setattr(wheels.Index, "get", refused)


def called(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["verify", "links", *words])
    return command.main()


def test_a_pair_that_links_exits_0(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert called(monkeypatch, "2.18.1", "1.2.0") == 0
    assert capsys.readouterr().out.startswith(
        "tensorflow-metal 1.2.0 links with tensorflow 2.18.1 on arm64"
    )


def test_a_pair_that_does_not_exits_1_and_names_the_symbol_demangled(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("cxxfilt")
    assert called(monkeypatch, "2.18.1", "1.1.0") == 1
    assert f"1 symbol is missing: {LOG_MESSAGE}." in capsys.readouterr().out


def test_json_holds_everything(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert called(monkeypatch, "2.20.0", "1.2.0", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert told["libraries"] == ["@rpath/_pywrap_tensorflow_internal.so"]
    assert (told["links"], len(told["symbols"]), told["source"]) == (False, 60, "manifests")
    assert told["python"] == "3.12"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("2.99.0", "1.2.0"), "The manifests know tensorflow 2."),
        (("2.18.1", "9.9"), f"tensorflow-metal {', '.join(PLUGINS[:3])}"),
        (("2.99.0", "1.2.0"), "the network is unreachable"),
        (("two", "1.2.0"), "'two' is not a version"),
        (("2.18.1", "1.1.0", "--python", "3.12"), "has no wheel for Python 3.12 on arm64"),
        (("2.18.1", "1.2.0", "--wheels", "no/such"), "There is no no/such"),
    ],
)
def test_what_cannot_be_told_is_one_sentence_and_exit_status_2(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    sentence: str,
) -> None:
    assert called(monkeypatch, *words) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1


def test_a_folder_without_the_wheel_says_which_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tensorflow_metal-1.1.0-cp311-cp311-macosx_12_0_arm64.whl").touch()
    assert called(monkeypatch, "2.18.1", "1.2.0", "--wheels", str(tmp_path)) == 2
    assert "Versions with one: 1.1.0." in capsys.readouterr().err


def test_a_wheel_that_is_cut_short_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "tensorflow_metal-1.2.0-cp311-cp311-macosx_12_0_arm64.whl"
    (tmp_path / name).write_bytes(b"PK")
    assert called(monkeypatch, "2.18.1", "1.2.0", "--wheels", str(tmp_path)) == 2
    assert f"{name} is no whole wheel" in capsys.readouterr().err


def test_a_wrapper_is_passed_over_for_the_wheel_that_holds_the_libraries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, member in (
        ("tensorflow-2.14.1-cp311-cp311-macosx_12_0_arm64.whl", "METADATA"),
        (
            "tensorflow_macos-2.14.1-cp311-cp311-macosx_12_0_arm64.whl",
            "tensorflow/libtensorflow_cc.2.dylib",
        ),
    ):
        with zipfile.ZipFile(tmp_path / name, "w") as wheel:
            wheel.writestr(member, b"")
    read = Image("cc", "cc", exports={"_a": None, "_more": None})
    monkeypatch.setattr(collect, "read", lambda *_, **__: read)
    found = collect.collected(wheels.Folder(tmp_path), False, "2.14.1", "arm64", {"_a", "_b"})
    assert found.distribution == "tensorflow-macos"
    assert [set(image.exports) for image in found.images] == [{"_a"}]
    assert found.asked == ("_a", "_b")


def test_a_known_pair_is_told_without_reading_a_library() -> None:
    code = (
        "import sys; from verify.links.verdict import tell; tell('2.18.1', '1.2.0', 'arm64'); "
        "sys.exit('lief' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=False).returncode == 0


def test_a_symbol_is_shown_as_it_is_where_nothing_can_demangle_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "cxxfilt", None)
    assert demangled("__ZN1a1bEv") == "_ZN1a1bEv"
    assert demangled("_TF_NewStatus") == "TF_NewStatus"


def test_an_index_s_password_is_sent_to_it_alone_and_never_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://me:secret@mirror.invalid/simple/")
    index = wheels.Index()
    assert index.address == "http://mirror.invalid/simple"
    own = index.request(f"{index.address}/tensorflow/", {})
    assert own.get_header("Authorization") == "Basic bWU6c2VjcmV0"
    assert index.request("http://files.invalid/a.whl", {}).get_header("Authorization") is None
