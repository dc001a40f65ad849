"""What a check saw: a value, never an exception."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Severity(enum.Enum):
    """How bad a finding is."""

    ERROR = "error"
    """The wheel must not be delivered."""
    WARNING = "warning"
    """The wheel works, but not everywhere or not as well as it could."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One observation of one rule about one subject."""

    rule: str
    """The rule's code and name, such as `ELF001 platform-tag-too-low`."""
    severity: Severity
    subject: str
    """The wheel or the file inside it."""
    message: str
    help: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The outcome of an audit."""

    rules: int
    """How many rules were applied."""
    findings: tuple[Finding, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that forbid delivery."""
        return tuple(found for found in self.findings if found.severity is Severity.ERROR)
