"""zig as the tests call it themselves, for what is no project."""

from __future__ import annotations

import sys
from functools import cache

from workshop import REPOSITORY, check

_ASK = """\
from ffiwheel.system.environment import inherited
from ffiwheel.toolchain.zig import find_zig, share_sources, zig_release
zig = find_zig()
share_sources(zig, zig_release(zig))
print(zig, inherited()["ZIG_LIB_DIR"], sep="\\n")
"""
"""A process of its own is asked: from here on, it tells all that it starts."""


def zig(*command: str) -> tuple[str, ...]:
    """Return the beginning of a command of zig.

    It reads the sources that builds by ffiwheel share, and so takes their C++ libraries.
    """
    program, sources = _find()
    return ("env", f"ZIG_LIB_DIR={sources}", program, *command)


@cache
def _find() -> tuple[str, str]:
    program, sources = check(sys.executable, "-c", _ASK, cwd=REPOSITORY).splitlines()
    return program, sources
