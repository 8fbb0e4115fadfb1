"""The on-host program as one file that fits on a command line."""

from __future__ import annotations

import base64
import functools
import io
import zipfile
from pathlib import Path

from verify.settings import ROLE

PACKAGE = Path(__file__).resolve().parent.parent / "onhost"
LINKS = ROLE / "files" / "links.json"
START = "import sys\n\nfrom onhost.__main__ import main\n\nsys.exit(main())\n"
# A Linux controller's shell takes at most 128 KiB in one argument, the command round it included.
LARGEST = 112_000


@functools.cache
def archive() -> str:
    """The zipapp in base64; raises ValueError where it has grown too large to send at once."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        made.writestr("__main__.py", START)
        made.write(LINKS, f"{PACKAGE.name}/{LINKS.name}")
        for source in sorted([*PACKAGE.glob("*.py"), *PACKAGE.glob("*.bin")]):
            made.write(source, f"{PACKAGE.name}/{source.name}")
    text = base64.b64encode(packed.getvalue()).decode()
    if len(text) > LARGEST:
        raise ValueError(f"The on-host program takes {len(text)} characters, over {LARGEST}.")
    return text
