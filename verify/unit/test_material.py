"""What is said where something cannot be fetched or written."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from verify import settings
from verify.unit.role import ROLE

catalogue, material = settings.filters("catalogue"), settings.filters("material")
ENTRIES: list[dict[str, Any]] = yaml.safe_load((ROLE / "files" / "material.yml").read_text())
NOW = 1_795_000_000

# Each as it was recorded: uv 0.13.8 and pip, asking a server that misbehaves.
RECORDED = {
    "certificate-date": [
        "cause: invalid peer certificate: certificate expired: verification time 1795260732 (UNIX),"
        " but certificate is not valid after 1420156800 (375103932 seconds ago)",
    ],
    "hash": [
        "error: Failed to download `six==1.17.0`\n  cause: Hash mismatch for `six==1.17.0`",
        "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
        "Error: libomp: SHA256 mismatch\nExpected: aa\n  Actual: bb",
    ],
    "lock-incomplete": [
        "error: In `--require-hashes` mode, all requirements must have a hash, but none were"
        " provided for: six==1.17.0",
    ],
    "lock-unreadable": ["error: Couldn't parse requirement in `lock.txt` at position 0"],
    "read-only": ["There was an issue creating /opt/tensorflow: [Errno 30] Read-only file system"],
    "no-room": [
        "FileNotFoundError: [Errno 2] No usable temporary directory found in ['/tmp']",
        "error: Failed to download `wrapt==2.5.2`\n  cause: Failed to extract archive: wrapt.whl\n"
        "  cause: I/O operation failed during extraction\n  cause: failed to create directory"
        " `/opt/a/wrapt-2.5.2.dist-info`: No space left on device (os error 28)",
    ],
    "server-error": [
        "cause: HTTP status server error (500 Internal Server Error) for url (http://a/simple/six/)",
    ],
    "slow": ["cause: operation timed out", "socket.timeout: The read operation timed out"],
    "broken-off": [
        "hint: The structure of `six` (v1.17.0) was invalid:\n  Failed to read from zip file",
        "error: Failed to download `six==1.17.0`\n  cause: Failed to extract archive: six.whl",
    ],
    "not-there": [
        "cause: Because six was not found in the package registry and you require six==1.17.0,",
        "cause: HTTP status client error (404 Not Found) for url (http://a/missing/simple/six/)",
    ],
    "not-listed": ["cause: Because there is no version of six==1.17.0 and you require six==1.17.0"],
    "unreachable": ["cause: tcp connect error\n  cause: Connection refused (os error 111)"],
}
WORDS = [(key, text) for key, texts in RECORDED.items() for text in texts]


@pytest.mark.parametrize(("expected", "text"), WORDS)
def test_a_recorded_message_has_its_own_explanation(expected: str, text: str) -> None:
    found = catalogue.explain(text, ENTRIES)
    assert found["id"] == expected
    assert found["cause"].endswith(".")
    assert found["cure"].endswith(".")


def test_an_entry_has_what_the_catalogue_has() -> None:
    keys = {"id", "pattern", "cause", "cure", "source", "harmless"}
    assert all(entry.keys() == keys and not entry["harmless"] for entry in ENTRIES)
    assert len({entry["id"] for entry in ENTRIES}) == len(ENTRIES)


def test_what_a_task_said_is_all_of_its_words() -> None:
    result = {"msg": "non-zero return code", "stderr": "error: no", "stdout": "", "rc": 2}
    assert material.said(result) == "error: no\nnon-zero return code"


def test_what_a_module_that_could_not_be_started_said_is_its_last_line() -> None:
    died = 'Traceback (most recent call last):\n  File "<stdin>"\nFileNotFoundError: No usable'
    result = {"msg": "No start of json char found", "module_stderr": died, "rc": 1}
    assert material.said(result) == "No start of json char found\nFileNotFoundError: No usable"


def test_what_a_loop_said_is_what_its_failed_items_said() -> None:
    items = [{"msg": "fine"}, {"msg": "[Errno 30] Read-only file system", "failed": True}]
    looped = {"msg": "One or more items failed", "results": items}
    assert material.said(looped) == "[Errno 30] Read-only file system"


@pytest.mark.parametrize("off", [0, 3600, -86000])
def test_a_clock_that_is_right_is_not_spoken_of(off: int) -> None:
    assert material.clock({"now": NOW + off}, NOW) == ""


@pytest.mark.parametrize(("off", "there"), [(-378_000_000, "2014-11-26"), (86_400, "2026-11-19")])
def test_a_clock_that_is_off_is_named_with_what_it_says(off: int, there: str) -> None:
    sentence = f"The clock of this Mac says that it is {there}; here it is 2026-11-18."
    assert material.clock({"now": NOW + off}, NOW) == sentence
