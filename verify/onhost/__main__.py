"""The on-host program: `python onhost.pyz '<expected as JSON>'`.

Prints a JSON line with the checks that are to come, and one per check when it is done. Exits 0 when
every check passed or only warned, 1 when one did not, 2 when the argument is unusable.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Collection

from .catalogue import CHECKS, checks_for
from .child import prepare, serve, spare
from .expected import Expected
from .parent import Parent
from .registry import Line

CHILD = "--child"


def main() -> int:
    arguments = sys.argv[1:]
    if arguments[:1] == [CHILD]:
        child(int(arguments[1]), Expected.parse(arguments[2]), arguments[3].split(","))
        return 0
    if len(arguments) != 1:
        print("Give what is expected of this Mac, as one JSON argument.", file=sys.stderr)
        return 2
    try:
        expected = Expected.parse(arguments[0])
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2

    statuses = []

    def tell(line: Line) -> None:
        statuses.append(line["status"])
        print(json.dumps(line), flush=True)

    print(json.dumps({"checks": [check.id for check in checks_for(expected)]}), flush=True)
    # -I: neither the user's own packages nor PYTHON* variables reach the environment under test.
    command = [sys.executable, "-I", "-B", sys.argv[0], CHILD]
    Parent(
        expected,
        lambda pipe, ids: [*command, str(pipe), arguments[0], ",".join(ids)],
        tell,
    ).watch(checks_for(expected))
    return 0 if set(statuses) <= {"pass", "warn"} else 1


def child(pipe: int, expected: Expected, ids: Collection[str]) -> None:
    """Get ready for these checks, and write to the pipe the lines of those that are ordered."""
    checks = [check for check in CHECKS if check.id in ids]
    with os.fdopen(pipe, "w", encoding="utf-8") as lines:
        prepare(checks)
        given = sys.stdin.read()
        # The parent is gone, and nobody reads on.
        if not given:
            return
        orders = json.loads(given)
        spare(checks, expected, orders["passed"])
        ordered = [check for check in checks if check.id in orders["checks"]]
        serve(ordered, expected, lines, orders["passed"])


if __name__ == "__main__":
    sys.exit(main())
