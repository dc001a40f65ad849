"""Whether the wheel that was delivered last is what a build would make again.

A build of plain sources that found nothing wrong leaves a list behind: every file that
it read, the names in every folder that it looked through, and what stands for the rest: the
options, the version, the environment variables, the folders of programs and of Python packages.
If all of that is as it was, the same bytes would come out again. Where there is doubt, it builds.

Most runs of `ffiwheel build` in a loop end here, so it imports little; what builds is imported
later.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from ffiwheel import __version__
from ffiwheel.system.environment import describe_environment
from ffiwheel.wheel.finder import INPUT, mark_file, read_state
from ffiwheel.workflow.version import project_version

if TYPE_CHECKING:
    from ffiwheel.config.project import Project

NAMES, WHEEL = "names", "wheel"
"""Kinds of what is listed beside files that are read: a folder whose names count, and the wheel."""
_NOT_READ = {"build", "dist", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}


class Order(NamedTuple):
    """What a caller wants of a wheel."""

    outdir: str
    debug: bool = False
    ffi: str = ""
    launcher: str = ""


def is_remembered(project: Project) -> bool:
    """Tell whether a build of the project can be described by a list of files.

    CMake and other backends may look at anything, and so may what is emitted.
    """
    config = project.config
    return project.is_ours and bool(config.sources) and not config.version.emit


def state_folder(project: Project, *, debug: bool) -> Path:
    """Return where the list lies: in the build folder."""
    kind = "debug" if debug else "release"
    return Path(project.folder, "build", "ffiwheel", kind, "delivered")


def find_delivered(project: Project, order: Order) -> Path | None:
    """Return the wheel that lies where it is wanted and is what a build would make, or None."""
    if not is_remembered(project):
        return None
    values, files = read_state(str(state_folder(project, debug=order.debug)))
    wheels = [path for kind, _, path in files if kind == WHEEL]
    if not wheels or not all(_is_same(*row) for row in files):
        return None
    wanted = describe_order(project, order)
    return Path(wheels[0]) if all(values.get(name) == wanted[name] for name in wanted) else None


def describe_order(project: Project, order: Order) -> dict[str, str]:
    """Return what has to be written in the list, name by name."""
    return {
        "with": repr((__version__, sys.prefix, describe_environment())),
        "root": repr(project.folder),
        "order": repr(tuple(order)),
        "version": repr(tuple(project_version(project))),
    }


def mark_names(path: str) -> str:
    """Return what tells whether something has come to a folder, or has left it."""
    moment = mark_file(path).partition(":")[0]
    return f"{moment}:{_hash_names(path)}" if moment else ""


def _hash_names(path: str) -> str:
    try:
        names = sorted(name for name in os.listdir(path) if name not in _NOT_READ)  # noqa: PTH208
    except OSError:
        return ""
    return str(crc32("\0".join(names).encode("utf-8", "surrogateescape")))


def _is_same(kind: str, mark: str, path: str) -> bool:
    if kind in (INPUT, WHEEL):
        return mark_file(path) == mark
    moment, _, names = mark.partition(":")
    return mark_file(path).partition(":")[0] == moment or _hash_names(path) == names
