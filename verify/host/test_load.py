"""TensorFlow imports, and its GPU is listed and opens."""

from __future__ import annotations

from verify.host.conftest import Proves


def test_tensorflow_imports_in_the_locked_version(proves: Proves) -> None:
    proves("load.imports")


def test_the_gpu_is_listed(proves: Proves) -> None:
    proves("load.listed")


def test_the_gpu_opens_as_a_logical_device(proves: Proves) -> None:
    proves("load.logical")
