"""Text is UTF-8 whatever the locale: no file and no program's output is read as it decides."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from verify.settings import PROJECT

FOLDERS = ("molecule", "playbooks", "roles", "verify")
# The disguise stands in for macOS' own programs.
ELSEWHERE = ("molecule/lab", "verify/unit")
TEXT = {*"rwax", *(f"{letter}t" for letter in "rwax")}
SOURCES = [
    path
    for folder in FOLDERS
    for path in sorted((PROJECT / folder).rglob("*.py"))
    if not path.relative_to(PROJECT).as_posix().startswith(ELSEWHERE)
]


def undecided(source: str) -> Iterator[int]:
    """The lines of the calls that leave it to the locale how text is written in bytes."""
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call) or any(word.arg == "encoding" for word in call.keywords):
            continue
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        where = getattr(getattr(call.func, "value", None), "id", "")
        modes = {one.value for one in call.args if isinstance(one, ast.Constant)}
        text = any(
            word.arg in ("text", "universal_newlines") and ast.unparse(word.value) == "True"
            for word in call.keywords
        )
        whole = name == "write_text" or (name == "read_text" and not call.args)
        opened = name == "fdopen" or (name == "open" and where not in ("os", "tarfile", "Image"))
        plain = isinstance(call.func, ast.Name) and not any("b" in str(mode) for mode in modes)
        if text or whole or (opened and (modes & TEXT or (name == "open" and plain))):
            yield call.lineno


def test_text_says_its_encoding() -> None:
    found = {
        str(path.relative_to(PROJECT)): [*undecided(path.read_text("utf-8"))] for path in SOURCES
    }
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_what_the_locale_would_decide_is_found() -> None:
    for call in ("p.read_text()", "open(p)", "p.open('w')", "run(x, text=True)"):
        assert list(undecided(call)) == [1], call
    for call in ("p.read_text(encoding='utf-8')", "open(p, 'rb')", "os.open(p, 1)", "z.open(m)"):
        assert not list(undecided(call)), call
