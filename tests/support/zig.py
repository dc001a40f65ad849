"""zig as the tests call it themselves, for what is no project."""

from __future__ import annotations

from functools import cache

from ffiwheel.system.environment import inherited
from ffiwheel.toolchain.zig import find_zig, share_sources, zig_release


@cache
def zig(*command: str) -> tuple[str, ...]:
    """Return the beginning of a command of zig.

    It reads the sources that builds by ffiwheel share, and so takes their C++ libraries.
    """
    found = find_zig()
    assert found, "ziglang is among the developers' packages"
    share_sources(found, zig_release(found))
    return ("env", f"ZIG_LIB_DIR={inherited()['ZIG_LIB_DIR']}", str(found), *command)
