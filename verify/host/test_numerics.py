"""The GPU computes what the CPU computes."""

from __future__ import annotations

from verify.host.conftest import Proves


def test_gpu_and_cpu_agree_on_matmul(proves: Proves) -> None:
    proves("numerics.matmul")


def test_gpu_and_cpu_agree_on_conv2d(proves: Proves) -> None:
    proves("numerics.conv2d")


def test_gpu_and_cpu_agree_on_dense_and_relu_in_graph_mode(proves: Proves) -> None:
    proves("numerics.dense_relu")


def test_gpu_and_cpu_agree_on_softmax(proves: Proves) -> None:
    proves("numerics.softmax")
