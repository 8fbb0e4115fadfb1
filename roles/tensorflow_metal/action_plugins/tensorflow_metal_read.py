"""Whether the role's switches are right, what a Mac is and what it needs, in one task.

For each task and Mac Ansible starts a process of its own. As five tasks (judge the switches, ask,
keep the reading, choose the rows, keep the plan) this was most of what a Mac that is right costs
the controller.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from ansible.plugins.action import ActionBase
from ansible.template import trust_as_template

REGISTERED = "__tensorflow_metal_read"
READING = trust_as_template("said | tensorflow_metal_reading")
VALIDATE = "ansible.builtin.validate_argument_spec"
# Ansible imports this file before it starts those processes, which then find it read.
SPECIFIED = yaml.safe_load(
    (Path(__file__).parents[1] / "meta" / "argument_specs.yml").read_text(encoding="utf-8")
)["argument_specs"]["main"]["options"]


class ActionModule(ActionBase):  # type: ignore[misc]
    """`command` names the variable with a command that prints a reading, as files/probe.sh does,
    `plan` the one to plan with, and `once` those that both ask for many times: Ansible would
    template them each time.

    The plan's variable finds the reading in `__tensorflow_metal_read.reading`, and in `.plan` that
    of the time before, if there was one. Returns both, to be registered under that name. The
    command only reads, so it runs with --check too, and nothing is ever changed. Where a switch is
    wrong, the Mac is not asked, and `argument_errors` says of each what.
    """

    TRANSFERS_FILES = False
    _VALID_ARGS = frozenset({"command", "plan", "once"})

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        known = dict(task_vars or {})
        judged = self.judged(known)
        if judged.get("failed"):
            errors = {key: judged[key] for key in ("msg", "argument_errors")}
            return {**result, "failed": True, **errors}
        known |= {name: self.found(name, known) for name in self._task.args["once"]}
        command = self.found(self._task.args["command"], known)
        answer = self._low_level_execute_command(command, executable=False)
        if answer["rc"] != 0:
            return {**result, **answer, "failed": True, "msg": self.unread(answer)}
        reading = self._templar.evaluate_expression(
            READING, local_variables={"said": answer["stdout"]}
        )
        known[REGISTERED] = {**known.get(REGISTERED, {}), "reading": reading}
        plan = self.found(self._task.args["plan"], known)
        return {**result, "changed": False, "reading": reading, "plan": plan}

    def found(self, name: str, known: dict[str, Any]) -> object:
        """The value of this variable, among those that are known."""
        templar = self._templar.copy_with_new_env(available_variables=known)
        return templar.resolve_variable_expression(name)

    def judged(self, known: dict[str, Any]) -> dict[str, Any]:
        """The switches by their specification, as Ansible itself judges those of an entry point."""
        task = self._task.copy()
        task.args = {"argument_spec": SPECIFIED}
        action = self._shared_loader_obj.action_loader.get(
            VALIDATE,
            task=task,
            connection=self._connection,
            play_context=self._play_context,
            loader=self._loader,
            templar=self._templar,
            shared_loader_obj=self._shared_loader_obj,
        )
        found: dict[str, Any] = action.run(task_vars=known)
        return found

    def unread(self, answer: dict[str, Any]) -> str:
        said = (answer["stderr"] or answer["stdout"]).strip()
        return f"This Mac could not be read: /bin/sh ended with {answer['rc']}. It said: {said}"
