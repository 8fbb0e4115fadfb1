"""The picture of the page in docs, of a made-up fleet: python -m verify.unit.picture TARGET.png"""

from __future__ import annotations

import base64
import dataclasses
import sys
import tempfile
from pathlib import Path

from verify.report import history, page
from verify.report.fleet import Fleet
from verify.unit.browser import opened
from verify.unit.fleets import fleet
from verify.unit.macs import line


def main(target: Path) -> None:
    """Write the upper part of the page as a PNG."""
    macs = fleet(12, simulated=1, seed=5)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder)
        before = [
            dataclasses.replace(mac, verdict="pass", checks=(line(),)) if number % 4 else mac
            for number, mac in enumerate(macs.macs)
        ]
        history.keep(report, Fleet("2026-11-20T09:00:00+00:00", tuple(before)))
        history.turn(report, [mac.name for mac in before])
        page.save(macs, report)
        with opened(report / "fleet.html") as browser:
            browser.open(width=1000, height=1080)
            shot = browser.chrome.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
    target.write_bytes(base64.b64decode(shot["data"]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
