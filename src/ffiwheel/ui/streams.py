"""Standard streams that may be closed, full, or a pipe that nobody reads any more."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

_STREAMS = range(3)


def open_missing() -> None:
    """Put the null device where a standard stream is closed (`2>&-`).

    Otherwise the next file that is opened would take its number, and what a child process says
    would end up in that file.
    """
    for number in _STREAMS:
        with contextlib.suppress(OSError):
            os.fstat(number)
            continue
        os.open(os.devnull, os.O_RDWR)  # the lowest free number, which is this one
        os.set_inheritable(number, True)  # noqa: FBT003 - the signature is Python's
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - for ever


def give_up(stream: TextIO) -> None:
    """Send the rest of what goes to `stream` nowhere: Python would fail to write it at the end."""
    with contextlib.suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)
