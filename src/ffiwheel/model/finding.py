"""What a check saw: a value, never an exception."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Severity(enum.Enum):
    """How bad a finding is; the worst stands first."""

    ERROR = "error"
    """It breaks for users, or an index refuses it: the wheel must not be delivered."""
    WARNING = "warning"
    """The wheel works, but not everywhere or not as well as it could."""
    NOTE = "note"
    """Worth knowing; nothing has to be done."""

    @property
    def rank(self) -> int:
        """0 for the worst.

        >>> [severity.rank for severity in Severity]
        [0, 1, 2]
        """
        return tuple(Severity).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One observation of one rule about one subject."""

    rule: str
    """The rule's code and name, such as `ELF001 runtime-inside`."""
    severity: Severity
    subject: str
    """The wheel or the file inside it."""
    message: str
    help: str = ""

    @property
    def code(self) -> str:
        """The rule's code, such as `ELF001`."""
        return self.rule.partition(" ")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The outcome of an audit."""

    rules: int
    """How many rules were applied."""
    findings: tuple[Finding, ...] = ()
    """The worst first, then in the order of the rules."""

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that forbid delivery."""
        return self.at_least(Severity.ERROR)

    def at_least(self, severity: Severity) -> tuple[Finding, ...]:
        """Return the findings that are as bad as `severity`, or worse."""
        return tuple(one for one in self.findings if one.severity.rank <= severity.rank)


def group_findings(findings: Iterable[Finding]) -> dict[Finding, list[str]]:
    """Return the first of the findings that say the same -> what they say it about."""
    groups: dict[tuple[object, ...], tuple[Finding, list[str]]] = {}
    for found in findings:
        key = (found.rule, found.severity, found.message, found.help)
        groups.setdefault(key, (found, []))[1].append(found.subject)
    return dict(groups.values())
