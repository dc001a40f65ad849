"""The log of a build: all that compilers print goes to a file, the first errors to the screen."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from ffiwheel.compile.errors import name_log
from ffiwheel.errors import CompileError
from ffiwheel.system.files import explaining

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import TextIO

    from ffiwheel.model.progress import Step


class LoggedStep:
    """A `Step` that writes what child processes print into a file as well."""

    def __init__(self, step: Step, path: Path, file: TextIO) -> None:
        """Stand before `step`."""
        self.advance = step.advance
        self.done = step.done
        self.step = step
        self.path = path
        self.file = file
        self.is_empty = True

    def output(self, line: str) -> None:
        """Pass on one line that a child process printed."""
        self.step.output(line)
        self.is_empty = False
        with explaining(self.path):
            self.file.write(f"{line}\n")


@contextlib.contextmanager
def logged(step: Step, path: Path) -> Iterator[Step]:
    """Give a step that writes the file `path` anew; an error names it if there is more in it.

    Raises:
        CompileError: of the block, its output cut to the first errors.
        OutputError: if the log cannot be written.
    """
    with explaining(path):
        file = path.open("w", encoding="utf-8", errors="backslashreplace", buffering=1)
    heard = LoggedStep(step, path, file)
    try:
        yield heard
    except CompileError as error:
        if heard.is_empty:
            raise
        raise name_log(error, path) from error.__cause__
    finally:
        with explaining(path):
            file.close()
