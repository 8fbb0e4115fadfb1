"""Does TensorFlow work in this environment at all? smoke.py gpu|cpu SECONDS, run by its own Python.

Prints one JSON object and exits 0, or says why not on stderr and exits 1. TensorFlow runs in a
child process with a time limit, since one that hangs cannot be stopped from inside; what hangs is
killed with all that it started. For a row with a GPU, the GPU must be listed and must run one
MatMul with soft placement off: the one test of placement that cannot be fooled.
"""

import json
import os
import signal
import subprocess
import sys

SHOWN = 40
PATIENCE = 10
CHILD = """
import json, sys
import tensorflow as tf
tf.config.set_soft_device_placement(False)
device = "/GPU:0" if sys.argv[1] == "gpu" else "/CPU:0"
gpus = [gpu.name for gpu in tf.config.list_physical_devices("GPU")]
if sys.argv[1] == "gpu" and not gpus:
    sys.exit("TensorFlow lists no GPU.")
with tf.device(device):
    product = tf.matmul(tf.ones((8, 8)), tf.ones((8, 8)))
if product.numpy().min() != 8 or product.numpy().max() != 8:
    sys.exit("ones(8, 8) x ones(8, 8) is not 8 everywhere on " + device + ".")
print(json.dumps({"tensorflow": tf.__version__, "gpus": gpus, "matmul": product.backing_device}))
"""


def main(promise: str, seconds: float) -> int:
    # stderr is told whole to the catalogue of faults, so TensorFlow is to say what goes wrong.
    environment = dict(os.environ, PYTHONNOUSERSITE="1", TF_CPP_MIN_LOG_LEVEL="0")
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, promise],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    try:
        out, said = child.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        hung = f"TensorFlow did not answer within {seconds:g} seconds: it hung."
        os.killpg(child.pid, signal.SIGKILL)
        try:
            return wrong(child.communicate(timeout=PATIENCE)[1], hung)
        except subprocess.TimeoutExpired:
            # Inside a driver's call that never returns, not even SIGKILL ends it.
            return wrong("", f"{hung} Process {child.pid} cannot be ended: restart this Mac.")
    if child.returncode < 0:
        return wrong(said, f"TensorFlow died of {signal.Signals(-child.returncode).name}.")
    if child.returncode:
        return wrong(said, "")
    print(json.dumps(json.loads(out.strip().splitlines()[-1])))
    return 0


def wrong(said: str, sentence: str) -> int:
    lines = [*said.strip().splitlines()[-SHOWN:], sentence]
    print("\n".join(lines).strip(), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2])))
