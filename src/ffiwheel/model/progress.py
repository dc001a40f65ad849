"""How a use case tells what it is doing, without knowing who listens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from ffiwheel.model.finding import Finding


class Step(Protocol):
    """One step of the pipeline while it runs."""

    def advance(self, done: int, total: int) -> None:
        """Say that `done` of `total` parts are finished."""

    def output(self, line: str) -> None:
        """Pass on one line that a child process printed."""

    def done(self, text: str, right: str = "") -> None:
        """Say what the step made; `right` replaces the time in the right column."""


class Progress(Protocol):
    """Where the talk of a use case goes."""

    def step(self, name: str) -> AbstractContextManager[Step]:
        """Return a context in which the step `name` runs."""

    def warn(self, finding: Finding, subjects: Sequence[str] = ()) -> None:
        """Show a finding that does not stop the work, with all the `subjects` it is true of."""

    def note(self, text: str) -> None:
        """Say what holds the work up, at once."""
