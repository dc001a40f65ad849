"""Are there CMake, Ninja, git and zig, and are they new enough?"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import ninja
from packaging.version import InvalidVersion, Version

from ffiwheel.model.tool import Fault, Tool
from ffiwheel.toolchain.checkup.ask import check_program, find_on_path, install_command
from ffiwheel.toolchain.zig import explain_release, find_zig

if TYPE_CHECKING:
    from collections.abc import Iterator

CMAKE, NINJA, GIT, ZIG = "CMake", "Ninja", "git", "zig"
_CMAKE = Tool(group="build tools", name=CMAKE, purpose="builds projects with a CMakeLists.txt")
_NINJA = Tool(group="build tools", name=NINJA, purpose="runs the compilers, many at once")
_GIT = Tool(group="build tools", name=GIT, purpose="knows the version")
_ZIG = Tool(group="build tools", name=ZIG, purpose="compiles for other systems")


def check_cmake(wanted: str = "") -> tuple[Tool, ...]:
    """Look at CMake, where scikit-build-core looks for it: PyPI's first, then the search path.

    Args:
        wanted: the oldest release that the project takes; empty if it does not say.
    """
    fix = f"pip install --upgrade 'cmake>={wanted}'" if wanted else "pip install cmake"
    seen = [check_program(_CMAKE, one, fix) for one in _list_cmakes()]
    judged = [_hold_against(one, wanted, fix) for one in seen]
    missing = check_program(_CMAKE, None, fix)
    return (next((one for one in judged if not one.troubles), (*judged, missing)[0]),)


def _list_cmakes() -> Iterator[Path]:
    spec = importlib.util.find_spec("cmake")
    packaged = Path(str(spec.origin)).parent / "data" / "bin" / "cmake" if spec else None
    for path in (packaged, find_on_path("cmake3"), find_on_path("cmake")):
        if path and path.is_file():
            yield path


def _hold_against(tool: Tool, wanted: str, fix: str) -> Tool:
    if tool.troubles or not wanted or not is_older(tool.version, wanted):
        return tool
    message = f"CMake {tool.version} is too old: CMakeLists.txt wants {wanted}"
    return tool.with_trouble(Fault.TOO_OLD, message, fix)


def is_older(version: str, wanted: str) -> bool:
    """Tell whether a version is older than another; not if one of them is none.

    >>> is_older("3.25.1", "3.30"), is_older("4.0.0", "3.30"), is_older("4.0.0-g12", "3.30")
    (True, False, False)
    """
    try:
        return Version(version) < Version(wanted)
    except InvalidVersion:
        return False


def check_ninja() -> tuple[Tool, ...]:
    """Look at the Ninja that plain sources are built with: the package's."""
    program = Path(ninja.BIN_DIR) / "ninja"
    fix = "pip install --force-reinstall ninja"
    return (check_program(_NINJA, program if program.is_file() else None, fix),)


def check_git() -> tuple[Tool, ...]:
    """Look at git."""
    return (check_program(_GIT, find_on_path("git"), install_command("git")),)


def check_zig() -> tuple[Tool, ...]:
    """Look at zig, which an extra of ours installs."""
    fix = "pip install 'ffiwheel[zig]'"
    found = check_program(_ZIG, find_zig(), fix, ("version",))
    if found.version and (said := explain_release(found.version)):
        return (found.with_trouble(Fault.TOO_OLD, said, fix),)
    return (found,)
