"""BSD's stat, as far as shell for macOS uses it: stat [-L] [-n] -f FORMAT FILE..."""

import getopt
import grp
import os
import pwd
import re
import stat
import sys
import time

FIELD = re.compile(r"%(-?\d*)([HML]?S?[HML]?)([AaBbcdDfgGiklmNopPrsTtuUvYzZ]|Su|Sg|Sp|Sm|%)")


def field(path, info, modifier, letter):
    text = "S" in modifier
    part = modifier.replace("S", "")
    if letter == "%":
        return "%"
    if letter == "u":
        return pwd.getpwuid(info.st_uid).pw_name if text else info.st_uid
    if letter == "g":
        return grp.getgrgid(info.st_gid).gr_name if text else info.st_gid
    if letter == "p":
        if text:
            return stat.filemode(info.st_mode)
        if part == "L":
            return format(info.st_mode & 0o777, "o")
        if part == "M":
            return format((info.st_mode >> 9) & 0o7, "o")
        return format(info.st_mode, "o")
    if letter == "A" or letter == "a":
        return int(info.st_mtime)
    if letter == "m":
        return time.ctime(info.st_mtime) if text else int(info.st_mtime)
    if letter == "N":
        return path
    if letter == "Y":
        return os.readlink(path) if stat.S_ISLNK(info.st_mode) else ""
    plain = {"z": "st_size", "i": "st_ino", "d": "st_dev", "l": "st_nlink", "b": "st_blocks"}
    if letter in plain:
        return getattr(info, plain[letter])
    if letter == "T":
        return {stat.S_IFDIR: "/", stat.S_IFLNK: "@"}.get(stat.S_IFMT(info.st_mode), "")
    raise SystemExit(f"stat: %{letter} is not known to the simulated stat")


def main(arguments):
    try:
        options, paths = getopt.getopt(arguments, "f:FLnq")
    except getopt.GetoptError as error:
        print(f"stat: illegal option -- {error.opt}", file=sys.stderr)
        print("usage: stat [-FLnq] [-f format | -l | -r | -s | -x] [file ...]", file=sys.stderr)
        return 1
    given = dict(options)
    if "-f" not in given:
        print("stat: only the form with -f is simulated", file=sys.stderr)
        return 1
    failed = 0
    for path in paths:
        try:
            info = os.stat(path) if "-L" in given else os.lstat(path)
        except OSError as error:
            failed = 1
            if "-q" not in given:
                print(f"stat: {path}: stat: {error.strerror}", file=sys.stderr)
            continue
        pieces = FIELD.split(given["-f"])
        for at in range(1, len(pieces), 4):
            pieces[at : at + 3] = ["", "", str(field(path, info, pieces[at + 1], pieces[at + 2]))]
        print("".join(pieces), end="" if "-n" in given else "\n")
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
