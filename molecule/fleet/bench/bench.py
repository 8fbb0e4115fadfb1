"""How fast the role is, held against what else one could do: ratios of runs side by side.

    python molecule/fleet/bench/bench.py [--rounds N] [CASE]...

Over simulated Macs on this machine, whose work shares its cores with the controller's: the ratios
say something, the seconds little. Writes report/bench.json. Exits 1 where a run of the role failed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys

from rich.console import Console

import contenders
import lab
from cases import CASES, Case, build, run
from contenders import Ran
from outcome import conclusion, figures, table

REPORT = lab.PROJECT / "report" / "bench.json"


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rounds", type=int, default=0, help="of each case, not its own number")
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(CASES)}")
    asked = parser.parse_args()
    if unknown := [name for name in asked.cases if name not in CASES]:
        parser.error(f"There is no case {', '.join(unknown)}; there are {', '.join(CASES)}.")
    cases = {name: CASES[name] for name in asked.cases or CASES}
    machine = {"cores": os.cpu_count(), "load_before": os.getloadavg()[0], "simulated": True}
    runs: dict[str, dict[str, list[Ran]]] = {}
    lent = ""
    try:
        contenders.install_others()
        for name, case in cases.items():
            if case.lent != lent:
                lent = case.lent
                begin(lent, [*cases.values()])
            runs[name] = run(case, asked.rounds or case.rounds, say)
            REPORT.parent.mkdir(exist_ok=True)
            REPORT.write_text(
                json.dumps({**machine, "cases": figures(runs)}, indent=2) + "\n", encoding="utf-8"
            )
    finally:
        lab.down()
    title = f"Simulated Macs on {machine['cores']} cores, which also run the controller"
    Console(width=110).print(table(runs, title))
    say(f"the load of this machine was {machine['load_before']:.1f} before; all runs: {REPORT}")
    say(conclusion(runs))
    return int(any(one.failed for of in runs.values() for one in of["ours"]))


def begin(lent: str, cases: list[Case]) -> None:
    """The Macs that these cases need, like one that is built first; none where none is lent."""
    lab.down()
    if lent:
        say(f"one Mac is built to be lent to the others: {lent}")
        build(lent)
        most = max(case.macs for case in cases if case.lent == lent)
        lab.begin_again(lab.names(most), f"LIKE={lent}")


def say(line: str) -> None:
    print(f"bench: {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
