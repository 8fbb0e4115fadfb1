"""What is asked of the GPU runs there."""

from __future__ import annotations

from verify.host.conftest import Proves


def test_a_matmul_runs_on_the_gpu(proves: Proves) -> None:
    proves("placement.matmul")
