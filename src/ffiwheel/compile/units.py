"""What the C++ compiler is given: a source each, or on request several in one.

The number in one is the same on every machine, so that the library is, too. Each is included by its
whole path, so that compilers name it, and not the file that includes it, where something is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ffiwheel.compile.sources import CUDA_SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_TOGETHER = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One thing to compile."""

    source: Path
    """What the compiler is given."""
    parts: tuple[Path, ...]
    """The sources of the project in it: itself, or several."""

    @property
    def text(self) -> str:
        """What it says, if it is a file of ours."""
        return "".join(f'#include "{part}"\n' for part in self.parts)


def plan_units(sources: Sequence[Path], folder: Path | None) -> Iterator[Unit]:
    """Yield what is to be compiled.

    Args:
        sources: those of the project; each one of CUDA stays alone.
        folder: where files that include several are made; None if all stay alone.
    """
    if folder is None:
        yield from (Unit(source=path, parts=(path,)) for path in sources)
        return
    joined = [path for path in sources if path.suffix != CUDA_SUFFIX]
    yield from (Unit(source=path, parts=(path,)) for path in sources if path not in joined)
    for number, start in enumerate(range(0, len(joined), _TOGETHER)):
        parts = tuple(joined[start : start + _TOGETHER])
        source = folder / f"{number}.cc" if len(parts) > 1 else parts[0]
        yield Unit(source=source, parts=parts)
