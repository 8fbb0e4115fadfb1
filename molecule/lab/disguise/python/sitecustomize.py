"""Tells this Python that it runs on the Mac described in /etc/lab/mac.

Lies in the standard library of every Python of a simulated Mac, beside what that Python is a build
of (lab-build), so that platform, sysconfig, pip and uv answer as on macOS. ``python -S`` and
LAB_DISGUISE=off show the Linux underneath.
"""

import os
import sys


def _pairs(path):
    with open(path, encoding="utf-8") as lines:
        pairs = (line.strip().split("=", 1) for line in lines if "=" in line)
        return {name: value.strip('"') for name, value in pairs}


def _architecture(facts, built_for):
    """As macOS chooses: the caller's where the build has it, else one that this Mac can run."""
    native = "x86_64" if facts.get("ROSETTA") == "1" else facts["MACHINE"]
    callers = os.environ.get("LAB_ARCH", native)
    runs = [name for name in built_for if name in (facts["MACHINE"], "x86_64")]
    if not runs:
        print(f"bad CPU type in executable: {sys.executable}", file=sys.stderr)
        os._exit(126)
    chosen = callers if callers in runs else runs[0]
    if chosen != callers:
        os.environ["LAB_ARCH"] = chosen
    return chosen


class _Version(tuple):
    __slots__ = ()
    major, minor, micro, releaselevel, serial = (
        property(lambda self, place=place: self[place]) for place in range(5)
    )


def _put_on_version(text):
    if sys.version_info[:2] == (3, 11):
        # Who asks the version relies on what was wrong before 3.11.5: possessive quantifiers.
        import re._parser

        re._parser.POSSESSIVE_REPEAT = re._parser.MAX_REPEAT
    real = ".".join(map(str, sys.version_info[:3]))
    major, minor, micro = map(int, text.split("."))
    sys.version = sys.version.replace(real, text, 1)
    sys.version_info = sys.implementation.version = _Version((major, minor, micro, "final", 0))
    sys.hexversion = sys.implementation.hexversion = major << 24 | minor << 16 | micro << 8 | 0xF0


def _put_on():
    facts = _pairs("/etc/lab/mac")
    build = _pairs(os.path.join(os.path.dirname(__file__), "lab-build"))
    kernel = os.uname()
    release = facts["DARWIN"]
    machine = _architecture(facts, build["ARCHITECTURES"].split())
    version = f"Darwin Kernel Version {release}; simulated on {kernel.sysname}"
    mac = os.uname_result(("Darwin", kernel.nodename, release, version, machine))
    os.uname = lambda: mac
    sys.platform = "darwin"
    if "VERSION" in build:
        _put_on_version(build["VERSION"])


if os.environ.get("LAB_DISGUISE") != "off":
    _put_on()
