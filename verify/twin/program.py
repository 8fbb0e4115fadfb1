"""What a set of packages must do, run by the twin's own Python: import, train, save, load, serve.

Prints the versions as JSON. TensorFlow and the standard library only; Python 3.9 syntax.
"""

import json
import re
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path


def main() -> int:
    import keras
    import numpy as np
    import tensorflow as tf

    x = np.linspace(0, 1, 64, dtype="float32").reshape(-1, 1)
    layers = [tf.keras.layers.Dense(8, "relu"), tf.keras.layers.Dense(1)]
    model = tf.keras.Sequential([tf.keras.Input((1,)), *layers])
    model.compile("adam", "mse")
    with tempfile.TemporaryDirectory() as folder:
        logs = tf.keras.callbacks.TensorBoard(folder)
        losses = model.fit(x, 2 * x, epochs=20, verbose=0, callbacks=[logs]).history["loss"]
        if not losses[-1] < losses[0]:
            raise SystemExit(
                f"The loss did not fall: {losses[0]} in the first epoch, {losses[-1]}."
            )
        # Keras 2 knows its own format only from 2.12 on.
        old = int(keras.__version__.split(".")[0]) < 3
        saved = str(Path(folder, "model.h5" if old else "model.keras"))
        model.save(saved)
        again = tf.keras.models.load_model(saved)
        if not np.allclose(model.predict(x, verbose=0), again.predict(x, verbose=0)):
            raise SystemExit("A saved and loaded model predicts something else.")
        serve(folder)
    versions = {"tensorflow": tf.__version__, "keras": keras.__version__, "numpy": np.__version__}
    print(json.dumps(versions))
    return 0


def serve(folder: str) -> None:
    """Start tensorboard on a free port of the loopback and have it answer once."""
    command = [sys.executable, "-m", "tensorboard.main", "--logdir", folder]
    command += ["--host", "127.0.0.1", "--port", "0", "--load_fast", "false"]
    board = subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8")
    said = []
    try:
        for line in board.stderr or ():
            said.append(line)
            found = re.search(r"http://127\.0\.0\.1:\d+/", line)
            if found:
                urllib.request.urlopen(found[0], timeout=30).read()
                return
        raise SystemExit("tensorboard does not start: " + "".join(said[-3:]))
    finally:
        board.kill()
        board.wait()


if __name__ == "__main__":
    sys.exit(main())
