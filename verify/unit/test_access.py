"""The commands and kernels by which people come to the environments."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from verify.unit.role import (
    ID,
    NAME,
    PACKAGES,
    WANTED,
    accessing,
    as_read,
    bare,
    environment,
    planned,
    right,
)

LAB = PACKAGES | {"ipykernel": "7.0.0", "jupyterlab": "4.5.0"}


def files(packages: dict[str, str] = PACKAGES, **switches: object) -> dict[str, str]:
    targets = [
        {"name": name, "packages": packages, "row": {"id": ID}}
        for name in accessing.names(WANTED | switches)
    ]
    wanted = accessing.wanted_files(targets, WANTED | switches)
    return {file["path"]: file["text"] for file in wanted}


def test_a_command_stands_on_everybody_s_path() -> None:
    found = files()
    assert found["/etc/paths.d/tensorflow"] == "/opt/tensorflow/bin\n"
    assert (
        '"/opt/tensorflow/current/bin/python" "$@"'
        in found["/opt/tensorflow/bin/tensorflow-python"]
    )


def test_the_command_passes_its_arguments_and_keeps_the_user_site_out(tmp_path: Path) -> None:
    python = tmp_path / "home of 'TF'" / "current" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\nprintf "%s|" "$PYTHONNOUSERSITE" "$@"\n')
    python.chmod(0o755)
    home = str(tmp_path / "home of 'TF'")
    text = files(home=home)[f"{home}/bin/tensorflow-python"]
    ran = subprocess.run(
        ["/bin/sh", "-c", text, "sh", "-c", "a b"],
        env=os.environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "1|-c|a b|"


def test_jupyter_is_there_with_the_lab_extras_only() -> None:
    kernel = "/usr/local/share/jupyter/kernels/tensorflow/kernel.json"
    jupyter = "/opt/tensorflow/bin/tensorflow-jupyter"
    assert (files()[kernel], files()[jupyter]) == ("", "")
    lab = files(LAB)
    assert "-m jupyterlab" in lab[jupyter]
    assert json.loads(lab[kernel])["argv"][0] == "/opt/tensorflow/current/bin/python"
    assert files(LAB, jupyter_kernel=False)[kernel] == ""


def test_each_name_has_its_own_command_and_kernel() -> None:
    found = files(LAB, also=[{"name": "course-a"}])
    assert "/opt/tensorflow/course-a/bin/python" in found["/opt/tensorflow/bin/course-a-python"]
    kernel = found["/usr/local/share/jupyter/kernels/tensorflow-course-a/kernel.json"]
    assert json.loads(kernel)["display_name"] == f"TensorFlow (course-a, {ID})"


def test_without_commands_none_is_made_and_the_path_is_left_alone() -> None:
    assert list(files(commands="").values()) == ["", ""]


def test_what_is_not_as_it_should_be_is_a_step() -> None:
    elsewhere = {"text": "/elsewhere", "mode": "644"}
    plan = planned(right(files={"/etc/paths.d/tensorflow": elsewhere}))
    assert [step["id"] for step in plan["steps"]] == ["access"]
    assert plan["steps"][0]["root"]
    found = "another /etc/paths.d/tensorflow, no /opt/tensorflow/bin/tensorflow-python"
    assert plan["steps"][0]["found"] == found


def test_a_command_that_leads_nowhere_is_removed() -> None:
    reading = right()
    reading["files"]["/opt/tensorflow/bin/tensorflow-jupyter"] = {
        "text": "#!/bin/sh",
        "mode": "755",
    }
    plan = planned(reading)
    assert [(file["path"], file["text"]) for file in plan["files"]] == [
        ("/opt/tensorflow/bin/tensorflow-jupyter", "")
    ]


def test_a_command_that_nobody_may_start_is_a_step() -> None:
    reading = right()
    command = "/opt/tensorflow/bin/tensorflow-python"
    reading["files"][command]["mode"] = "644"
    plan = planned(reading)
    assert plan["steps"][0]["found"] == f"{command} with mode 644"
    assert [(file["path"], file["mode"]) for file in plan["files"]] == [(command, "0755")]


def with_course_a(**changes: object) -> dict[str, Any]:
    """The reading of a Mac that also had course-a, with the lab extras, but for `changes`."""
    reading = right(links={"current": NAME, "course-a": f"{NAME}.2"})
    reading["environments"].append(environment(f"{NAME}.2", packages=LAB))
    targets = [
        {"name": name, "packages": LAB, "row": {"id": ID}} for name in ("current", "course-a")
    ]
    wanted = accessing.wanted_files(targets, WANTED | {"also": [{"name": "course-a"}]})
    for file in wanted:
        if "course-a" in file["path"]:
            reading["files"][file["path"]] = as_read(file)
    return reading | changes


OF_COURSE_A = [
    "/opt/tensorflow/course-a",
    "/opt/tensorflow/bin/course-a-python",
    "/opt/tensorflow/bin/course-a-jupyter",
    "/usr/local/share/jupyter/kernels/tensorflow-course-a/kernel.json",
]


def test_what_a_name_had_that_was_taken_out_is_taken_away() -> None:
    plan = planned(with_course_a())
    assert [(file["path"], file["text"]) for file in plan["files"]] == [
        (path, "") for path in OF_COURSE_A
    ]
    assert [step["id"] for step in plan["steps"]] == ["access"]
    assert "/opt/tensorflow/course-a, which nobody asks for" in plan["steps"][0]["found"]
    assert planned(with_course_a(), also=[{"name": "course-a", "extra": "core"}])["left"] == []


def test_the_environment_of_a_name_that_was_taken_out_is_kept_as_the_newest() -> None:
    reading = with_course_a()
    reading["environments"].append(environment(f"{NAME}.3"))
    assert planned(reading, keep=2)["prune"] == []
    assert planned(reading, keep=1)["prune"] == [f"{NAME}.3"]
    assert planned(reading, keep=0)["prune"] == [f"{NAME}.2", f"{NAME}.3"]


def test_what_is_not_the_role_s_own_stays() -> None:
    reading = with_course_a()
    theirs = {
        "/opt/tensorflow/bin/course-a-python": "#!/bin/sh\nexec python3",
        "/usr/local/share/jupyter/kernels/tensorflow-course-a/kernel.json": "{}",
    }
    reading["files"] |= {path: {"text": text, "mode": "755"} for path, text in theirs.items()}
    del reading["files"]["/opt/tensorflow/bin/course-a-jupyter"]
    plan = planned(reading, keep=0)
    assert (plan["steps"], plan["files"], plan["prune"]) == ([], [], [])


def test_commands_of_an_earlier_beginning_are_taken_away() -> None:
    plan = planned(right(), commands="tf")
    paths = {file["path"]: bool(file["text"]) for file in plan["files"]}
    assert paths["/opt/tensorflow/bin/tf-python"]
    assert not paths["/opt/tensorflow/bin/tensorflow-python"]
    assert plan["left"] == []


def test_the_probe_reads_every_file_that_the_role_knows() -> None:
    also = [{"name": "course-a"}]
    assert set(accessing.paths(WANTED | {"also": also}).splitlines()) == set(files(also=also))


def test_a_mac_that_is_refused_gets_no_files() -> None:
    assert planned(bare(macos="11.0"))["files"] == []
