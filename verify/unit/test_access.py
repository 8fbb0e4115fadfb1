"""The commands and kernels by which people come to the environments."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from verify.unit.role import PACKAGES, WANTED, accessing, bare, planned, right

LAB = PACKAGES | {"ipykernel": "7.0.0", "jupyterlab": "4.5.0"}


def files(packages: dict[str, str] = PACKAGES, **switches: object) -> dict[str, str]:
    targets = [
        {"name": name, "packages": packages, "row": {"id": "tf-2.18"}}
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
    assert json.loads(kernel)["display_name"] == "TensorFlow (course-a, tf-2.18)"


def test_without_commands_none_is_made_and_the_path_is_left_alone() -> None:
    assert list(files(commands="").values()) == ["", ""]


def test_what_is_not_as_it_should_be_is_a_step() -> None:
    plan = planned(right(files={"/etc/paths.d/tensorflow": "/elsewhere"}))
    assert [step["id"] for step in plan["steps"]] == ["access"]
    assert plan["steps"][0]["root"]
    found = "another /etc/paths.d/tensorflow, no /opt/tensorflow/bin/tensorflow-python"
    assert plan["steps"][0]["found"] == found


def test_a_command_that_leads_nowhere_is_removed() -> None:
    reading = right()
    reading["files"]["/opt/tensorflow/bin/tensorflow-jupyter"] = "#!/bin/sh"
    plan = planned(reading)
    assert [(file["path"], file["text"]) for file in plan["files"]] == [
        ("/opt/tensorflow/bin/tensorflow-jupyter", "")
    ]


def test_the_probe_reads_every_file_that_the_role_knows() -> None:
    also = [{"name": "course-a"}]
    assert set(accessing.paths(WANTED | {"also": also}).splitlines()) == set(files(also=also))


def test_a_mac_that_is_refused_gets_no_files() -> None:
    assert planned(bare(macos="11.0"))["files"] == []
