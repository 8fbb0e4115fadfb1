"""Every task that fetches, or is sent what was fetched, heeds the limit on how many do so."""

from __future__ import annotations

import re

from verify.unit.role import role_tasks

FETCHES = re.compile(
    r"get_url|community\.general\.homebrew|'reinstall'|brew', 'update|software_update install"
    r"|-m pip install|python install|conda_create|_tensorflow_metal_install\[|share\.archive"
)
LIMIT = "{{ tensorflow_metal_downloads }}"


def test_they_all_do_and_no_other() -> None:
    fetching, limited = set(), set()
    for _, task in role_tasks():
        if "block" not in task and FETCHES.search(str(task)):
            fetching.add(task["name"])
        if task.get("throttle") == LIMIT:
            limited.add(task["name"])
    assert fetching == limited
    assert fetching
