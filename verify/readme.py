"""`python -m verify.readme`: the README's table of what a Mac gets, rendered from the pins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from verify import settings

PATH = settings.PROJECT / "README.md"
HEAD = (
    "| pin | Mac | macOS from | Python | packages | why | until |\n|---|---|---|---|---|---|---|\n"
)
MACHINES = {"arm64": "Apple silicon", "x86_64": "Intel"}


def rendered(text: str, pins: Iterable[Mapping[str, Any]]) -> str:
    """`text` with a table of `pins` between its two marks."""
    table = HEAD + "".join(map(line, pins))
    return re.sub(
        r"(?s)(<!-- pins -->\n).*?(<!-- /pins -->)", lambda m: f"{m[1]}{table}{m[2]}", text
    )


def line(row: Mapping[str, Any]) -> str:
    """One row as a line of a Markdown table."""
    name = f"`{row['id']}`" + (" (recommended)" if row["status"] == "recommended" else "")
    macos = f"{row['macos_min']} to {row['macos_max']}" if row["macos_max"] else row["macos_min"]
    packages = ", ".join(f"{package} {version}" for package, version in row["packages"].items())
    cells = [name, MACHINES[row["machine"]], macos, row["python"], packages, row["reason"]]
    return f"| {' | '.join([*cells, row['until']])} |\n"


if __name__ == "__main__":
    PATH.write_text(rendered(PATH.read_text(encoding="utf-8"), settings.pins()), encoding="utf-8")
