"""Leaves out, with the reason, what cannot be tested here."""

from __future__ import annotations

import pytest

from verify.unit.browser import find_missing

NEED = "--need-browser"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(NEED, action="store_true", help="fail where there is no browser to test in")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs a browser where there is none, or fail it where one was asked for."""
    if item.get_closest_marker("browser") and (missing := find_missing()):
        (pytest.fail if item.config.getoption(NEED) else pytest.skip)(missing)
