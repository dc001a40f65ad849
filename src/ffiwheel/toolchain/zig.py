"""zig's clang, from PyPI: a C++ compiler, a linker and a C++ library for every target.

The first library that is linked for a target makes zig build that C++ library, which takes about a
minute and stays in zig's cache for all projects; `ffiwheel.toolchain.warm` does so beforehand.
"""

from __future__ import annotations

import importlib.util
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.errors import MissingToolError, OutputError
from ffiwheel.model.toolchain import Compiler
from ffiwheel.system.environment import is_set, provide, zig_cache_choice
from ffiwheel.system.files import copy_once, is_writable, make_own_folder
from ffiwheel.system.process import query
from ffiwheel.toolchain.targets import row_of

if TYPE_CHECKING:
    from ffiwheel.model.target import Target

SERIES = "0.17"
"""The series of zig that all targets are tested with; `pyproject.toml` says the same."""
CACHE_HINT = "free some space, or let ZIG_GLOBAL_CACHE_DIR name a folder on another disk"
_INSTALL = "pip install 'ffiwheel[zig]'"


@lru_cache
def find_zig() -> Path | None:
    """Return zig, if `ffiwheel[zig]` is installed."""
    spec = importlib.util.find_spec("ziglang")
    return Path(str(spec.origin)).with_name("zig") if spec else None


def find_zig_for(target: Target) -> Compiler:
    """Return zig's compiler for a target.

    Raises:
        MissingToolError: if zig is not installed, or another release than those that are tested.
    """
    zig = find_zig()
    if zig is None:
        raise MissingToolError(
            "zig is not installed, which compiles for other systems",
            hint=f"{_INSTALL}, or let CXX_<target> name a compiler",
        )
    return zig_compiler(zig, name_target(target))


def zig_compiler(zig: Path, target: str) -> Compiler:
    """Return zig's compiler for a target in zig's own spelling.

    Raises:
        MissingToolError: if it is another release than those that are tested, or does not run.
    """
    number = zig_release(zig)
    share_sources(zig, number)
    return Compiler(
        family="zig",
        label=f"zig {number}",
        cc=(str(zig), "cc", "-target", target),
        cxx=(str(zig), "c++", "-target", target),
        archive_tools=(("ar", (str(zig), "ar")), ("ranlib", (str(zig), "ranlib"))),
    )


@lru_cache
def zig_release(zig: Path) -> str:
    """Return which release of zig this is.

    Raises:
        MissingToolError: if it is another than those that are tested, or does not run.
    """
    number = (query((zig, "version")) or "").strip()
    if said := explain_release(number):
        raise MissingToolError(said, where=str(zig), hint=_INSTALL)
    return number


def explain_release(number: str) -> str:
    """Return why a release of zig will not do; empty if it will.

    >>> explain_release("0.17.1"), explain_release("0.16.0")
    ('', 'zig 0.16.0 is installed; ffiwheel works with zig 0.17')
    """
    if not number:
        return "zig is installed, but does not run"
    if re.match(rf"{re.escape(SERIES)}\.\d", number):
        return ""
    return f"zig {number} is installed; ffiwheel works with zig {SERIES}"


@lru_cache
def share_sources(zig: Path, number: str) -> None:
    """Let zig read the sources of its libraries from one place, in whatever environment it lies.

    zig knows again what it has built by the sources' path. Each virtual environment has another,
    so each would build the C++ library anew, an isolated build every time. So the sources go into
    zig's cache, once for each release, and the processes that we start are told so. The copies are
    links where the file system can do that, and take no space then.

    Args:
        zig: the program.
        number: its release.

    Raises:
        OutputError: if the disk is full.
    """
    place = zig_cache() / "ffiwheel" / f"zig-{number}"
    if is_set("ZIG_LIB_DIR"):
        return
    try:
        copy_once(zig.with_name("lib"), place)
    except OutputError as error:
        problem = error.problems[0]
        raise OutputError(problem.message, where=problem.where, hint=CACHE_HINT) from error
    provide(ZIG_LIB_DIR=str(place))


@lru_cache
def zig_cache() -> Path:
    """Return the folder where zig keeps its C++ libraries for all projects.

    It is zig's own choice: `ZIG_GLOBAL_CACHE_DIR`, else in `XDG_CACHE_HOME` or the home folder.
    Where that cannot be written to, the processes that we start are told a private folder among
    the temporary ones.

    Raises:
        OutputError: if there is no such place either.
    """
    usual = zig_cache_choice()
    if usual and is_writable(usual):
        return usual
    own = make_own_folder("zig")
    provide(ZIG_GLOBAL_CACHE_DIR=str(own))
    return own


def name_target(target: Target) -> str:
    """Return a target as zig spells it, such as `aarch64-linux-gnu.2.17`."""
    triple = row_of(target).triple
    return f"{triple}.{target.minimum}" if target.minimum else triple
