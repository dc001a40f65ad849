"""A `Progress` that keeps what it hears, for work that is done several times over."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from ffiwheel.model.finding import group_findings

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


class Quiet:
    """What several runs of the same steps would have said."""

    def __init__(self) -> None:
        """Have heard nothing."""
        self.findings: list[Finding] = []
        self.notes: dict[str, None] = {}

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[QuietStep]:  # noqa: ARG002 - the protocol's
        """Run one step."""
        yield QuietStep()

    def warn(self, finding: Finding, subjects: Sequence[str] = ()) -> None:  # noqa: ARG002
        """Keep a finding."""
        self.findings.append(finding)

    def note(self, text: str) -> None:
        """Keep a note; the same one counts once."""
        self.notes[text] = None

    def tell(self, progress: Progress) -> None:
        """Say everything once."""
        for text in self.notes:
            progress.note(text)
        for finding, subjects in group_findings(self.findings).items():
            progress.warn(finding, subjects)
