"""`python -m verify hosts|doctor|links|report|record|receive|silent|begin`.

Exits 0 where every Mac is right, 1 where some is wrong, 2 where some could
not be judged or the input is unusable, 3 where the verification itself broke.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from verify import doctor
from verify.hosts import verify
from verify.links.keep import told
from verify.onhost.expected import PROFILES
from verify.report import fleet, history, junit, page, stages, table
from verify.settings import PROJECT
from verify.verdict import received

BROKEN = 3


def hosts(given: argparse.Namespace) -> int:
    macs = verify(given.inventory, given.limit, given.report, given.jobs, wishes(given))
    for mac in macs.macs:
        word = table.WORDS[mac.verdict][0].lower()
        print(f"{mac.title}: {word}, {mac.passed} of {len(mac.checks)} checks passed")
    return macs.exit_status


def wishes(given: argparse.Namespace) -> list[str]:
    """The options that pytest takes over verify/host, of those that were given."""
    found = {
        "--profile": given.profile,
        "--soak": given.soak,
        "--only": given.only,
        "--environment": given.environment,
    }
    return [word for option, value in found.items() if value for word in (option, str(value))]


def examine(given: argparse.Namespace) -> int:
    if given.last:
        mac = doctor.last(given.name, given.report)
    else:
        mac = doctor.examine(given.inventory, given.name, given.report, wishes(given))
    doctor.show(mac, given.report, sys.stdout)
    return fleet.Fleet("", (mac,)).exit_status


def links(given: argparse.Namespace) -> int:
    pair = (given.tensorflow, given.metal, given.machine)
    found = told(*pair, given.python, given.wheels, given.keep)
    print(json.dumps(found.to_json(), indent=2) if given.json else found.sentence)
    return 0 if found.links else 1


def report(given: argparse.Namespace) -> int:
    macs = fleet.gather(given.report, listed(given.expect), given.within)
    macs.save(given.report)
    history.keep(given.report, macs)
    junit.save(macs, given.report / "junit.xml")
    page.save(macs, given.report)
    table.show(macs, given.report, sys.stdout)
    return macs.exit_status


def record(given: argparse.Namespace) -> int:
    try:
        reading = json.loads(given.reading)
    except ValueError as error:
        raise ValueError(f"--reading is not JSON: {error}.") from None
    if not isinstance(reading, dict):
        raise ValueError("--reading must be a JSON object.")
    stages.failed(given.name, given.stage, given.sentence, reading, given.pin).save(given.report)
    return 0


def silent(given: argparse.Namespace) -> int:
    for mac in json.load(sys.stdin):
        stages.silent(mac["name"], mac["stage"], mac["said"], simulated=mac["simulated"]).save(
            given.report
        )
    return 0


def receive(given: argparse.Namespace) -> int:
    verdict = received(sys.stdin.buffer, given.name)
    history.turn(given.report, [verdict.name])
    verdict.save(given.report)
    print(f"The report of {verdict.title} has arrived.")
    return 0


def begin(given: argparse.Namespace) -> int:
    names = listed(given.names)
    fleet.clear(given.report, names)
    history.turn(given.report, names)
    return 0


def listed(words: list[str]) -> list[str]:
    """Names, each a word of its own or several between commas."""
    return [name for word in words for name in word.split(",") if name]


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m verify", description=__doc__)
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--report", type=Path, default=PROJECT / "report", help="its folder")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    wished = argparse.ArgumentParser(add_help=False)
    wished.add_argument("--profile", choices=PROFILES, help="how much; standard without")
    wished.add_argument("--soak", type=float, metavar="MINUTES", help="how long, in soak")
    wished.add_argument(
        "--only", metavar="FAMILIES", help="some, or checks: numerics,training.lstm"
    )
    wished.add_argument("--environment", metavar="PATH", help="of one that this role did not make")

    one = commands.add_parser(
        "hosts", parents=[shared, wished], help="verify Macs, write their verdicts"
    )
    one.add_argument("--inventory", action="append", default=[], metavar="PATH")
    one.add_argument("--limit", default="", metavar="NAMES", help="as ansible-playbook's")
    one.add_argument("--jobs", type=int, default=2 * (os.cpu_count() or 1), help="Macs at a time")
    one.set_defaults(run=hosts)

    one = commands.add_parser(
        "doctor", parents=[shared, wished], help="one Mac: what is wrong, since when, what to do"
    )
    one.add_argument("name", metavar="HOST", help="its name in the inventory")
    one.add_argument("--inventory", action="append", default=[], metavar="PATH")
    one.add_argument("--last", action="store_true", help="tell of the last verification again")
    one.set_defaults(run=examine)

    one = commands.add_parser("links", help="does this plugin load in that TensorFlow?")
    one.add_argument("tensorflow", metavar="TF", help="a version of tensorflow")
    one.add_argument("metal", metavar="METAL", help="a version of tensorflow-metal")
    one.add_argument("--machine", choices=("arm64", "x86_64"), default="arm64")
    one.add_argument("--python", default="", metavar="3.11", help="without, the newest of both")
    one.add_argument("--wheels", type=Path, metavar="FOLDER", help="compute from wheels on disk")
    one.add_argument("--keep", type=Path, metavar="FILE", help="a links.json of a lab's own")
    one.add_argument("--json", action="store_true")
    one.set_defaults(run=links)

    one = commands.add_parser("report", parents=[shared], help="fold the verdicts into one report")
    one.add_argument("--expect", nargs="*", default=[], metavar="NAME")
    one.add_argument(
        "--within", type=float, metavar="HOURS", help="older verdicts count as not reached"
    )
    one.set_defaults(run=report)

    one = commands.add_parser(
        "record", parents=[shared], help="a Mac that could not be provisioned"
    )
    one.add_argument("name")
    one.add_argument("--stage", required=True)
    one.add_argument("--sentence", required=True, help="what went wrong")
    one.add_argument("--reading", default="{}", help="the probe's JSON")
    one.add_argument("--pin", default="")
    one.set_defaults(run=record)

    one = commands.add_parser(
        "receive", parents=[shared], help="take a Mac's own verdict from standard input"
    )
    one.add_argument("name")
    one.set_defaults(run=receive)

    one = commands.add_parser(
        "silent", parents=[shared], help="Macs that do not answer any more; JSON comes in"
    )
    one.set_defaults(run=silent)

    one = commands.add_parser("begin", parents=[shared], help="forget these Macs' old verdicts")
    one.add_argument("names", nargs="+", metavar="NAME")
    one.set_defaults(run=begin)
    return parser


def main() -> int:
    given = arguments().parse_args()
    try:
        return int(given.run(given))
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return BROKEN


if __name__ == "__main__":
    sys.exit(main())
