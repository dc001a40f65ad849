"""Answers go to stdout, so that `cd "$(ffiwheel new hello)"` and pipes work."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from ffiwheel.errors import OutputError
from ffiwheel.ui.streams import give_up

if TYPE_CHECKING:
    from pathlib import Path


def print_answer(text: str) -> None:
    """Print the answer of a command.

    Raises:
        BrokenPipeError: if nobody reads it.
        OutputError: if it cannot be written for another reason.
    """
    if sys.stdout is None:
        raise OutputError("the answer cannot be written: stdout is closed")
    try:
        _write(f"{text}\n")
    except BrokenPipeError:
        give_up(sys.stdout)
        raise
    except OSError as error:
        give_up(sys.stdout)
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise OutputError(f"the answer cannot be written: {reason}", where="stdout") from error


def show_path(path: Path) -> str:
    """Return a path relative to the current folder where it lies inside."""
    absolute, here = path.absolute(), path.cwd()
    return str(absolute.relative_to(here) if absolute.is_relative_to(here) else absolute)


def _write(text: str) -> None:
    """Write `text`; a path whose letters the stream does not know goes out as the bytes it is."""
    try:
        sys.stdout.write(text)
    except UnicodeEncodeError:
        sys.stdout.flush()
        sys.stdout.buffer.write(os.fsencode(text))
    sys.stdout.flush()
