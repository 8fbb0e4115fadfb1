"""What a Mac is and what it needs, in one task.

For each task and Mac Ansible starts a process of its own. As four tasks (ask, keep the reading,
choose the rows, keep the plan) this was most of what a Mac that is right costs the controller.
"""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase
from ansible.template import trust_as_template

REGISTERED = "__tensorflow_metal_read"
READING = trust_as_template("said | tensorflow_metal_reading")


class ActionModule(ActionBase):  # type: ignore[misc]
    """`command` prints a reading, as files/probe.sh does; `plan` names the variable to plan with.

    That variable finds the reading in `__tensorflow_metal_read.reading`, and in `.plan` that of the
    time before, if there was one. Returns both, to be registered under that name. The command only
    reads, so it runs with --check too, and nothing is ever changed.
    """

    TRANSFERS_FILES = False
    _VALID_ARGS = frozenset({"command", "plan"})

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        answer = self._low_level_execute_command(self._task.args["command"], executable=False)
        if answer["rc"] != 0:
            return {**result, **answer, "failed": True, "msg": self.unread(answer)}
        reading = self._templar.evaluate_expression(
            READING, local_variables={"said": answer["stdout"]}
        )
        known = dict(task_vars or {})
        known[REGISTERED] = {**known.get(REGISTERED, {}), "reading": reading}
        templar = self._templar.copy_with_new_env(available_variables=known)
        plan = templar.resolve_variable_expression(self._task.args["plan"])
        return {**result, "changed": False, "reading": reading, "plan": plan}

    def unread(self, answer: dict[str, Any]) -> str:
        said = (answer["stderr"] or answer["stdout"]).strip()
        return f"This Mac could not be read: /bin/sh ended with {answer['rc']}. It said: {said}"
