"""The program that loads libraries on the system that they are for, and calls nothing in them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.model.binary import Format

if TYPE_CHECKING:
    from ffiwheel.compile.job import Job

SOURCE = Path(__file__).parent / "data" / "emulate" / "load.c"

LOADING = "[ffiwheel loads] "
"""What it prints before the name of each library that it is about to load."""


def loader_command(job: Job, program: Path) -> list[str]:
    """Return the command that makes `program` for the target of `job`."""
    # Other levels make zig build its C library once more.
    linked = ["-ldl"] if job.target.format is Format.ELF else []
    return [*job.compiler.cc, "-O2", "-s", str(SOURCE), "-o", str(program), *linked]
