"""Find the C++ and CUDA files of a project, whatever builds it.

A build says which files it compiles, but not in the same way for every backend, and not which
headers say most about a function. So all of the project's folder is looked at, except for what
builds, installs and downloads leave there. The reader opens only what it needs.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SUFFIXES = (
    *(".c", ".cc", ".cpp", ".cxx", ".c++", ".cu"),
    *(".h", ".hh", ".hpp", ".hxx", ".h++", ".cuh", ".inl", ".inc", ".ipp", ".tcc"),
)
_LEFT_OUT = {"build", "dist", "node_modules", "__pycache__", "site-packages", "venv"}
_MARKS = ("pyvenv.cfg", "CMakeCache.txt", ".ninja_log")
"""Files of an environment or a build folder, whatever that is called."""


def read_files(root: Path) -> tuple[tuple[str, bytes], ...]:
    """Return path below `root` and content of each C++ and CUDA file, sorted by path."""
    return tuple(sorted(_walk(root)))


def _walk(root: Path) -> Iterator[tuple[str, bytes]]:
    for folder, folders, names in os.walk(root):
        if folder != str(root) and any(mark in names for mark in _MARKS):
            folders.clear()
            continue
        folders[:] = [
            name for name in folders if name not in _LEFT_OUT and not name.startswith(".")
        ]
        for name in names:
            file = os.path.join(folder, name)  # noqa: PTH118 - os.walk's own kind of path
            if name.endswith(_SUFFIXES) and os.path.isfile(file):  # noqa: PTH113
                with open(file, "rb") as stream:  # noqa: PTH123
                    yield os.path.relpath(file, root).replace(os.sep, "/"), stream.read()
