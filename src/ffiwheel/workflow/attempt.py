"""What compiling for one of several targets ended in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ffiwheel.errors import FfiwheelError

if TYPE_CHECKING:
    from pathlib import Path

    from ffiwheel.compile.job import Job
    from ffiwheel.model.draft import Draft
    from ffiwheel.model.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What became of the compilation for a target."""

    target: Target
    outcome: Draft | FfiwheelError
    """The wheel to be, without bindings, or why there is none."""
    folder: Path
    """The build folder of this target."""
    job: Job | None = None
    """How it was compiled; None where that could not be planned."""
    seconds: float = 0.0
    """How long compilers and linkers worked on it in this run, all cores together."""

    @property
    def error(self) -> FfiwheelError | None:
        """Why there is no wheel to be, or None."""
        return self.outcome if isinstance(self.outcome, FfiwheelError) else None

    @property
    def draft(self) -> Draft:
        """The wheel to be.

        Raises:
            FfiwheelError: if there is none.
        """
        if isinstance(self.outcome, FfiwheelError):
            raise self.outcome
        return self.outcome
