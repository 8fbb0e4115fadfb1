"""The environment is the planned one, whole, and TensorFlow imports in it."""

from __future__ import annotations

from verify.host.conftest import Proves


def test_the_active_environment_is_the_planned_one(proves: Proves) -> None:
    proves("environment.active")


def test_the_environment_is_built_on_the_planned_python(proves: Proves) -> None:
    proves("environment.python")


def test_the_installed_packages_are_those_of_the_lock(proves: Proves) -> None:
    proves("environment.lock")


def test_every_installed_file_is_whole(proves: Proves) -> None:
    proves("environment.files")


def test_the_outside_libraries_load(proves: Proves) -> None:
    proves("environment.libraries")
