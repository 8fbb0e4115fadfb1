"""What comes from outside into a user's program, whichever way it was started."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from verify.onhost import outside, views
from verify.onhost.registry import Check, Finding
from verify.onhost.views import View, seen
from verify.unit.macs import expected

Found = Callable[..., Finding]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment's site-packages with one plugin in it, on the checks' own path."""
    folder = tmp_path / "env" / "site-packages"
    library(folder)
    monkeypatch.setattr(sys, "path", [str(folder)])
    return folder


@pytest.fixture
def found(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Found:
    """What a check finds where a user's program sees this much more of the Mac."""
    monkeypatch.setattr(outside, "installed", lambda: {"keras": "3.5.0"})
    monkeypatch.setenv("HOME", str(tmp_path))

    def measure(
        check: Check, path: tuple[str, ...] = (), user_site: str = "", **variables: str
    ) -> Finding:
        whole = (str(site), *path)
        shell = View("in a login shell", whole, variables, str(tmp_path), (str(site),), user_site)
        quiet = View("over ssh", (str(site),), {}, str(tmp_path / "none"), (str(site),), "")
        monkeypatch.setattr(outside, "views", lambda: (quiet, shell))
        return check.measure(expected())

    return measure


def library(folder: Path, name: str = "libmetal_plugin.dylib") -> Path:
    place = folder / "tensorflow-plugins" / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.touch()
    return folder


def test_a_mac_on_which_nobody_has_set_anything_is_right(found: Found) -> None:
    for check in (outside.plugin, outside.outside, outside.keras):
        assert found(check).status == "pass", check.id


def test_an_environment_without_its_plugin_is_wrong(found: Found, site: Path) -> None:
    (site / "tensorflow-plugins" / "libmetal_plugin.dylib").unlink()
    assert found(outside.plugin).cause == "The plugin's library is not there."


def test_a_second_plugin_is_found_wherever_tensorflow_would_find_it(
    found: Found, site: Path, tmp_path: Path
) -> None:
    user = library(tmp_path / "user" / "site-packages")
    assert found(outside.plugin, user_site=str(user)).status == "fail"
    finding = found(outside.plugin, path=(str(user),))
    assert finding.status == "fail"
    assert str(user) in finding.cure
    assert found(outside.plugin, TF_PLUGGABLE_DEVICE_LIBRARY_PATH="/x").cause.startswith("TF_PLUGG")
    library(site, "libother.so")
    assert "libother.so" in str(found(outside.plugin).measured)


def test_a_second_plugin_that_this_environment_does_not_see_is_a_warning(
    found: Found, tmp_path: Path
) -> None:
    for folder in outside.own_sites(tmp_path):
        library(Path(folder))
    finding = found(outside.plugin)
    assert finding.status == "warn"
    assert str(finding.measured).count(".dylib") == 3


def test_a_path_that_brings_nothing_of_ours_is_left_alone(found: Found, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    assert found(outside.outside, path=(str(mine), "/nowhere")).status == "pass"
    (mine / "numpy").mkdir()
    finding = found(outside.outside, path=(str(mine),))
    assert (finding.status, finding.measured) == ("fail", f"in a login shell {mine} has numpy")


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"KERAS_BACKEND": "jax"}, "KERAS_BACKEND=jax in a login shell"),
        ({"TF_USE_LEGACY_KERAS": "1"}, "TF_USE_LEGACY_KERAS=1 in a login shell"),
    ],
)
def test_a_variable_that_makes_keras_another_is_named(
    found: Found, variables: dict[str, str], said: str
) -> None:
    finding = found(outside.keras, **variables)
    assert (finding.status, finding.measured) == ("fail", said)
    assert finding.cause


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"backend": "tensorflow", "floatx": "float32"}, "pass"),
        ({"backend": "torch"}, "fail"),
        ({"floatx": "float64"}, "fail"),
        ({"image_data_format": "channels_first"}, "fail"),
        ([], "pass"),
    ],
)
def test_the_user_s_keras_json_is_read_as_keras_reads_it(
    found: Found, tmp_path: Path, given: object, status: str
) -> None:
    file = tmp_path / ".keras" / "keras.json"
    file.parent.mkdir()
    file.write_text(json.dumps(given))
    assert found(outside.keras).status == status
    assert found(outside.keras, KERAS_HOME=str(tmp_path / "elsewhere")).status == "pass"
    file.write_text("{")
    assert found(outside.keras).status == "pass"


def test_a_variable_stands_above_the_file(found: Found, tmp_path: Path) -> None:
    file = tmp_path / ".keras" / "keras.json"
    file.parent.mkdir()
    file.write_text('{"backend": "torch"}')
    assert found(outside.keras, KERAS_BACKEND="tensorflow").status == "pass"


def test_before_keras_3_there_is_no_other_backend(
    found: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outside, "installed", lambda: {"keras": "2.15.0"})
    assert found(outside.keras, KERAS_BACKEND="jax", TF_USE_LEGACY_KERAS="1").status == "pass"


def test_the_program_sees_what_its_surroundings_give_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    view = seen("here", [sys.executable, "-B", "-c", views.PROGRAM])
    assert view is not None
    assert str(tmp_path) in view.path
    assert view.home == str(tmp_path)
    assert "" not in view.path
    assert os.path.realpath(view.sites[0]) in view.packages


def test_a_shell_that_does_not_answer_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "PATIENCE", 0.5)
    assert seen("lost", ["/no/such/shell"]) is None
    assert seen("slow", ["/bin/sleep", "5"]) is None
    assert seen("mute", ["/bin/echo", "hello"]) is None


def test_the_login_shell_is_asked_as_well() -> None:
    views.views.cache_clear()
    assert [view.name for view in views.views()] == ["over ssh", "in a login shell"]
