"""`python -m verify.links.render`: all that is rendered from the manifests.

The role's links.json, the README's table and docs/compatibility.md.
"""

from __future__ import annotations

import sys

from verify import readme, settings
from verify.links import page, table


def main() -> int:
    try:
        verdicts = table.released()
        # All are rendered before the first is written.
        read = {path: path.read_text(encoding="utf-8") for path in (page.PATH, readme.PATH)}
        texts = {
            page.PATH: page.rendered(read[page.PATH], verdicts),
            readme.PATH: readme.rendered(read[readme.PATH], settings.pins()),
        }
        table.write(table.table(verdicts), table.PATH)
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8")
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
