"""How each source is compiled, as clangd and other tools that read C++ want to know it.

They take a command word by word, as clang would. So what only g++ understands is left out, and so
is what starts the compiler; a source that is compiled together with others gets the command of that
unit. https://clang.llvm.org/docs/JSONCompilationDatabase.html
"""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, TypedDict

from ffiwheel.compile.ask_ninja import ask_ninja
from ffiwheel.compile.sources import find_sources
from ffiwheel.reflect.source.files import DATABASE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ffiwheel.config.project import Project

_STARTERS = {"ccache", "sccache", "distcc", "icecc"}
_ONLY_GCC = {"-fno-gnu-unique", "-Winvalid-pch"}
_PRECOMPILED = "/precompiled/headers.h"
"""A header that g++ has precompiled; the source includes all that is in it."""
_CPP = (".cc", ".cpp", ".cxx", ".c++", ".C")


class Entry(TypedDict):
    """How one source is compiled."""

    directory: str
    file: str
    arguments: list[str]


def read_database(project: Project, folder: Path) -> list[Entry]:
    """Return how the sources of a project were compiled in a build folder.

    Args:
        project: what was built.
        folder: its build folder.
    """
    if project.config.sources:
        told = ask_ninja(project.root, folder / "build.ninja", "compdb") or "[]"
        sources = find_sources(project.root, project.config.sources)
        return plan_database(json.loads(told), sources, folder)
    files = sorted(folder.glob(f"cmake-*/{DATABASE}"), key=lambda one: one.stat().st_mtime)
    found = json.loads(files[-1].read_text(encoding="utf-8")) if files else []
    return plan_database(found, (), folder)


def plan_database(
    found: Iterable[Mapping[str, str]], sources: Sequence[Path], folder: Path
) -> list[Entry]:
    """Return the database that editors get.

    Args:
        found: that of Ninja or CMake; Ninja's has everything that it makes.
        sources: those of the project that have to be in it.
        folder: the build folder, whose files are no project's.
    """
    entries = [_read_entry(one) for one in found]
    shown = [one for one in entries if _path_of(one).is_file()]
    own = [one for one in shown if not _path_of(one).is_relative_to(folder)]
    pattern = next((one for one in shown if one["file"].endswith(_CPP)), None)
    listed = {_path_of(one) for one in own}
    missing = [path for path in sources if path not in listed and path.name.endswith(_CPP)]
    return [*own, *(_for_source(pattern, path) for path in missing if pattern)]


def _read_entry(entry: Mapping[str, str]) -> Entry:
    words = shlex.split(entry["command"])
    while words and (words[0].startswith("$") or PurePosixPath(words[0]).name in _STARTERS):
        del words[0]
    kept = [word for word in words if word not in _ONLY_GCC]
    while precompiled := [at for at, word in enumerate(kept) if word.endswith(_PRECOMPILED)]:
        del kept[precompiled[0] - 1 : precompiled[0] + 1]  # `-include` before it
    return Entry(directory=entry["directory"], file=entry["file"], arguments=kept)


def _for_source(pattern: Entry, source: Path) -> Entry:
    words = [str(source) if word == pattern["file"] else word for word in pattern["arguments"]]
    return Entry(directory=pattern["directory"], file=str(source), arguments=words)


def _path_of(entry: Entry) -> Path:
    return Path(os.path.normpath(Path(entry["directory"], entry["file"])))
