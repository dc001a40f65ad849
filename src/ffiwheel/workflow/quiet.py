"""A `Progress` that keeps what it hears, for work that is done for several targets.

What is said of several of them is said once, with their names.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ffiwheel.model.finding import Finding
    from ffiwheel.model.progress import Progress


class QuietStep:
    """A step that nobody watches."""

    def advance(self, done: int, total: int) -> None:
        """Say nothing."""

    def output(self, line: str) -> None:
        """Say nothing."""

    def done(self, text: str, right: str = "") -> None:
        """Say nothing."""


@dataclass(slots=True)
class Quiet:
    """What the same steps would have said for several targets."""

    target: str = ""
    """Whose turn it is."""
    heard: dict[tuple[object, ...], tuple[Finding, dict[str, None]]] = field(default_factory=dict)
    """What a finding says -> the first one that says so, and where."""
    notes: dict[str, None] = field(default_factory=dict)

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[QuietStep]:  # noqa: ARG002 - the protocol's
        """Run one step."""
        yield QuietStep()

    def warn(self, finding: Finding, subjects: Sequence[str] = ()) -> None:
        """Keep a finding about the target whose turn it is."""
        key = (finding.rule, finding.severity, finding.message, finding.help)
        places = self.heard.setdefault(key, (finding, {}))[1]
        for subject in subjects or (finding.subject,):
            is_about_target = subject == self.target
            places[subject if is_about_target else f"{subject} for {self.target}"] = None

    def note(self, text: str) -> None:
        """Keep a note; the same one counts once."""
        self.notes[text] = None

    def tell(self, progress: Progress) -> None:
        """Say everything once."""
        for text in self.notes:
            progress.note(text)
        for finding, places in self.heard.values():
            progress.warn(finding, tuple(places))
