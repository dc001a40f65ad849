"""Small programs that stand for a command with arguments, where only a program will do."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from ffiwheel.system.files import write_if_changed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def write_program(path: Path, command: Sequence[str]) -> None:
    """Write a program at `path` that runs `command` with the arguments it is given."""
    if write_if_changed(path, f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n'.encode()):
        path.chmod(0o755)
