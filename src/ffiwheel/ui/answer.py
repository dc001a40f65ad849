"""Answers go to stdout, so that `cd "$(ffiwheel new hello)"` and pipes work."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from ffiwheel.errors import OutputError
from ffiwheel.ui.streams import give_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from rich.text import Text


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


def print_note(text: str) -> None:
    """Say something beside the answer, where colors and progress are not worth their import."""
    try:
        sys.stderr.write(f"{text}\n")
    except OSError:
        give_up(sys.stderr)


def print_texts(render: Callable[[bool], Iterable[Text]]) -> None:
    """Print an answer with colors, where stdout shows them.

    Args:
        render: returns the texts, given whether stdout can show ASCII only.

    Raises:
        BrokenPipeError, OutputError: as `print_answer`.
    """
    from rich.console import Console  # noqa: PLC0415 - it takes 0.05 s, and most answers are plain

    encoding = (sys.stdout.encoding if sys.stdout else None) or "ascii"
    console = Console(highlight=False, emoji=False, markup=False)
    for text in render(not encoding.lower().startswith("utf")):
        with console.capture() as captured:
            console.print(text, soft_wrap=True, end="")
        print_answer(captured.get())


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
