"""The tables of docs/compatibility.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from packaging.version import Version

from verify import settings
from verify.links.bind import Bound
from verify.links.manifest import MACHINES, PLUGIN, Manifest
from verify.links.verdict import Verdict, demangled
from verify.readme import between

PATH = settings.PROJECT / "docs" / "compatibility.md"
NAMES = {"arm64": "Apple silicon", "x86_64": "Intel"}
FOLDER = "../verify/links/manifests"


def rendered(text: str, verdicts: Sequence[Verdict]) -> str:
    """`text` with the tables of these verdicts between their marks."""
    numbers = numbered(verdicts)
    for machine in MACHINES:
        mine = [one for one in verdicts if one.tensorflow.machine == machine]
        text = between(text, machine, matrix(mine, numbers))
    text = between(text, "failures", "".join(failures(verdicts, numbers)))
    return between(text, "versions", "".join(versions(verdicts)))


def numbered(verdicts: Iterable[Verdict]) -> dict[Bound, int]:
    """Each kind of failure and its number, that of the oldest pair first: a new release brings new
    ones at the end."""
    ordered = sorted(
        verdicts,
        key=lambda x: (Version(x.tensorflow.version), Version(x.metal.version), x.metal.machine),
    )
    kinds = dict.fromkeys(one.bound for one in ordered if not one.bound.links)
    return {bound: number for number, bound in enumerate(kinds, 1)}


def matrix(verdicts: Sequence[Verdict], numbers: Mapping[Bound, int]) -> str:
    """TensorFlows down, plugins across."""
    metals = dict.fromkeys(one.metal.version for one in reversed(verdicts))
    rows: dict[str, dict[str, str]] = {}
    for one in verdicts:
        rows.setdefault(one.tensorflow.version, {})[one.metal.version] = cell(one, numbers)
    lines = [["TensorFlow \\ metal", *metals], ["---"] * (len(metals) + 1)]
    lines += [[version, *(row[metal] for metal in metals)] for version, row in rows.items()]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def cell(one: Verdict, numbers: Mapping[Bound, int]) -> str:
    """The verdict in a word."""
    if one.links:
        return "links"
    if one.bound.links:
        return "no Python"
    return f"[{count(one.bound)}](#failure-{numbers[one.bound]})"


def count(bound: Bound) -> str:
    """How many symbols are missing, and whether a library is."""
    return ("L + " if bound.libraries else "") + str(len(bound.symbols))


def failures(verdicts: Sequence[Verdict], numbers: Mapping[Bound, int]) -> Iterable[str]:
    """Each kind of failure: the pairs, and all that they lack."""
    for bound, number in numbers.items():
        yield f"### Failure {number}\n\n"
        for machine in MACHINES:
            mine = [x for x in verdicts if x.bound == bound and x.tensorflow.machine == machine]
            for metals, tensorflows in grouped(mine).items():
                pairs = f"{', '.join(tensorflows)} with {', '.join(metals)}"
                yield f"- {NAMES[machine]}: {pairs}\n"
        each = [f"{len(bound.symbols)} symbol{'s' * (len(bound.symbols) != 1)}"]
        each += [f"the library `{library}`" for library in bound.libraries]
        yield f"\n<details><summary>Missing: {' and '.join(each)}</summary>\n\n```text\n"
        yield "".join(f"{demangled(name)}\n" for name in bound.symbols)
        yield "```\n\n</details>\n\n"


def grouped(verdicts: Iterable[Verdict]) -> dict[tuple[str, ...], list[str]]:
    """The TensorFlows by the plugins that they stand with, oldest first."""
    metals: dict[str, list[str]] = {}
    for one in verdicts:
        metals.setdefault(one.tensorflow.version, []).insert(0, one.metal.version)
    found: dict[tuple[str, ...], list[str]] = {}
    for tensorflow, its in reversed(metals.items()):
        found.setdefault(tuple(its), []).append(tensorflow)
    return found


def versions(verdicts: Iterable[Verdict]) -> Iterable[str]:
    """Every version: its Pythons, the distribution with the libraries, its macOS, its manifest."""
    yield "| version | Mac | Pythons | libraries in | manifest |\n|---|---|---|---|---|\n"
    found: dict[str, Manifest] = {}
    for plugin in (False, True):
        for one in verdicts:
            which = one.metal if plugin else one.tensorflow
            found[which.file] = which
    for name, each in found.items():
        title = PLUGIN if each.distribution == PLUGIN else "tensorflow"
        yield (
            f"| {title} {each.version} | {NAMES[each.machine]} | {', '.join(each.pythons)} | "
            f"{each.distribution} | [{name}]({FOLDER}/{name}) |\n"
        )
