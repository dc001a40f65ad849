"""Find the C++ and CUDA files of a project, whatever builds it.

A build says which files it compiles, but not in the same way for every backend, and not which
headers say most about a function. So all of the project's folder is looked at, except for what
builds, installs and downloads leave there; and what a build compiles from elsewhere, where it says
so: a source that CMake makes. The reader parses only what it needs.

https://clang.llvm.org/docs/JSONCompilationDatabase.html
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SUFFIXES = (
    *(".c", ".cc", ".cpp", ".cxx", ".c++", ".cu"),
    *(".h", ".hh", ".hpp", ".hxx", ".h++", ".cuh", ".inl", ".inc", ".ipp", ".tcc"),
)
_LEFT_OUT = {"build", "dist", "node_modules", "__pycache__", "site-packages", "venv"}
_MARKS = ("pyvenv.cfg", "CMakeCache.txt", ".ninja_log")
"""Files of an environment or a build folder, whatever that is called."""


DATABASE = "compile_commands.json"


def read_files(root: Path, folder: Path) -> tuple[tuple[str, bytes], ...]:
    """Return the path from `root` and the content of each C++ and CUDA file, sorted by path.

    Args:
        root: the project's folder.
        folder: the build folder, below which a build says what it compiled.
    """
    found = dict(_walk(root))
    for file in _list_compiled(folder):
        is_made = file.is_relative_to(folder)
        name = f"build/{_name(file, folder)}" if is_made else _name(file, root)
        if name not in found and file.is_file():
            found[name] = file.read_bytes()
    return tuple(sorted(found.items()))


def _list_compiled(folder: Path) -> Iterator[Path]:
    for database in sorted(folder.glob(f"*/{DATABASE}")):
        for entry in json.loads(database.read_text(encoding="utf-8")):
            yield Path(entry["directory"], entry["file"])


def _name(file: str | Path, root: Path) -> str:
    return os.path.relpath(file, root).replace(os.sep, "/")


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
                    yield _name(file, root), stream.read()
