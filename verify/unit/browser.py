"""The report's page in a real browser, headless."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axe_core_python.selenium import Axe
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

BROWSERS = ("chromium", "google-chrome", "chromium-browser")
DRIVER = "chromedriver"
TYPE = "Type, as root, on Debian or Ubuntu: apt-get install"
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    "resultTypes": ["violations"],
}


def find_browser() -> str | None:
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def find_missing() -> str:
    """Name what the page cannot be opened without, in a sentence; empty where all is here."""
    lacking = [] if find_browser() else ["chromium"]
    lacking += [] if shutil.which(DRIVER) else [DRIVER]
    return (
        f"The page is opened in a browser, and {' and '.join(lacking)} cannot be found here. "
        f"{TYPE} chromium chromium-driver"
        if lacking
        else ""
    )


@contextmanager
def opened(page: Path) -> Iterator[Browser]:
    """The page in a browser of its own; raises RuntimeError where there is none."""
    if missing := find_missing():
        raise RuntimeError(missing)
    options = ChromeOptions()
    options.binary_location = find_browser() or ""
    # No sandbox: it does not start as root, and the page is our own.
    for word in (
        "headless=new",
        "hide-scrollbars",
        "no-sandbox",
        "disable-gpu",
        "disable-dev-shm-usage",
    ):
        options.add_argument(f"--{word}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    chrome = Chrome(options, Service(shutil.which(DRIVER)))
    # A busy machine is slow to look at every element; the client itself waits two minutes.
    chrome.set_script_timeout(110)
    try:
        yield Browser(chrome, page)
    finally:
        chrome.quit()


class Browser:
    """A page that was opened, and what can be asked of it."""

    def __init__(self, chrome: Chrome, page: Path) -> None:
        self.chrome = chrome
        self.page = page
        self.open()

    def open(self, *, width: int = 1280, height: int = 900, theme: str = "light") -> None:
        media = [{"name": "prefers-color-scheme", "value": theme}]
        self.chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": media})
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self.chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        self.chrome.get(self.page.as_uri())

    def ask(self, script: str, *arguments: object) -> Any:  # noqa: ANN401  # as JSON has it
        return self.chrome.execute_script(f"return {script}", *arguments)

    def all_open(self) -> None:
        self.chrome.execute_script("document.querySelectorAll('details').forEach(d => d.open=true)")

    def log(self, name: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.chrome.get_log(name)  # type: ignore[no-untyped-call]
        return found

    def errors(self) -> list[str]:
        return [entry["message"] for entry in self.log("browser")]

    def requests(self) -> list[str]:
        """Every address that was asked for, the page's own included."""
        events = [json.loads(entry["message"]) for entry in self.log("performance")]
        return [
            event["message"]["params"]["request"]["url"]
            for event in events
            if event["message"]["method"] == "Network.requestWillBeSent"
        ]

    def shown(self) -> list[str]:
        """The names of the Macs that the list shows, in its order."""
        found: list[str] = self.ask(
            "Array.from(document.querySelectorAll('#macs-list > li'))"
            ".filter(one => one.checkVisibility()).map(one => one.id.slice(4))"
        )
        return found

    def violations(self) -> list[str]:
        """What the accessibility checker finds, each with where."""
        return [
            f"{found['id']}: {node['html'][:200]} {node.get('failureSummary', '')}"
            for found in Axe().run(self.chrome, options=RULES)["violations"]
            for node in found["nodes"]
        ]
