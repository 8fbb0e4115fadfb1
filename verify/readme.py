"""`python -m verify.readme`: the README's table of what a Mac gets, from the pins and manifests."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from verify import settings
from verify.links.row import evidence

PATH = settings.PROJECT / "README.md"
HEAD = (
    "| pin | Mac | macOS from | Python | packages | plugin | why | until |\n"
    "|---|---|---|---|---|---|---|---|\n"
)
MACHINES = {"arm64": "Apple silicon", "x86_64": "Intel"}


def rendered(text: str, pins: Iterable[Mapping[str, Any]]) -> str:
    """`text` with a table of `pins` between its two marks."""
    return between(text, "pins", HEAD + "".join(map(line, pins)))


def between(text: str, mark: str, content: str) -> str:
    """`text` with this between its two marks. Raises ValueError where they are not there."""
    found = re.sub(
        rf"(?s)(<!-- {mark} -->\n).*?(<!-- /{mark} -->)", lambda m: f"{m[1]}{content}{m[2]}", text
    )
    if f"<!-- {mark} -->\n{content}<!-- /{mark} -->" not in found:
        raise ValueError(f"The text has lost its marks, <!-- {mark} --> and <!-- /{mark} -->.")
    return found


def line(row: Mapping[str, Any]) -> str:
    """One row as a line of a Markdown table."""
    name = f"`{row['id']}`" + (" (recommended)" if row["status"] == "recommended" else "")
    macos = f"{row['macos_min']} to {row['macos_max']}" if row["macos_max"] else row["macos_min"]
    packages = ", ".join(f"{package} {version}" for package, version in row["packages"].items())
    cells = [name, MACHINES[row["machine"]], macos, row["python"], packages, evidence(row)]
    return f"| {' | '.join([*cells, row['reason'], row['until']])} |\n"


if __name__ == "__main__":
    PATH.write_text(rendered(PATH.read_text(encoding="utf-8"), settings.pins()), encoding="utf-8")
