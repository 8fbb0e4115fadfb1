"""What the extras of a lab lock must do, run by the twin's own Python: `lab.py DISTRIBUTION...`.

Imports everything that each of these distributions brings, then uses those that have a use below.
Prints their versions as JSON. Python 3.9 syntax.
"""

import importlib
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable
from importlib import metadata
from pathlib import Path


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        # Neither the settings nor the kernels of who runs this.
        os.environ.update(HOME=folder, MPLBACKEND="Agg", JUPYTER_PATH="", JUPYTER_NO_CONFIG="1")
        for name in sys.argv[1:]:
            try:
                for module in modules(name):
                    importlib.import_module(module)
                if name in USES:
                    USES[name](Path(folder))
            except Exception as error:
                raise SystemExit(f"{name}: {type(error).__name__}: {error}") from error
    print(json.dumps({name: metadata.version(name) for name in sys.argv[1:]}))
    return 0


def modules(name: str) -> list[str]:
    """What can be imported of a distribution; its private modules are its own affair."""
    try:
        files = metadata.files(name) or []
    except metadata.PackageNotFoundError:
        files = []
    tops = {Path(str(file)).parts[0] for file in files}
    found = sorted(
        top.removesuffix(".py") for top in tops if re.fullmatch(r"[A-Za-z]\w*(\.py)?", top)
    )
    if not found:
        raise LookupError("it brings nothing to import.")
    return found


def expect(what: str, right: object) -> None:
    if not right:
        raise ArithmeticError(f"{what} is wrong.")


def lightgbm(_folder: Path) -> None:
    import lightgbm
    import numpy as np

    x = np.linspace(0, 1, 200).reshape(-1, 1)
    model = lightgbm.LGBMRegressor(n_estimators=50, verbose=-1).fit(x, 2 * x[:, 0])
    expect("What it has learned", abs(model.predict(x) - 2 * x[:, 0]).max() < 0.2)


def xgboost(_folder: Path) -> None:
    import numpy as np
    import xgboost

    x = np.linspace(0, 1, 200).reshape(-1, 1)
    model = xgboost.XGBRegressor(n_estimators=50).fit(x, 2 * x[:, 0])
    expect("What it has learned", abs(model.predict(x) - 2 * x[:, 0]).max() < 0.2)


def scikit_learn(_folder: Path) -> None:
    import numpy as np
    from sklearn.linear_model import LinearRegression

    x = np.linspace(0, 1, 20).reshape(-1, 1)
    expect("The slope", abs(LinearRegression().fit(x, 2 * x[:, 0]).coef_[0] - 2) < 1e-6)


def scikit_image(_folder: Path) -> None:
    import numpy as np
    from skimage.transform import resize

    expect("The picture's size", resize(np.ones((8, 8)), (4, 4)).shape == (4, 4))


def pandas(folder: Path) -> None:
    import pandas

    table = pandas.DataFrame({"a": [1, 1, 2], "b": [3, 4, 5]})
    table.to_csv(folder / "table.csv", index=False)
    again = pandas.read_csv(folder / "table.csv")
    expect("The sum of a group", list(again.groupby("a").b.sum()) == [7, 5])


def matplotlib(folder: Path) -> None:
    """The figure is read back by what comes with it: Pillow."""
    from matplotlib import pyplot
    from PIL import Image

    figure, axes = pyplot.subplots(figsize=(2, 1), dpi=100)
    axes.plot([0, 1], [0, 1])
    figure.savefig(folder / "figure.png")
    with Image.open(folder / "figure.png") as picture:
        expect("The figure's size", picture.size == (200, 100))
        expect("The figure, which is blank,", len(picture.getcolors(100000) or ()) > 1)


def jupyterlab(folder: Path) -> None:
    """Its version, a headless server that answers, and a cell that is run with TensorFlow in it."""
    from jupyter_client.manager import start_new_kernel

    lab = [sys.executable, "-m", "jupyter", "lab"]
    subprocess.run([*lab, "--version"], check=True, capture_output=True, timeout=120)
    lab += ["--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0"]
    log = folder / "server.log"
    with log.open("w", encoding="utf-8") as file:
        server = subprocess.Popen([*lab, f"--notebook-dir={folder}"], stdout=file, stderr=file)
        try:
            expect("The server's page", b"JupyterLab" in answer(server, log))
        finally:
            server.kill()
            server.wait()
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        ran = client.execute_interactive(
            "import tensorflow\nassert int(tensorflow.constant(2) * 3) == 6",
            timeout=120,
            output_hook=lambda _message: None,
        )
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    expect(f"A cell ({ran['content'].get('evalue', '')})", ran["content"]["status"] == "ok")


def answer(server: "subprocess.Popen[bytes]", log: Path) -> bytes:
    """The page at the address that the server writes into its log."""
    for _ in range(600):
        found = re.search(
            r"http://127\.0\.0\.1:\d+/lab\?token=\w+", log.read_text(encoding="utf-8")
        )
        if found:
            page: bytes = urllib.request.urlopen(found[0], timeout=60).read()
            return page
        try:
            server.wait(0.2)
            break
        except subprocess.TimeoutExpired:
            pass
    raise OSError(
        "the server does not start: " + " ".join(log.read_text(encoding="utf-8").splitlines()[-3:])
    )


USES: "dict[str, Callable[[Path], None]]" = {
    "jupyterlab": jupyterlab,
    "lightgbm": lightgbm,
    "matplotlib": matplotlib,
    "pandas": pandas,
    "scikit-image": scikit_image,
    "scikit-learn": scikit_learn,
    "xgboost": xgboost,
}

if __name__ == "__main__":
    sys.exit(main())
