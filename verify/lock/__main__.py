"""The locks of the compatibility table: `python -m verify.lock [--check] [ROW...]`.

Each row has a lock for each of the extras: its packages with everything they need, resolved for its
oldest macOS, every version exact and with the hashes of all its wheels. What a lock already holds
is kept where it still fits; `--upgrade` takes the newest of everything but the row's own packages.
`--check` asks nobody: it exits 1 and says which lock no longer holds its row's exact packages.
`--files` asks the index whether it still has each wheel that the rows' oldest and newest Macs would
choose, with its hash; it exits 1 where one is gone, 2 where the index cannot be asked.

With `--inventory` the rows are those that its Macs may ask for, their own (`tensorflow_metal_rows`)
too, and the locks are written into FOLDER or the inventory's `tensorflow_metal_locks`; those of the
role's rows are copied there. Bad input exits 2.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from http.client import HTTPException

from verify.lock import locks, own
from verify.lock.locks import Lock
from verify.lock.resolve import resolve


def made(chosen: Sequence[Lock], *, upgrade: bool) -> bool:
    """Whether each of these locks could be written."""
    for lock in chosen:
        try:
            if lock.folder != locks.FOLDER and own.copied(lock):
                continue
            lock.folder.mkdir(parents=True, exist_ok=True)
            resolve(lock, upgrade=upgrade)
        except subprocess.CalledProcessError:
            print(f"{lock.path.name} was left as it was: nothing resolves.", file=sys.stderr)
            return False
    return True


def still_there(chosen: Sequence[Lock]) -> int:
    """Say which wheels of these locks the index no longer has; returns what to exit with."""
    # Nothing of the network is needed to check a lock.
    from verify.links.wheels import Index
    from verify.lock.files import sentences

    try:
        found = list(sentences(chosen, Index()))
    except (OSError, ValueError, HTTPException) as error:
        print(f"Whether the index still has the wheels is not known: {error}", file=sys.stderr)
        return 2
    print("\n".join(found) or "The index still has every wheel of every lock.")
    return 1 if found else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m verify.lock", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help="rows by id, or uv; all without")
    parser.add_argument("--check", action="store_true", help="only say which lock does not fit")
    parser.add_argument("--files", action="store_true", help="only ask whether the wheels exist")
    parser.add_argument("--upgrade", action="store_true", help="the newest that fits")
    parser.add_argument("--inventory", action="append", default=[], help="of Macs with own rows")
    parser.add_argument("--folder", default="", help="where their locks are, or are to be")
    given = parser.parse_args()
    if given.folder and not given.inventory:
        parser.error("--folder is for the rows of an --inventory")
    try:
        return run(given)
    except OSError as error:
        print(f"{error.filename}: {error.strerror}.", file=sys.stderr)
    except ValueError as error:
        print(error, file=sys.stderr)
    return 2


def run(given: argparse.Namespace) -> int:
    """Do what is asked; raises ValueError with one sentence for bad input."""
    there = own.table(given.inventory, given.folder) if given.inventory else locks.table()
    if not there:
        print("No Mac there has rows or a folder of its own: the role's locks serve.")
        return 0
    names = list(dict.fromkeys(lock.row["id"] for lock in there))
    if unknown := set(given.rows) - set(names):
        raise ValueError(
            f"There is no row {', '.join(sorted(unknown))}; there are: {', '.join(names)}."
        )
    chosen = [lock for lock in there if lock.row["id"] in (given.rows or names)]
    if given.files:
        return still_there(chosen)
    if not given.check and not made(chosen, upgrade=given.upgrade):
        return 1
    found = [fault for lock in chosen for fault in lock.faults()]
    print("\n".join(found) or "Every lock holds its row's exact packages.")
    if given.inventory and not found:
        print("Next:", *own.following(chosen, given.inventory, given.folder), sep="\n  ")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
