"""The step *audit*: a finished wheel is held against the rules before it is delivered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ffiwheel.audit.check import audit_file
from ffiwheel.audit.opening import NO_WISHES, Wishes
from ffiwheel.audit.rules import RULES
from ffiwheel.audit.selection import select_rules
from ffiwheel.errors import Problem, ProjectError, WheelError
from ffiwheel.model.finding import Severity, group_findings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ffiwheel.audit.rule import Rule
    from ffiwheel.config.project import Project
    from ffiwheel.model.finding import Report
    from ffiwheel.model.progress import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a wheel is held against."""

    wishes: Wishes = NO_WISHES
    rules: tuple[Rule, ...] = RULES
    ignored: Mapping[str, str] = field(default_factory=dict)
    """Code of a rule that is left out -> why."""


def terms_of(project: Project, *, debug: bool) -> Terms:
    """Return what the wheel of a project is held against.

    Raises:
        ProjectError: if it leaves out a rule that there is not, or does not say why.
    """
    config = project.config
    prefix = config.bindings.prefix
    wishes = Wishes(exports=config.exports or (), debug=debug, prefixes=(prefix,) if prefix else ())
    ignored = config.audit.ignore
    return Terms(wishes=wishes, rules=_rules_without(ignored), ignored=ignored)


def audit(wheel: Path, terms: Terms, progress: Progress) -> Report:
    """Hold the finished wheel against the rules.

    Raises:
        WheelError: with every finding that forbids delivery.
    """
    with progress.step("audit") as step:
        audited = audit_file(wheel, terms.wishes, terms.rules)
        report = audited.report
        count = len(report.at_least(Severity.WARNING))
        runs = f"; runs on apache-tvm-ffi {audited.runtime.summary}" if audited.runtime else ""
        step.done(f"{report.rules} rules, {count} finding{'' if count == 1 else 's'}{runs}")
    for code, reason in terms.ignored.items():
        progress.note(f"{code} is left out: {reason}")
    for finding, subjects in group_findings(report.findings).items():
        if finding.severity is Severity.WARNING:
            progress.warn(finding, subjects)
    if report.errors:
        raise WheelError.of(
            Problem(f"{found.rule}: {found.message}", found.subject, found.help)
            for found in report.errors
        )
    return report


def _rules_without(ignored: Mapping[str, str]) -> tuple[Rule, ...]:
    where = "tool.ffiwheel.audit.ignore in pyproject.toml"
    silent = [code for code, reason in ignored.items() if not reason.strip()]
    if silent:
        hint = f'{silent[0]} = "why it does not matter here"'
        raise ProjectError(f"`{silent[0]}` is left out without a reason", where=where, hint=hint)
    return select_rules((), tuple(ignored), where)
