"""`python -m verify.links.render`: the verdicts of the manifests, where the role reads them."""

from __future__ import annotations

import sys

from verify.links import table


def main() -> int:
    try:
        table.write(table.table(table.released()), table.PATH)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
