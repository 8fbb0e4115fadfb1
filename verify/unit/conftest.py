"""Leaves out, with the reason, what cannot be tested here; and takes no warning for nothing."""

from __future__ import annotations

import os
import shutil

import pytest

from verify.unit.browser import TYPE, find_missing

NEED = "--need-all"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(NEED, action="store_true", help="fail, not skip, what cannot be tested here")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("filterwarnings", "error")


def pytest_xdist_auto_num_workers() -> int:
    """Start two more than there are processors: many tests wait for what they have started."""
    return (os.cpu_count() or 1) + 2


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs what is not here; where all is asked for, fail it."""
    missing = find_missing() if item.get_closest_marker("browser") else ""
    for marker in item.iter_markers("needs"):
        program, package = marker.args
        if not shutil.which(program):
            missing = f"{program} cannot be found here. {TYPE} {package}"
    if missing:
        (pytest.fail if item.config.getoption(NEED) else pytest.skip)(missing)
