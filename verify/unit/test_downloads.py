"""Every task that fetches, or is sent what was fetched, heeds the limit on how many do so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from verify.unit.role import ROLE

FETCHES = re.compile(
    r"get_url|community\.general\.homebrew|'reinstall'|brew', 'update|software_update install"
    r"|-m pip install|python install|conda_create|_tensorflow_metal_install\[|share\.archive"
)
LIMIT = "{{ tensorflow_metal_downloads }}"


def tasks(block: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for task in block:
        inner = [part for word in ("block", "rescue", "always") for part in task.get(word, [])]
        if inner:
            yield from tasks(inner)
        else:
            yield task


def test_they_all_do_and_no_other() -> None:
    fetching, limited = set(), set()
    for file in (ROLE / "tasks").glob("*.yml"):
        for task in tasks(yaml.safe_load(file.read_text())):
            if FETCHES.search(str(task)):
                fetching.add(task["name"])
            if task.get("throttle") == LIMIT:
                limited.add(task["name"])
    assert fetching == limited
    assert len(fetching) == 11
