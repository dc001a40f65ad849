"""The tools that builds work with: where each lies, what it is for, and what is wrong with it."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from ffiwheel.model.finding import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

Group: TypeAlias = Literal[
    "compilers", "build tools", "Python", "runtime", "caches", "launchers", "emulators"
]


class Fault(enum.Enum):
    """In what way a tool fails us; the codes are never used again."""

    MISSING = "TOOL001 missing"
    BROKEN = "TOOL002 broken"
    TOO_OLD = "TOOL003 too-old"
    SILENT = "TOOL004 silent"
    UNREACHABLE = "TOOL005 unreachable"
    UNSET = "TOOL006 unset"
    UNWRITABLE = "TOOL007 unwritable"


_HARMLESS = {Fault.MISSING, Fault.UNSET}
"""What need not concern who does not need the tool."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing that is wrong with a tool."""

    fault: Fault
    message: str
    fix: str
    """What mends it: a command, as far as there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A program, a package or a folder that builds work with."""

    group: Group
    name: str
    """What it is called, such as `C++ compiler`; projects need tools by this name."""
    purpose: str
    """What it is used for."""
    version: str = ""
    path: Path | None = None
    detail: str = ""
    """What else is worth knowing."""
    troubles: tuple[Trouble, ...] = ()

    @property
    def is_missing(self) -> bool:
        """Whether it is not there at all."""
        return any(one.fault is Fault.MISSING for one in self.troubles)

    def with_trouble(self, fault: Fault, message: str, fix: str) -> Tool:
        """Return the tool with one more thing wrong."""
        more = Trouble(fault=fault, message=message, fix=fix)
        return replace(self, troubles=(*self.troubles, more))


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A tool, and how bad what is wrong with it is for the project at hand."""

    tool: Tool
    findings: tuple[Finding, ...]

    @property
    def worst(self) -> Severity | None:
        """The severity of the worst finding; None if there is none."""
        found = [one.severity for one in self.findings]
        return min(found, key=lambda one: one.rank, default=None)


def judge(tools: Iterable[Tool], needs: Mapping[str, str]) -> tuple[Checked, ...]:
    """Return the tools with what is wrong with them, as bad as it is.

    What the project needs is an error where it is missing or fails. Other tools that are here and
    fail are a warning, and those that are not here a note.

    Args:
        tools: what was found.
        needs: tool -> why the project at hand needs it.
    """
    return tuple(
        Checked(
            tool=tool,
            findings=tuple(_find(tool, one, needs.get(tool.name)) for one in tool.troubles),
        )
        for tool in tools
    )


def _find(tool: Tool, trouble: Trouble, reason: str | None) -> Finding:
    if reason is not None:
        severity = Severity.ERROR
    else:
        severity = Severity.NOTE if trouble.fault in _HARMLESS else Severity.WARNING
    return Finding(
        rule=trouble.fault.value,
        severity=severity,
        subject=tool.name,
        message=f"{trouble.message}; {reason}" if reason else trouble.message,
        help=trouble.fix,
    )
