"""What `ffiwheel build` does where there is something to do, and what it answers."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.config.project import read_project
from ffiwheel.errors import FfiwheelError, ProjectError
from ffiwheel.model.finding import Report, Severity
from ffiwheel.toolchain.targets import parse_targets
from ffiwheel.ui.answer import print_answer, show_path
from ffiwheel.ui.console import ConsoleProgress
from ffiwheel.ui.targets import render_outcomes
from ffiwheel.workflow.build import BuildOptions, build_wheel
from ffiwheel.workflow.failures import explain_failures
from ffiwheel.workflow.place import output_folder
from ffiwheel.workflow.sdist import build_both, build_both_targets
from ffiwheel.workflow.targets import build_targets
from ffiwheel.workflow.wheel_current import Order
from ffiwheel.workflow.wheel_state import bring_up_to_date

if TYPE_CHECKING:
    import argparse

    from ffiwheel.config.project import Project
    from ffiwheel.model.outcome import Outcome
    from ffiwheel.workflow.build import BuiltWheel


def build(options: argparse.Namespace) -> int:
    """Build, and print the path of every file that was made."""
    progress = ConsoleProgress(verbose=options.verbose)
    try:
        answer = _answer(options, progress)
    except FfiwheelError as error:
        if options.json:
            print_answer(
                json.dumps({"schema": 1, "errors": [one._asdict() for one in error.problems]})
            )
        raise
    if options.json:
        print_answer(json.dumps(answer.facts, indent=2))
    else:
        for path in answer.paths:
            print_answer(show_path(path))
    if answer.error:
        raise answer.error
    return 0


@dataclass(frozen=True)
class _Answer:
    """What a build ended in."""

    paths: tuple[Path, ...]
    """Every file that was made."""
    facts: dict[str, object]
    """The same and more, as JSON has it."""
    error: FfiwheelError | None = None
    """Of the targets that failed, where others did not."""


def _answer(options: argparse.Namespace, progress: ConsoleProgress) -> _Answer:
    if options.target:
        return _build_targets(options, progress)
    if not (options.sdist or options.json):
        return _Answer(paths=(_build_again(options, progress),), facts={})
    sdist, wheel = _build(options, progress)
    facts = _describe(wheel, sdist, progress)
    return _Answer(paths=tuple(filter(None, (sdist, wheel.path))), facts=facts)


def _build_targets(options: argparse.Namespace, progress: ConsoleProgress) -> _Answer:
    project = read_project(Path(options.path))
    _refuse_fix(options, "`--fix` changes the project for the wheel of this machine")
    targets = parse_targets(options.target, project.config.targets._asdict())
    outdir = output_folder(project, Path(options.outdir) if options.outdir else None)
    choice, sdist = _choice(options), None
    if options.sdist:
        sdist, outcomes = build_both_targets(project, outdir, targets, choice, progress)
    else:
        outcomes = build_targets(project, outdir, targets, choice, progress)
    progress.show(partial(render_outcomes, outcomes))
    return _Answer(
        paths=tuple(filter(None, (sdist, *(one.wheel for one in outcomes)))),
        facts={
            "schema": 1,
            "sdist": str(sdist) if sdist else None,
            "targets": [_describe_outcome(one) for one in outcomes],
            "seconds": progress.seconds,
        },
        error=explain_failures(outcomes),
    )


def _refuse_fix(options: argparse.Namespace, reason: str) -> None:
    if options.fix:
        raise ProjectError(reason, where="--fix", hint="run `ffiwheel build --fix` first")


def _choice(options: argparse.Namespace) -> BuildOptions:
    return BuildOptions(
        debug=options.debug,
        verbose=options.verbose,
        fix=options.fix,
        ffi=options.ffi,
        launcher=options.launcher,
        link=options.link or "wheel",
        api=Path(options.api) if options.api else None,
        emulate=options.emulate,
    )


def _build_again(options: argparse.Namespace, progress: ConsoleProgress) -> Path:
    project, outdir = _prepare(options)
    order = Order(str(outdir.absolute()), options.debug, options.ffi, options.launcher)
    return bring_up_to_date(project, order, _choice(options), progress)


def _prepare(options: argparse.Namespace) -> tuple[Project, Path]:
    """Return what to build for this machine, and where to deliver it."""
    project = read_project(Path(options.path))
    outdir = output_folder(project, Path(options.outdir) if options.outdir else None)
    for name in ("api", "emulate", "link"):
        if getattr(options, name):
            raise ProjectError(
                f"`--{name}` is for builds for other systems",
                where=f"--{name}",
                hint="say what to build for: `--target`",
            )
    return project, outdir


def _build(
    options: argparse.Namespace, progress: ConsoleProgress
) -> tuple[Path | None, BuiltWheel]:
    project, outdir = _prepare(options)
    choice = _choice(options)
    if options.sdist:
        _refuse_fix(options, "`--fix` changes the project, and `--sdist` builds from a copy of it")
        return build_both(project, outdir, choice, progress)
    return None, build_wheel(project, outdir, choice, progress)


def _describe(
    wheel: BuiltWheel, sdist: Path | None, progress: ConsoleProgress
) -> dict[str, object]:
    return {
        "schema": 1,
        "wheel": str(wheel.path),
        "sdist": str(sdist) if sdist else None,
        "version": wheel.version,
        "size": wheel.path.stat().st_size,
        **_describe_report(wheel.report),
        "seconds": progress.seconds,
    }


def _describe_report(report: Report) -> dict[str, object]:
    return {
        "rules": report.rules,
        "findings": [
            {**asdict(finding), "severity": finding.severity.value}
            for finding in report.at_least(Severity.WARNING)
        ],
    }


def _describe_outcome(one: Outcome) -> dict[str, object]:
    return {
        "target": one.target.name,
        "wheel": str(one.wheel) if one.wheel else None,
        "size": one.wheel.stat().st_size if one.wheel else None,
        "seconds": round(one.seconds, 3),
        "verified": one.verified,
        **_describe_report(one.report or Report(rules=0)),
        "errors": [problem._asdict() for problem in one.error.problems] if one.error else [],
    }
