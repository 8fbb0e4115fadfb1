#!/usr/libexec/lab/python/bin/python3 -E
"""Starts a launchd job with what its plist says and nothing else: job.py FOLDER."""

import os
import plistlib
import pwd
import sys
from pathlib import Path


def follow(folder, job):
    child = os.fork()
    if child == 0:
        start(job)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    # Unloaded meanwhile, it has no folder.
    if os.path.isdir(folder):
        Path(folder, "code").write_text(f"{code}\n")
        Path(folder, "pid").write_text("")


def start(job):
    who = pwd.getpwnam(job.get("UserName", "root"))
    os.nice(job.get("Nice", 0))
    os.initgroups(who.pw_name, who.pw_gid)
    os.setgid(who.pw_gid)
    os.setuid(who.pw_uid)
    os.chdir(job.get("WorkingDirectory", "/"))
    for number, key in ((1, "StandardOutPath"), (2, "StandardErrorPath")):
        to = os.open(job.get(key, "/dev/null"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.dup2(to, number)
    surroundings = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", **job.get("EnvironmentVariables", {})}
    os.execve(job["ProgramArguments"][0], job["ProgramArguments"], surroundings)


def main(folder):
    with open(f"{folder}/plist", "rb") as file:
        job = plistlib.load(file)
    runs = Path(folder, "runs")
    runs.write_text(f"{int(runs.read_text()) + 1}\n")
    ready, go = os.pipe()
    process = os.fork()
    if process:
        Path(folder, "pid").write_text(str(process))
        os.write(go, b"!")
        return
    os.setsid()
    os.read(ready, 1)
    nothing = os.open("/dev/null", os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    follow(folder, job)


if __name__ == "__main__":
    main(sys.argv[1])
