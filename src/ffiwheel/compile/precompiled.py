"""The headers of TVM-FFI, compiled once for all sources that begin with them.

g++ reads them in a second or more, and a precompiled header in a third of that; to make it takes as
long as three readings. The libraries are the same to the byte, because the header stands for the
beginning of each source that gets it, and because g++ falls back to the text where the header would
not mean the same. clang is left out: what it makes is in another order with such a header.
https://gcc.gnu.org/onlinedocs/gcc/Precompiled-Headers.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ffiwheel.compile.leading import RUNTIME, read_leading
from ffiwheel.compile.sources import CUDA_SUFFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ffiwheel.compile.plan import Plan

_PAYS_FROM = 5
"""How many sources must begin alike: from here on a clean build takes less work with the header."""
_BROUGHT = re.compile(r"^#\s*include\s*<(tvm/ffi/[^>]+)>", re.MULTILINE)
_FORCED = ("-include", "-imacros", "--include", "--imacros", "-iquote", "-fmodule")
"""Options that put something before the beginning of every source, or find other headers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Precompiled:
    """A header to be compiled beforehand."""

    includes: tuple[str, ...]
    """What it includes, such as `<tvm/ffi/tvm_ffi.h>`."""
    users: frozenset[Path]
    """The sources that begin with just that."""

    @property
    def text(self) -> str:
        """The header."""
        return "".join(f"#include {name}\n" for name in self.includes)


def find_precompiled(plan: Plan) -> Precompiled | None:
    """Return the header that is worth compiling beforehand for a plan, or None."""
    launcher = plan.job.launcher
    if (
        not plan.table.precompiled_headers
        or plan.job.compiler.family != "gcc"
        or (launcher and launcher.header_variables is None)
        or any(flag.startswith(_FORCED) for flag in plan.table.flags)
    ):
        return None
    # Emitted headers are found before those of the project; then only what lies beside is certain.
    listed = () if plan.job.overlay else plan.table.include_dirs
    folders = [plan.job.root / name for name in listed]
    leading = {
        unit.source: read_leading(unit.parts[0], folders)
        for unit in plan.units
        if unit.source.suffix != CUDA_SUFFIX
    }
    return choose_header(leading, lambda names: _read_size(names, plan.job.runtime.include_dir))


def choose_header(
    leading: Mapping[Path, tuple[str, ...]], weigh: Callable[[tuple[str, ...]], int]
) -> Precompiled | None:
    """Return the header that spares the most, or None if none spares more than it costs.

    Args:
        leading: source -> the headers that it begins with.
        weigh: tells how much a compiler reads for some headers; only asked where it matters.
    """
    users: dict[tuple[str, ...], frozenset[Path]] = {}
    beginnings = {names[:end] for names in leading.values() for end in range(1, len(names) + 1)}
    for one in sorted(beginnings):
        found = frozenset(path for path, names in leading.items() if names[: len(one)] == one)
        if len(found) >= _PAYS_FROM and one[-1].startswith(RUNTIME):
            # What fewer headers can do for the same sources, more can do better.
            users = {
                kept: by for kept, by in users.items() if kept != one[: len(kept)] or by != found
            }
            users[one] = found
    if not users:
        return None
    best = next(iter(users))
    if len(users) > 1:
        best = max(users, key=lambda one: weigh(one) * len(users[one]))
    return Precompiled(includes=best, users=users[best])


def _read_size(names: tuple[str, ...], folder: Path) -> int:
    """Return how many bytes the headers of TVM-FFI have that some of them bring along."""
    known: dict[str, int] = {}
    waiting = [name.strip("<>") for name in names]
    while waiting:
        name = waiting.pop()
        file = folder / name
        if name not in known and file.is_file():
            text = file.read_text(encoding="utf-8", errors="replace")
            known[name] = len(text)
            waiting += _BROUGHT.findall(text)
    return sum(known.values())
