"""What a command on a Mac prints, line by line, while it runs."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from testinfra.backend.base import BaseBackend, CommandResult
    from testinfra.backend.ssh import SshBackend
    from testinfra.host import Host

Heard = Callable[[bytes], None]


@contextmanager
def streamed(host: Host, heard: Heard) -> Iterator[None]:
    """Within this, each line of what `host.run` prints is heard as it comes.

    testinfra has the answer when all is over. Its own way to the Mac stays as it is, ssh's
    arguments and the connection that is kept open among it: only what starts the process and
    waits for it is another. Ways that start none, such as paramiko's, are heard at the end.
    """
    backend = acting(host)

    def run_local(command: str, *arguments: str) -> CommandResult:
        line = backend.encode(backend.quote(command, *arguments))
        # Standard error in a file: what nobody reads would fill a pipe and stop the process.
        with tempfile.TemporaryFile() as said:
            with subprocess.Popen(
                line, shell=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said
            ) as process:
                rows = []
                for row in process.stdout or ():
                    rows.append(row)
                    heard(row)
            said.seek(0)
            return backend.result(process.returncode, line, b"".join(rows), said.read())

    backend.run_local = run_local
    # For a letter beyond ASCII testinfra asks the Mac's python3 what it takes, with the same letter
    # in the question, for ever; and on a bare Mac python3 opens a window.
    backend.encode = os.fsencode
    try:
        yield
    finally:
        del backend.run_local, backend.encode


def acting(host: Host) -> BaseBackend:
    """What really starts processes: behind the ansible backend it is another host's."""
    backend = host.backend
    if backend.get_connection_type() != "ansible":
        return backend
    behind = backend.ansible_runner.get_host(
        backend.host, ssh_config=backend.ssh_config, ssh_identity_file=backend.ssh_identity_file
    )
    if behind is None:
        return backend
    if hasattr(behind.backend, "ssh_extra_args"):
        quote_options(behind.backend)
    return behind.backend


def quote_options(backend: SshBackend) -> None:
    """Let a shell hand on ssh's options as Ansible does, word by word, spaces and all."""
    words = shlex.split(backend.ssh_extra_args or "")
    if backend.controlpath:
        words += ["-o", 'ControlPath="{}"'.format(backend.controlpath.replace("%%", "%"))]
        backend.controlpath = None
    backend.ssh_extra_args = shlex.join(words)
