"""The mirror: `python -m verify.mirror list|fetch|share FOLDER`.

`list` reads what Macs need, as JSON, and writes the folder's mirror.json; `fetch` brings the files
in it that are not there, or those that are named. Both ask the index whose address is in a file, or
the one that pip is set to. `share` asks nobody: it packs what one Mac's steps take.
playbooks/mirror.yml and the role call them.

Exits 0 where all went well, 1 where a file cannot be had, 2 where the input is unusable or nobody
outside can be asked.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from http.client import HTTPException
from pathlib import Path

from verify.links.progress import shown
from verify.mirror import fill, folder, needs
from verify.mirror import share as sharing
from verify.mirror.download import NotFetchedError
from verify.mirror.download import fetch as bring
from verify.mirror.outside import Outside


def outside(given: argparse.Namespace) -> Outside:
    """Whoever is asked; a command line would show an index's password to all."""
    return Outside(given.index_file.read_text(encoding="utf-8").strip() if given.index_file else "")


def listing(given: argparse.Namespace) -> int:
    mirror = folder.read(given.folder)
    asked = [needs.whole(one) for one in json.load(sys.stdin)]
    found = fill.filling(mirror, asked, outside(given))
    fill.room(mirror, found.lacking)
    if not given.check:
        mirror.save()
        # What was sent from an older state of the mirror.
        shutil.rmtree(mirror.path / sharing.SHARES, ignore_errors=True)
    labels = fill.labelled(found.lacking)
    said = {
        "lacking": [{"place": place, "label": label} for place, label in labels.items()],
        "left_out": found.left_out,
        "sentence": summary(mirror, found),
    }
    print(json.dumps(said, indent=1))
    return 0


def summary(mirror: folder.Folder, found: fill.Filling) -> str:
    there = len(found.files) - len(found.lacking)
    size = sum(file.size for file in found.lacking)
    more = f"{len(found.lacking)} are to be fetched, {fill.amount(size)}" if found.lacking else ""
    return f"{mirror.path} has {there} of {len(found.files)} files; {more or 'nothing is lacking'}."


def fetch(given: argparse.Namespace) -> int:
    mirror = folder.read(given.folder)
    if unknown := [place for place in given.places if place not in mirror.files]:
        raise ValueError(f"{unknown[0]} is not in {given.folder / folder.LIST}.")
    files = [mirror.files[place] for place in given.places or mirror.files]
    labels = fill.labelled(files)
    asked = outside(given)
    with shown() as progress:
        for file in files:
            came = bring(file, mirror.path, asked.open, progress)
            print(labels[file.place] if len(files) > 1 else file.name, came, flush=True)
    return 0


def share(given: argparse.Namespace) -> int:
    mirror, need = folder.read(given.folder), needs.lacking(json.load(sys.stdin))
    found = sharing.share(need, mirror)
    if trouble := sharing.sentence(need, mirror, found):
        print(trouble, file=sys.stderr)
        return 1
    digest = found.digest(given.at)
    archive = sharing.packed(found, mirror, given.at) if digest and not given.check else ""
    said = {
        "digest": digest,
        "archive": str(archive),
        "package": found.package,
        "downloads": sharing.LIST if found.entries else "",
    }
    print(json.dumps(said))
    return 0


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m verify.mirror", description=__doc__)
    parser.add_argument(
        "--index-file", type=Path, metavar="FILE", help="has the index's address, in place of pip's"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "folder", type=lambda text: Path(text).expanduser().absolute(), metavar="FOLDER"
    )

    one = commands.add_parser("list", parents=[shared], help="what Macs need; JSON comes in")
    one.add_argument("--check", action="store_true", help="write nothing")
    one.set_defaults(run=listing)

    one = commands.add_parser("fetch", parents=[shared], help="bring what is not there")
    one.add_argument("places", nargs="*", metavar="PLACE", help="as in mirror.json; all without")
    one.set_defaults(run=fetch)

    one = commands.add_parser("share", parents=[shared], help="pack what a Mac's steps take")
    one.add_argument("--at", required=True, help="the folder on the Mac")
    one.add_argument("--check", action="store_true", help="pack nothing")
    one.set_defaults(run=share)
    return parser


def main() -> int:
    given = arguments().parse_args()
    try:
        return int(given.run(given))
    except NotFetchedError as error:
        print(error, file=sys.stderr)
        return 1
    except (ValueError, OSError, HTTPException) as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
