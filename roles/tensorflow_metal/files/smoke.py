"""Does TensorFlow work in this environment at all? smoke.py gpu|cpu, run by its own Python.

Prints one JSON object and exits 0, or says why not on stderr and exits 1. TensorFlow runs in a
child process with a time limit, since one that hangs cannot be stopped from inside. For a row with
a GPU, the GPU must be listed and must run one MatMul with soft placement off: the one test of
placement that cannot be fooled.
"""

import json
import os
import subprocess
import sys

SECONDS = 300
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


def main(promise: str) -> int:
    environment = dict(os.environ, PYTHONNOUSERSITE="1", TF_CPP_MIN_LOG_LEVEL="2")
    command = [sys.executable, "-c", CHILD, promise]
    try:
        child = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        print(f"TensorFlow did not answer within {SECONDS} seconds.", file=sys.stderr)
        return 1
    if child.returncode:
        print("\n".join(child.stderr.strip().splitlines()[-5:]), file=sys.stderr)
        return 1
    print(json.dumps(json.loads(child.stdout.strip().splitlines()[-1])))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
