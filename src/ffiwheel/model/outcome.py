"""What became of one of several targets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from ffiwheel.errors import FfiwheelError
    from ffiwheel.model.finding import Report
    from ffiwheel.model.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a target."""

    target: Target
    seconds: float
    """How long compilers and linkers worked on it, all cores together."""
    wheel: Path | None = None
    report: Report | None = None
    verified: str = ""
    """How it is known that the library loads."""
    error: FfiwheelError | None = None
    """Why there is no wheel."""
