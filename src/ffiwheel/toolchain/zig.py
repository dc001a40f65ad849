"""zig's clang, from PyPI: a C++ compiler, a linker and a C++ library for every target.

The first compilation for a target makes zig build that C++ library, which takes about a minute and
stays in zig's cache for all projects.
"""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.errors import MissingToolError
from ffiwheel.model.toolchain import Compiler
from ffiwheel.system.process import query
from ffiwheel.toolchain.targets import row_of

if TYPE_CHECKING:
    from ffiwheel.model.target import Target


@lru_cache
def find_zig() -> Path | None:
    """Return zig, if `ffiwheel[zig]` is installed."""
    spec = importlib.util.find_spec("ziglang")
    return Path(str(spec.origin)).with_name("zig") if spec else None


def find_cross_compiler(target: Target) -> Compiler:
    """Return zig's compiler for a target.

    Raises:
        MissingToolError: if zig is not installed.
    """
    zig = find_zig()
    if zig is None:
        raise MissingToolError(
            "zig is not installed, which compiles for other systems",
            hint="pip install 'ffiwheel[zig]'",
        )
    return zig_compiler(zig, name_target(target))


def zig_compiler(zig: Path, target: str) -> Compiler:
    """Return zig's compiler for a target in zig's own spelling."""
    number = (query((zig, "version")) or "").strip()
    return Compiler(
        family="zig",
        label=f"zig {number}".strip(),
        cc=(str(zig), "cc", "-target", target),
        cxx=(str(zig), "c++", "-target", target),
        archive_tools=(("ar", (str(zig), "ar")), ("ranlib", (str(zig), "ranlib"))),
    )


def name_target(target: Target) -> str:
    """Return a target as zig spells it, such as `aarch64-linux-gnu.2.17`."""
    triple = row_of(target).triple
    return f"{triple}.{target.minimum}" if target.minimum else triple
