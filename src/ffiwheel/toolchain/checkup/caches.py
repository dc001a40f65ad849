"""What is kept between builds: where, how much of it, and whether it can be written to."""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from ffiwheel.model.size import show_size
from ffiwheel.model.tool import Fault, Tool
from ffiwheel.system.environment import cache_folder, zig_cache_choice
from ffiwheel.system.files import is_writable

CACHE, ZIG_CACHE, BUILD_FOLDER = "ffiwheel's cache", "zig's cache", "build folder"
_CACHE = Tool(
    group="caches", name=CACHE, purpose="releases of the runtime; builds of read-only projects"
)
_ZIG_CACHE = Tool(group="caches", name=ZIG_CACHE, purpose="zig's C++ libraries for other systems")
_BUILD_FOLDER = Tool(group="caches", name=BUILD_FOLDER, purpose="what this project was built into")
_COUNTING_SECONDS = 0.5


def check_cache() -> tuple[Tool, ...]:
    """Look at ffiwheel's own cache."""
    return (_check_folder(_CACHE, cache_folder(), "XDG_CACHE_HOME"),)


def check_zig_cache() -> tuple[Tool, ...]:
    """Look at zig's cache; where it has none, builds take a temporary folder."""
    place = zig_cache_choice() or Path(tempfile.gettempdir())
    return (_check_folder(_ZIG_CACHE, place, "ZIG_GLOBAL_CACHE_DIR"),)


def check_build_folder(place: Path) -> tuple[Tool, ...]:
    """Look at the build folder of the project at hand."""
    return (_check_folder(_BUILD_FOLDER, place, ""),)


def _check_folder(tool: Tool, place: Path, variable: str) -> Tool:
    found = replace(tool, path=place, detail=describe_size(place))
    if is_writable(place):
        return found
    there = next(one for one in (place, *place.parents) if os.path.exists(one))  # noqa: PTH110
    instead = f"\nor let {variable} name another folder" if variable else ""
    if not os.path.isdir(there):  # noqa: PTH112 - `Path` raises where nothing may be seen
        message, fix = f"it cannot be made: {there} is a file", f"mv {there} {there}.old"
    else:
        message, fix = f"nothing can be made in {there}", f'sudo chown -R "$(id -un)" {there}'
    return found.with_trouble(Fault.UNWRITABLE, message, f"{fix}{instead}")


def describe_size(place: Path, seconds: float = _COUNTING_SECONDS) -> str:
    """Return how much lies in a folder; of a huge one, what could be counted in so many seconds."""
    if not os.path.isdir(place):  # noqa: PTH112 - as above
        return "not made yet"
    deadline = time.monotonic() + seconds
    size, pending = 0, [str(place)]
    while pending and time.monotonic() < deadline:
        more, folders = _add_up(pending.pop())
        size += more
        pending += folders
    return f"{'more than ' if pending else ''}{show_size(size)}"


def _add_up(folder: str) -> tuple[int, list[str]]:
    """Return how much the files of a folder take, and the folders in it; links lead nowhere."""
    size, folders = 0, []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                else:
                    size += entry.stat(follow_symlinks=False).st_size
    except OSError:  # not ours to read, or removed meanwhile
        return size, folders
    return size, folders
