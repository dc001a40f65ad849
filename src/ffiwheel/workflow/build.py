"""The main job: from a project to a wheel, step by step.

    project ─► version ─► compile ─► reflect ─► bind ─► assemble ─► audit ─► wheel

Each step takes values and makes one. Nothing is written outside the build folder until the audit
has passed; then the wheel appears in the output folder at once, whole.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ffiwheel.audit.check import audit_file
from ffiwheel.audit.opening import Wishes
from ffiwheel.audit.platform import lowest_platform
from ffiwheel.audit.selection import select_rules
from ffiwheel.errors import Problem, ProjectError, WheelError
from ffiwheel.model.finding import Severity
from ffiwheel.model.size import show_size
from ffiwheel.wheel.assemble import write_wheel
from ffiwheel.workflow.binaries import read_binaries
from ffiwheel.workflow.bind import bind_draft
from ffiwheel.workflow.compile import compile_project
from ffiwheel.workflow.fix import fix_requirement
from ffiwheel.workflow.log import logged
from ffiwheel.workflow.place import build_folder, deliver
from ffiwheel.workflow.reflect import reflect_draft
from ffiwheel.workflow.version import show_version

if TYPE_CHECKING:
    from pathlib import Path

    from ffiwheel.audit.rule import Rule
    from ffiwheel.config.project import Project
    from ffiwheel.model.draft import Draft
    from ffiwheel.model.finding import Report
    from ffiwheel.model.progress import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """What the caller of a build may choose."""

    debug: bool = False
    """Keep symbols and leave optimisation out."""
    verbose: bool = False
    """Pass on everything that child processes print."""
    fix: bool = False
    """Write the releases of the runtime that the wheel runs on into `pyproject.toml`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltWheel:
    """A finished wheel and what the audit said about it."""

    path: Path
    version: str
    report: Report


def build_wheel(
    project: Project, outdir: Path, options: BuildOptions, progress: Progress
) -> BuiltWheel:
    """Build one wheel of `project` into `outdir`.

    Raises:
        FfiwheelError: of the class of the step that failed; `outdir` is then as it was.
    """
    choose_rules(project)
    with build_folder(project, progress, debug=options.debug) as folder:
        built = make_wheel(project, folder, options, progress)
        [delivered] = deliver((built.path,), outdir)
    return replace(built, path=delivered)


def make_wheel(
    project: Project, folder: Path, options: BuildOptions, progress: Progress
) -> BuiltWheel:
    """Make one wheel of `project` in its build folder."""
    draft = make_draft(project, folder, options, progress)
    if options.fix:
        draft = fix_requirement(project, draft, progress)
    wheel = assemble(draft, folder, progress)
    report = audit(wheel, project, options, progress)
    return BuiltWheel(path=wheel, version=draft.version, report=report)


def make_draft(project: Project, folder: Path, options: BuildOptions, progress: Progress) -> Draft:
    """Return everything that goes into the wheel: sources, built files, bindings, metadata."""
    version = show_version(project, progress)
    with progress.step("compile") as step, logged(step, folder / "log.txt") as heard:
        compiled = compile_project(
            project, version, folder, debug=options.debug, verbose=options.verbose, step=heard
        )
    with progress.step("reflect") as step:
        api, doubts = reflect_draft(compiled, project.root, folder, step)
    with progress.step("bind") as step:
        draft, findings = bind_draft(project, compiled, api, folder, step)
    for finding in (*doubts, *findings):
        progress.warn(finding)
    return draft


def assemble(draft: Draft, folder: Path, progress: Progress) -> Path:
    """Write the wheel into the build folder, under the lowest platform tag that is true."""
    with progress.step("assemble") as step:
        made = folder / "wheel"
        shutil.rmtree(made, ignore_errors=True)
        tag, headers = read_labels(draft)
        wheel = write_wheel(draft, tag, made, headers)
        step.done(wheel.name, show_size(wheel.stat().st_size))
    return wheel


def read_labels(draft: Draft) -> tuple[str, tuple[str, ...]]:
    """Return what the libraries of `draft` say of the wheel.

    Returns:
        The lowest platform tag that is true, and the releases of the TVM-FFI headers.

    Raises:
        WheelError: if no platform tag is true.
    """
    binaries = {name: binary for name, (_, binary) in read_binaries(draft).items()}
    platform = lowest_platform(binaries)
    if platform.conflict:
        raise WheelError(
            f"no platform tag is true: {platform.conflict}",
            where=draft.name,
            hint="make one wheel for each; is there a library of another build among the sources?",
        )
    return platform.tag, tuple(sorted({one.header_version for one in binaries.values()} - {""}))


def choose_rules(project: Project) -> tuple[Rule, ...]:
    """Return the rules that the project wants its wheel to be held against.

    Raises:
        ProjectError: if it leaves out a rule that there is not, or does not say why.
    """
    where = "tool.ffiwheel.audit.ignore in pyproject.toml"
    ignore = project.config.audit.ignore
    silent = [code for code, reason in ignore.items() if not reason.strip()]
    if silent:
        hint = f'{silent[0]} = "why it does not matter here"'
        raise ProjectError(f"`{silent[0]}` is left out without a reason", where=where, hint=hint)
    return select_rules((), tuple(ignore), where)


def audit(wheel: Path, project: Project, options: BuildOptions, progress: Progress) -> Report:
    """Hold the finished wheel against the rules.

    Raises:
        WheelError: with every finding that forbids delivery.
    """
    config = project.config
    with progress.step("audit") as step:
        wishes = Wishes(
            exports=config.exports or (),
            debug=options.debug,
            prefixes=(config.bindings.prefix,) if config.bindings.prefix else (),
        )
        audited = audit_file(wheel, wishes, choose_rules(project))
        report = audited.report
        count = len(report.at_least(Severity.WARNING))
        runs = f"; runs on apache-tvm-ffi {audited.runtime.summary}" if audited.runtime else ""
        step.done(f"{report.rules} rules, {count} finding{'' if count == 1 else 's'}{runs}")
    for code, reason in config.audit.ignore.items():
        progress.note(f"{code} is left out: {reason}")
    for finding in report.findings:
        if finding.severity is Severity.WARNING:
            progress.warn(finding)
    if report.errors:
        raise WheelError.of(
            Problem(f"{found.rule}: {found.message}", found.subject, found.help)
            for found in report.errors
        )
    return report
