"""Commands on a Mac, through testinfra."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING

from verify.host.stream import Heard, streamed
from verify.onhost.words import last_words

if TYPE_CHECKING:
    from testinfra.host import Host


class UnreachableError(Exception):
    """The Mac does not answer; the text is what ssh said."""


@dataclasses.dataclass(frozen=True)
class Answer:
    """What a command on the Mac gave."""

    status: int
    stdout: str
    stderr: str


Run = Callable[..., Answer]
"""run(command, *arguments): each `%s` of the command is one quoted argument."""


def over(host: Host, heard: Heard = lambda row: None) -> Run:
    """A Run on testinfra's host; it raises UnreachableError where the connection fails.

    Each line that comes from the Mac is heard when it comes.
    """

    def run(command: str, *arguments: str) -> Answer:
        try:
            with streamed(host, heard):
                result = host.run(command, *arguments)
        except RuntimeError as error:
            # testinfra raises what ssh gave, with exit status 255, as the only argument.
            stderr = getattr(error.args[0], "stderr_bytes", str(error).encode())
            raise UnreachableError(last_words(stderr, 1) or "ssh said nothing") from None
        # Not result.stdout: to decode it, testinfra would start python3, which on a bare
        # Mac opens a window.
        stdout, stderr = (
            text.decode("utf-8", "replace") for text in (result.stdout_bytes, result.stderr_bytes)
        )
        return Answer(result.rc, stdout, stderr)

    return run
