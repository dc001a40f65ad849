"""What both compile engines end in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ffiwheel.model.provenance import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """The files that a compile step adds to the wheel, and what they were made of."""

    files: Mapping[str, Path]
    """Archive path -> built file."""
    tools: tuple[Part, ...]
    """The programs that compiled."""
    sources: Mapping[str, Path]
    """Path from the project's folder -> file of each that was compiled, headers included."""
