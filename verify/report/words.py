"""Text from a Mac, made fit to be shown."""

from __future__ import annotations

import unicodedata


def shown(text: object) -> str:
    """The text without what no page, terminal or XML takes: control characters, escape sequences'
    ESC among them, halves of characters, and marks that turn the direction of writing.
    """
    return "".join(
        char if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cf", "Cs") else "\ufffd"
        for char in str(text)
    )
