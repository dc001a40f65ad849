"""What starts the C++ compiler: a cache, or a program that hands the work to other machines.

Each is set up by its own means: variables and files of ccache, sccache, distcc and icecream. Two of
them work together as they say themselves, such as with `CCACHE_PREFIX=distcc`.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.errors import MissingToolError
from ffiwheel.model.toolchain import Launcher
from ffiwheel.system.files import is_writable
from ffiwheel.system.process import impatient, query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ffiwheel.model.toolchain import Compiler

_INSTALLS = {
    "ccache": "apt-get install ccache",
    "sccache": "apt-get install sccache",
    "distcc": "apt-get install distcc",
    "icecc": "apt-get install icecc",
}
_CACHES = ("ccache", "sccache")
"""Those that are used unasked: they need no other machine, and one that fails is left out."""
_CACHE_SECONDS = 10.0
"""How long a cache has to say that it works; sccache has a server to start for that."""
_LAX = ("pch_defines", "time_macros")
"""What ccache may overlook. With a precompiled header it takes nothing from the cache without
them: it cannot see in one which macros it was made with, nor if it has the time in it. Ninja makes
the header anew when options change, and does not mind the time either."""


def find_launcher(choice: str, compiler: Compiler, where: str) -> Launcher | None:
    """Return what is to start a compiler, or None if nothing is.

    zig has a cache of its own, which others do not understand. A compiler that is behind a
    launcher as it is, by a command in `CXX` or a link on the search path, stays so, and what that
    launcher needs is returned with no name.

    Args:
        choice: `auto`, `none` or the name of one.
        compiler: what it is to start.
        where: who has chosen, for the error.

    Raises:
        MissingToolError: if the one that is named is not there, or does not run.
    """
    if compiler.family == "zig":
        return None
    if choice in {"auto", "none"} and (own := own_launcher(compiler)):
        return replace(describe_launcher(own), name="")
    if choice == "none":
        return None
    if choice == "auto":
        found = (name for name in _CACHES if shutil.which(name) and _works(name))
        name = next(found, None)
        return describe_launcher(name) if name else None
    if not shutil.which(choice):
        raise MissingToolError(
            f"`{choice}` is not installed, which is to start the compiler",
            where=where,
            hint=f'install it, for example with `{_INSTALLS[choice]}`,\nor say `"none"`',
        )
    if query((choice, "--version")) is None:
        raise MissingToolError(
            f"`{choice}` does not run, which is to start the compiler",
            where=where,
            hint=f'see what is wrong: `{choice} --version`, `ffiwheel doctor`,\nor say `"none"`',
        )
    return describe_launcher(choice)


def own_launcher(compiler: Compiler) -> str:
    """Return the launcher that a compiler is behind as it is, empty if there is none."""
    program = Path(compiler.cxx[0])
    names = (program.name, program.resolve().name)
    return next((name for name in names if name in _INSTALLS), "")


def describe_launcher(name: str) -> Launcher:
    """Return a launcher, with what it says of itself.

    Only ccache can take a precompiled header, and only if it compiles here: what it hands on to
    other machines names the header.
    """
    if name != "ccache":
        return Launcher(name=name, slots=_count_slots(name))
    if behind := (query((name, "-k", "prefix_command")) or "").split():
        return Launcher(name=name, slots=_count_slots(Path(behind[0]).name))
    return Launcher(name=name, header_variables=lax_variables(query((name, "-k", "sloppiness"))))


def _count_slots(name: str) -> int:
    """Return how many compilers distcc's machines can run at once; others do not say."""
    said = (query((name, "-j")) or "").strip() if name == "distcc" else ""
    return int(said) if said.isdecimal() else 0


def lax_variables(said: str | None) -> Mapping[str, str]:
    """Return what lets ccache take precompiled headers, besides what the user allows already.

    >>> lax_variables("locale, time_macros")
    {'CCACHE_SLOPPINESS': 'locale,time_macros,pch_defines'}
    """
    allowed = [one for one in (said or "").replace(",", " ").split() if one != "none"]
    return {"CCACHE_SLOPPINESS": ",".join(dict.fromkeys([*allowed, *_LAX]))}


def _works(name: str) -> bool:
    """Tell whether a cache can be used: a build must not fail for one that nobody asked for."""
    question = ("-k", "cache_dir") if name == "ccache" else ("--show-stats",)  # starts its server
    try:
        with impatient(_CACHE_SECONDS):
            said = query((name, *question))
    except MissingToolError:  # it does not answer, as `ffiwheel doctor` tells
        return False
    if name == "ccache":
        folder = (said or "").strip()
        return bool(folder) and is_writable(Path(folder))
    return said is not None
