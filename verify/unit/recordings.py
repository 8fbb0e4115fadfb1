"""What macOS' tools print, as the simulated lab keeps it: molecule/lab/recordings."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "molecule" / "lab" / "recordings"
KEYS = ["macos", "source", "command"]


def halves(path: Path) -> tuple[dict[str, str], str]:
    """A recording's head and its text."""
    head, text = path.read_text().split("---\n", 1)
    return dict(line.split(": ", 1) for line in head.splitlines()), text


def recorded(name: str) -> str:
    """The text of a recording, named by its place without the ending."""
    return halves(FOLDER / f"{name}.txt")[1]


def recordings(command: str = "*") -> dict[str, dict[str, str]]:
    """The heads of a command's recordings, or of all, by name."""
    return {path.stem: halves(path)[0] for path in FOLDER.glob(f"{command}/*.txt")}
