"""The verification's checks, each in an interpreter of its own: import_a_test.py MAC...

What a suite costs whose every test starts Python and imports TensorFlow, as most that one finds do.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import testinfra

import lab
from verify import settings
from verify.host.archive import archive
from verify.host.judge import expectation, read
from verify.host.run import over
from verify.host.wish import Wish
from verify.onhost.catalogue import checks_for
from verify.verdict import lines_in

EACH = Path(__file__).with_name("each.sh")


def right(mac: str, variables: Mapping[str, Any]) -> bool:
    """Whether each check passes in its own interpreter; those that do not are printed."""
    run = over(testinfra.get_host(f"ansible://{mac}?ansible_inventory={lab.inventory()}"))
    wanted = settings.wanted(variables)
    reading = read(run, wanted)
    plan = settings.plan(reading, wanted)
    expected = expectation(reading, plan, plan["environments"][0], Wish.of(variables, {}))
    names = [check.id for check in checks_for(expected)]
    program = (f"{expected.environment}/bin/python", archive(), expected.dump())
    words = ("each", *program, json.dumps(names), *names)
    answer = run("/bin/sh -c %s" + " %s" * len(words), EACH.read_text(encoding="utf-8"), *words)
    lines = {line["id"]: line["status"] for line in lines_in(answer.stdout)}
    wrong = {name: lines.get(name, "silent") for name in names}
    wrong = {name: status for name, status in wrong.items() if status not in ("pass", "warn")}
    if wrong:
        print(mac, wrong, answer.stderr[-2000:], sep="\n")
    return not wrong


if __name__ == "__main__":
    sys.exit(not all(right(mac, lab.variables()) for mac in sys.argv[1:]))
