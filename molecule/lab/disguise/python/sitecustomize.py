"""Tells this Python that it runs on the Mac described in /etc/lab/mac.

Lies in the standard library of every Python of a simulated Mac, so that platform, sysconfig,
pip and uv answer as on macOS. ``python -S`` and LAB_DISGUISE=off show the Linux underneath.
"""

import os
import sys


def _facts():
    with open("/etc/lab/mac", encoding="utf-8") as lines:
        pairs = (line.strip().split("=", 1) for line in lines if "=" in line)
        return {name: value.strip('"') for name, value in pairs}


def _put_on():
    facts = _facts()
    kernel = os.uname()
    release = facts["DARWIN"]
    machine = "x86_64" if facts.get("ROSETTA") == "1" else facts["MACHINE"]
    version = f"Darwin Kernel Version {release}; simulated on {kernel.sysname}"
    mac = os.uname_result(("Darwin", kernel.nodename, release, version, machine))
    os.uname = lambda: mac
    sys.platform = "darwin"


if os.environ.get("LAB_DISGUISE") != "off":
    _put_on()
