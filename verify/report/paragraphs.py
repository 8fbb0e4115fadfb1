"""Text in lines as wide as the screen; paths, addresses and commands stay whole, to be copied."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping
from typing import TextIO

from rich.console import Console
from rich.markup import escape

# A command stands between backquotes; while lines are made, its spaces are none.
COMMAND = re.compile(r"`[^`\n]+`")
GLUE = "\0"
NARROWEST = 20


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most that width, but for a word or a command that is longer."""
    glued = COMMAND.sub(lambda found: found[0].replace(" ", GLUE), text)
    wrapper = textwrap.TextWrapper(width, break_long_words=False, break_on_hyphens=False)
    lines = [line for row in glued.splitlines() for line in wrapper.wrap(row) or [""]]
    return [line.replace(GLUE, " ") for line in lines]


def show_parts(console: Console, parts: Mapping[str, str], indent: int) -> None:
    """Print paragraphs, each behind the word for what it is."""
    longest = max(map(len, parts), default=0)
    margin = " " * (indent + longest + 2)
    for word, text in parts.items():
        lines = wrap(text, max(console.width - len(margin), NARROWEST)) or [""]
        first = f"{' ' * indent}{word:{longest}}  "
        show_lines(console, [first + lines[0], *(margin + line for line in lines[1:])])


def show_text(console: Console, text: str, indent: int = 0) -> None:
    """Print one paragraph."""
    margin = " " * indent
    show_lines(console, [margin + line for line in wrap(text, console.width - indent)])


def write_plain(text: str, stream: TextIO) -> None:
    """Write lines with no blanks at their ends, as far as the stream has their letters."""
    letters = getattr(stream, "encoding", None) or "ascii"
    whole = "".join(f"{line.rstrip()}\n" for line in text.splitlines())
    stream.write(whole.encode(letters, "replace").decode(letters))


def show_lines(console: Console, lines: Iterable[str]) -> None:
    """Print lines as they are: what is longer than the screen, that one folds and copies whole."""
    for line in lines:
        console.print(escape(line.rstrip()), soft_wrap=True)
