"""What a failed task said, and whether the Mac's clock has to do with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

DAY = 86400


def said(result: Mapping[str, Any]) -> str:
    """All that a failed result says, its items' words included; of a module that could not even be
    started, the last line.
    """
    items = [one for one in result.get("results", ()) if one.get("failed")]
    died = str(result.get("module_stderr") or "").strip().splitlines()[-1:]
    own = [] if items else [result.get("stderr"), result.get("stdout"), result.get("msg"), *died]
    return "\n".join([*map(said, items), *(str(text) for text in own if text)])


def clock(reading: Mapping[str, Any], now: float) -> str:
    """A sentence where the Mac's clock is a day or more off; else nothing."""
    if abs(reading["now"] - now) < DAY:
        return ""
    there, here = (day(seconds) for seconds in (reading["now"], now))
    return f"The clock of this Mac says that it is {there}; here it is {here}."


def day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")


class FilterModule:
    """Ansible's door to this file."""

    def filters(self) -> dict[str, Callable[..., str]]:
        return {"tensorflow_metal_said": said, "tensorflow_metal_clock": clock}
