"""What both compile engines end in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """The files that a compile step adds to the wheel."""

    files: Mapping[str, Path]
    """Archive path -> built file."""
    summary: str
    """What was done, in a few words for people."""
