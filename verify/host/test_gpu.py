"""The GPU is listed, usable and used."""

from __future__ import annotations

from verify.host.conftest import Proves


def test_the_gpu_is_listed(proves: Proves) -> None:
    proves("gpu.listed")


def test_the_gpu_opens_as_a_logical_device(proves: Proves) -> None:
    proves("gpu.logical")


def test_a_matmul_runs_on_the_gpu(proves: Proves) -> None:
    proves("gpu.matmul")
