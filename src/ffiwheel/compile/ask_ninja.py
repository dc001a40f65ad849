"""What Ninja tells of a build: what it has remembered, and what is in its file.

Its answers are text for people, of which these functions know the shape.
https://ninja-build.org/manual.html#_extra_tools
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import ninja

from ffiwheel.system.process import query

if TYPE_CHECKING:
    from collections.abc import Iterator


def ask_ninja(cwd: Path, file: Path, tool: str, *arguments: str) -> str:
    """Return what a tool of Ninja's prints; nothing where it fails, or nothing was built yet.

    Args:
        cwd: the folder that Ninja works in.
        file: its `build.ninja`.
        tool: such as `deps`, `compdb`, `query`.
        arguments: what it is asked about.
    """
    if not file.is_file():
        return ""
    program = Path(ninja.BIN_DIR) / "ninja"
    return query((program, "-C", cwd, "-f", file, "-t", tool, *arguments)) or ""


def parse_deps(text: str) -> Iterator[str]:
    r"""Yield every file that `deps` lists.

    >>> list(parse_deps("a.o: #deps 2, deps mtime 17 (VALID)\n    a.cc\n    include/a.h\n\n"))
    ['a.cc', 'include/a.h']
    """
    yield from (line.strip() for line in text.splitlines() if line.startswith("    "))


def parse_objects(text: str) -> Iterator[tuple[str, list[str]]]:
    r"""Yield each output that `deps` lists, and what it was made of.

    >>> list(parse_objects("a.o: #deps 2, deps mtime 17\n    a.cc\n    a.h\n\nb.o: #deps 0\n"))
    [('a.o', ['a.cc', 'a.h']), ('b.o', [])]
    """
    for block in text.split("\n\n"):
        made, found, _ = block.partition(": #deps ")
        if found:
            yield made.strip(), list(parse_deps(block))
