"""What an editable install was made of: every file that a compiler read, with its mark.

Ninja knows them, headers of the system included. A file that was changed while it was compiled gets
a mark that no file has, so that the next look finds it changed.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ffiwheel.compile.ask_ninja import ask_ninja
from ffiwheel.reflect.source.files import read_files
from ffiwheel.system.environment import interpreter
from ffiwheel.wheel.finder import (
    BESIDE,
    BUILT,
    INPUT,
    LISTING,
    mark_file,
    mark_listing,
    render_state,
)
from ffiwheel.workflow.bind import is_ours
from ffiwheel.workflow.compile import source_files, source_packages
from ffiwheel.workflow.develop_current import INSTALLED, KEY, describe_wishes, join_names
from ffiwheel.workflow.outdated import list_read, ninja_files, remembered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ffiwheel.config.project import Project
    from ffiwheel.wheel.editable import Editable
    from ffiwheel.workflow.develop_current import Wishes

_SLACK = 20_000_000
"""Nanoseconds that the time of a file may be behind the clock."""
_CHANGING = "changing"
_DESCRIBING = ("pyproject.toml", "setup.py", "setup.cfg", "CMakeLists.txt")


class Stock(NamedTuple):
    """How files were before a build."""

    moment: int
    """When the build began, in nanoseconds since 1970."""
    marks: Mapping[str, str]
    """Path -> mark of each that was known then."""


def take_stock(project: Project, folder: Path) -> Stock:
    """Return how the files are that are going to be compiled, as far as they are known."""
    moment = time.time_ns()
    paths = {*_list_sources(project, folder), *remembered(folder)}
    return Stock(moment=moment, marks={path: mark_file(path) for path in paths})


class State(NamedTuple):
    """What an install says of itself."""

    values: Mapping[str, str]
    files: Sequence[tuple[str, str, str]]
    """Kind, mark and path of each."""

    @property
    def text(self) -> str:
        """The state as it is written."""
        return render_state(self.values, self.files)

    def still(self, values: Mapping[str, str]) -> State:
        """Return the state where no installer has done anything since another one."""
        kept = {name: values.get(name, "") for name in (INSTALLED, "version")}
        return self._replace(values={**self.values, **kept})


def describe_values(
    project: Project, wishes: Wishes, editable: Editable, version: str
) -> dict[str, str]:
    """Return name -> value of what the state of an install says.

    Args:
        project: what was built.
        wishes: how it was built.
        editable: what goes into the environment.
        version: its version, as far as a new one is worth the while.
    """
    return {
        **describe_wishes(project, wishes),
        "version": version,
        "extras": join_names(wishes.extras),
        "groups": join_names(wishes.groups),
        KEY: editable.key,
        INSTALLED: editable.key,
        "python": str(interpreter()),
    }


def list_files(
    project: Project, folder: Path, editable: Editable, beside: Sequence[Path], stock: Stock
) -> list[tuple[str, str, str]]:
    """Return kind, mark and path of each file of an install that was just built.

    Args:
        project: what was built.
        folder: its build folder.
        editable: what goes into the environment.
        beside: what was written for editors.
        stock: how files were before.
    """
    inputs = sorted({*_list_sources(project, folder), *_list_inputs(project, folder)})
    sizes = {
        name: content.stat().st_size if isinstance(content, Path) else len(content)
        for name, content in editable.built.items()
    }
    rows = [
        *((INPUT, _mark(path, stock), path) for path in inputs),
        *((LISTING, mark_listing(path), path) for path in _list_folders(project, inputs)),
        *((BESIDE, mark_file(str(path)), str(path)) for path in beside),
        *((BUILT, str(size), name) for name, size in sizes.items()),
    ]
    return [row for row in rows if row[1]]


def _time_of(mark: str) -> int:
    return int(mark.partition(":")[0])


def _mark(path: str, stock: Stock) -> str:
    """Return the mark of a file, unless it may have changed since the build began."""
    mark = mark_file(path)
    if not mark or stock.marks.get(path) == mark:
        return mark
    return mark if _time_of(mark) < stock.moment - _SLACK else _CHANGING


def _list_sources(project: Project, folder: Path) -> Iterator[str]:
    """Yield the files of the project that a build looks at, whether they are compiled or not."""
    for name in _DESCRIBING:
        if (project.root / name).is_file():
            yield str(project.root / name)
    for name, _ in read_files(project.root, folder):
        if not name.startswith("build/"):
            yield os.path.normpath(project.root / name)
    for name, path in source_files(project).items():
        if "_ffi_api" in name and not is_ours(name, path):
            yield str(path)


def _list_inputs(project: Project, folder: Path) -> Iterator[str]:
    """Yield the files that were compiled, and those that CMake has read."""
    for cwd, file in ninja_files(project, folder):
        yield from list_read(folder, cwd, file)
        again = ask_ninja(cwd, file, "query", "build.ninja") if cwd != project.root else ""
        listed = (line.strip().lstrip("| ") for line in again.splitlines())
        for path in (os.path.normpath(one) for one in listed if one.startswith("/")):
            if not path.startswith(f"{folder}{os.sep}") and os.path.isfile(path):  # noqa: PTH113
                yield path


def _list_folders(project: Project, inputs: Iterable[str]) -> list[str]:
    """Return the folders in which new sources would count: those of sources, and around them."""
    root = project.folder
    found = {root, *(str(package.path) for package in source_packages(project))}
    for path in inputs:
        folder = os.path.dirname(path)  # noqa: PTH120 - as above
        while folder.startswith(f"{root}{os.sep}") and folder not in found:
            found.add(folder)
            folder = os.path.dirname(folder)  # noqa: PTH120 - as above
    return sorted(found)
