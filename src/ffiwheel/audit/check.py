"""Apply the rules to a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ffiwheel.audit.opening import NO_WISHES, read_subject
from ffiwheel.audit.rules import RULES
from ffiwheel.model.finding import Report

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ffiwheel.audit.opening import Wishes
    from ffiwheel.audit.rule import Rule
    from ffiwheel.audit.subject import Subject
    from ffiwheel.model.runtime import RuntimeRange


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """A file, what was read from it, and what the rules say."""

    path: Path
    size: int
    """Bytes of the file."""
    subject: Subject
    report: Report
    runtime: RuntimeRange | None = None
    """The releases of the TVM-FFI runtime that it works on; None if it needs none."""


def audit_file(
    path: Path,
    wishes: Wishes = NO_WISHES,
    rules: Sequence[Rule] = RULES,
) -> Audited:
    """Hold a wheel or a shared library against `rules`; nothing in it is run.

    Raises:
        ProjectError: if there is no such file, or it may not be read.
        WheelError: if it is neither a wheel nor a shared library that can be read.
    """
    subject = read_subject(path, wishes)
    report = check_subject(subject, rules)
    return Audited(
        path=path,
        size=path.stat().st_size,
        subject=subject,
        report=report,
        runtime=subject.runtime,
    )


def check_subject(subject: Subject, rules: Sequence[Rule] = RULES) -> Report:
    """Return what `rules` say about `subject`."""
    findings = [finding for rule in rules for finding in rule(subject)]
    findings.sort(key=lambda found: found.severity.rank)
    return Report(rules=len(rules), findings=tuple(findings))
