"""The smoke check, with a small module in TensorFlow's place that goes wrong in each way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from verify import settings
from verify.unit.role import ROLE

SMOKE = ROLE / "files" / "smoke.py"
CATALOGUE = yaml.safe_load((ROLE / "files" / "catalogue.yml").read_text())
# As much of TensorFlow as the check uses.
TENSORFLOW = """
import os, sys, time
from types import SimpleNamespace
__version__ = "2.18.1"
soft, place = [True], [None]
gpus = [SimpleNamespace(name="/physical_device:GPU:0")]

class Product:
    backing_device = "GPU:0"
    value = 8
    def numpy(self): return self
    def min(self): return self.value
    def max(self): return 8

class Device:
    def __init__(self, name): place[0] = name
    def __enter__(self): pass
    def __exit__(self, *_): pass

device = Device
config = SimpleNamespace(
    set_soft_device_placement=lambda on: soft.__setitem__(0, on),
    list_physical_devices=lambda kind: gpus,
)
def ones(shape): return shape
def matmul(a, b):
    if soft[0]: sys.exit("soft placement is on")
    product = Product()
    product.backing_device = place[0]
    return product
"""


def smoke(
    folder: Path, wrong: str = "", promise: str = "gpu", seconds: str = "20"
) -> subprocess.CompletedProcess[str]:
    """What the check says of a TensorFlow that is right but for a few lines."""
    (folder / "tensorflow.py").write_text(TENSORFLOW + wrong)
    return subprocess.run(
        [sys.executable, SMOKE, promise, seconds],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(folder)},
        timeout=60,
    )


def test_a_tensorflow_that_works_is_told_with_where_it_multiplied(tmp_path: Path) -> None:
    for promise, device in (("gpu", "/GPU:0"), ("cpu", "/CPU:0")):
        answer = smoke(tmp_path, promise=promise)
        assert json.loads(answer.stdout)["matmul"] == device, answer.stderr


WRONG = [
    ("raise ImportError('Symbol not found: _TF_X')", "Symbol not found: _TF_X"),
    ("gpus.clear()", "TensorFlow lists no GPU."),
    ("Product.value = 7", "ones(8, 8) x ones(8, 8) is not 8 everywhere on /GPU:0."),
    ("os.abort()", "TensorFlow died of SIGABRT."),
    ("def matmul(a, b): raise RuntimeError('no kernel')", "RuntimeError: no kernel"),
]


@pytest.mark.parametrize(("wrong", "says"), WRONG)
def test_what_does_not_work_fails_and_says_why(tmp_path: Path, wrong: str, says: str) -> None:
    answer = smoke(tmp_path, wrong)
    assert answer.returncode == 1
    assert says in answer.stderr


def test_a_mac_without_a_promised_gpu_needs_none(tmp_path: Path) -> None:
    assert smoke(tmp_path, "gpus.clear()", promise="cpu").returncode == 0


def test_what_hangs_is_killed_with_all_that_it_started(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    hangs = f"""
import subprocess
child = subprocess.Popen(["sleep", "100"])
open({str(pid)!r}, "w").write(str(child.pid))
print("about to hang", file=sys.stderr, flush=True)
time.sleep(100)
"""
    began = time.monotonic()
    answer = smoke(tmp_path, hangs, seconds="2")
    assert time.monotonic() - began < 30
    assert answer.returncode == 1
    assert "about to hang\nTensorFlow did not answer within 2 seconds" in answer.stderr
    # Killed, though nobody may have asked yet how it ended.
    state = Path(f"/proc/{pid.read_text()}/stat")
    assert not state.exists() or state.read_text().split()[2] == "Z"


def test_a_failure_is_explained_by_the_catalogue(tmp_path: Path) -> None:
    explained = settings.filters("catalogue").tensorflow_metal_explained
    lost = "dlopen: Library not loaded: @rpath/_pywrap_tensorflow_internal.so"
    assert "2.20" in explained(smoke(tmp_path, f"raise ImportError({lost!r})").stderr, CATALOGUE)
    for wrong, says in WRONG[1:4]:
        assert says in explained(smoke(tmp_path, wrong).stderr, CATALOGUE)
