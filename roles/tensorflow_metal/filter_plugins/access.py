"""How people come to the environments: commands on everybody's PATH, and kernels for Jupyter.

Pure: a plan in, the plan with the files that people need out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

Wanted = Mapping[str, Any]
Target = Mapping[str, Any]

# Read by path_helper for every login shell of macOS.
PATHS = "/etc/paths.d/tensorflow"
# On Jupyter's search path for every user, whatever Python it runs in.
KERNELS = "/usr/local/share/jupyter/kernels"
COMMAND = """#!/bin/sh
# {what}, without what lies in the user's own site-packages.
ulimit -n 8192 2> /dev/null
PYTHONNOUSERSITE=1 exec "{python}" {module}"$@"
"""


def access(plan: Mapping[str, Any], reading: Mapping[str, Any], wanted: Wanted) -> dict[str, Any]:
    """The plan with `files` (path, text, mode, root: whether it is root's), of which those without
    text are to be removed, and with a step where what is there differs. The switches read are home,
    also, commands and jupyter_kernel.
    """
    if plan["row"] is None:
        return {**plan, "files": []}
    there = reading["files"]
    files = wanted_files(plan["environments"], wanted)
    found = {file["path"]: difference(file, there.get(file["path"])) for file in files}
    left = leftovers(plan, reading, {file["path"] for file in files}, wanted)
    found |= {file["path"]: f"{file['path']}, which nobody asks for" for file in left}
    odd = [file for file in [*left, *files] if found[file["path"]]]
    said = ", ".join(found[file["path"]] for file in odd)
    step = {
        "id": "access",
        "of": "",
        "found": said,
        "wanted": "what people type",
        "root": any(file["root"] for file in odd) or plan["owner"] != reading["user"],
        "sentence": f"access ({said} -> what people type)",
    }
    return {**plan, "files": odd, "steps": [*plan["steps"], *([step] if odd else [])]}


def difference(file: Mapping[str, Any], there: Mapping[str, str] | None) -> str:
    """How a file differs from what lies at its path; empty where it does not."""
    if there is None:
        return f"no {file['path']}" if file["text"] else ""
    if there["text"] != file["text"].rstrip():
        return f"another {file['path']}"
    if there["mode"] != file["mode"].lstrip("0"):
        return f"{file['path']} with mode {there['mode']}"
    return ""


def leftovers(
    plan: Mapping[str, Any], reading: Mapping[str, Any], asked: set[str], wanted: Wanted
) -> list[dict[str, Any]]:
    """The role's own links, commands and kernels that are no longer asked for. The links come
    first: the others tell that they are the role's, also to a run after one that was killed.
    """
    links = [f"{wanted['home']}/{name}" for name in plan["left"]]
    files = [
        path
        for path, file in reading["files"].items()
        if path not in asked and is_own(path, file["text"], wanted)
    ]
    return [
        {"path": path, "text": "", "mode": "", "root": path.startswith(KERNELS)}
        for path in [*links, *files]
    ]


def is_own(path: str, text: str, wanted: Wanted) -> bool:
    """Whether a file is a command or a kernel that the role wrote, for any name of this home."""
    before = {f"{wanted['home']}/bin/": " exec ", f"{KERNELS}/": '"argv": [\n  '}
    word = next((before[folder] for folder in before if path.startswith(folder)), None)
    python = rf'"{re.escape(wanted["home"])}/[^/"]+/bin/python"'
    return word is not None and bool(re.search(re.escape(word) + python, text))


def wanted_files(targets: list[Target], wanted: Wanted) -> list[dict[str, Any]]:
    """Every file that the role knows of, with its text; empty for one that is not to be there."""
    by_name = {target["name"]: target for target in targets}
    commands = f"{wanted['home']}/bin\n" if wanted["commands"] else ""
    files = [{"path": PATHS, "text": commands, "mode": "0644", "root": True}]
    for name in names(wanted):
        packages = by_name[name]["packages"]
        python = f"{wanted['home']}/{name}/bin/python"
        for tool, path in tools(name, wanted).items():
            text = command(name, tool, python) if tool in {"python", *packages} else ""
            files.append({"path": path, "text": text, "mode": "0755", "root": False})
        shown = wanted["jupyter_kernel"] and "ipykernel" in packages
        text = kernel(name, by_name[name]["row"]["id"], python) if shown else ""
        files.append({"path": kernel_path(name), "text": text, "mode": "0644", "root": True})
    return files


def names(wanted: Wanted) -> list[str]:
    return ["current", *(other["name"] for other in wanted["also"])]


def tools(name: str, wanted: Wanted) -> dict[str, str]:
    """The commands of one environment: what each starts, and its path."""
    if not wanted["commands"]:
        return {}
    stem = wanted["commands"] if name == "current" else name
    folder = f"{wanted['home']}/bin"
    return {"python": f"{folder}/{stem}-python", "jupyterlab": f"{folder}/{stem}-jupyter"}


def command(name: str, tool: str, python: str) -> str:
    module, what = ("", "Python") if tool == "python" else ("-m jupyterlab ", "JupyterLab")
    return COMMAND.format(what=f"{what} of the environment {name}", python=python, module=module)


def kernel_path(name: str) -> str:
    return f"{KERNELS}/{'tensorflow' if name == 'current' else 'tensorflow-' + name}/kernel.json"


def kernel(name: str, row: str, python: str) -> str:
    """A kernelspec, as jupyter_client reads it."""
    shown = row if name == "current" else f"{name}, {row}"
    launch = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {
        "argv": launch,
        "display_name": f"TensorFlow ({shown})",
        "language": "python",
        "env": {"PYTHONNOUSERSITE": "1"},
    }
    return json.dumps(spec, indent=1) + "\n"


def paths(wanted: Wanted) -> str:
    """What the probe is to read, a line each."""
    found = [PATHS]
    for name in names(wanted):
        found += [*tools(name, wanted).values(), kernel_path(name)]
    return "\n".join(found)


class FilterModule:
    """Ansible's door to this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"tensorflow_metal_access": access, "tensorflow_metal_access_paths": paths}
