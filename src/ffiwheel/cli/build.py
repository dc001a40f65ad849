"""`ffiwheel build`: from a project to a wheel."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from ffiwheel.config.project import read_project
from ffiwheel.config.schema import LauncherName
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

if TYPE_CHECKING:
    import argparse

    from ffiwheel.model.outcome import Outcome
    from ffiwheel.workflow.build import BuiltWheel


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("path", nargs="?", default=".", help="the project (default: this folder)")
    parser.add_argument("-o", "--outdir", help="where to put the wheel (default: PATH/dist)")
    parser.add_argument(
        "--sdist", action="store_true", help="also build an sdist, the wheels from it"
    )
    parser.add_argument("--debug", action="store_true", help="keep symbols, do not optimise")
    parser.add_argument(
        "--fix",
        action="store_true",
        help="let pyproject.toml require the releases of apache-tvm-ffi that the wheel runs on",
    )
    parser.add_argument(
        "--ffi",
        default="",
        metavar="VERSION",
        help="compile against this release of apache-tvm-ffi (default: the installed one)",
    )
    parser.add_argument(
        "--launcher",
        choices=get_args(LauncherName),
        default="",
        help="what starts the compiler: a cache, or what hands the work to other machines"
        " (default: what the project says, else ccache or sccache if it is found)",
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="show what compilers print")
    parser.add_argument("--json", action="store_true", help="print the result as JSON on stdout")
    _declare_targets(parser.add_argument_group("for other systems"))


def _declare_targets(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--target",
        action="append",
        default=[],
        metavar="TARGET",
        help="build for another system, or `all`; can be given several times (see: targets)",
    )
    group.add_argument(
        "--emulate",
        action="store_true",
        help="load what was built for other systems under qemu or wine, where they are there",
    )
    group.add_argument(
        "--link",
        choices=("wheel", "stubs"),
        help="link with the library in the system's wheel of apache-tvm-ffi, which is fetched once"
        " (the default), or with its names alone; systems without a wheel get those",
    )
    group.add_argument(
        "--api", metavar="FILE", help="the ffiwheel-api.json that describes the libraries"
    )


def run(options: argparse.Namespace) -> int:
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


def _build(
    options: argparse.Namespace, progress: ConsoleProgress
) -> tuple[Path | None, BuiltWheel]:
    project = read_project(Path(options.path))
    outdir = output_folder(project, Path(options.outdir) if options.outdir else None)
    choice = _choice(options)
    for name in ("api", "emulate", "link"):
        if getattr(options, name):
            raise ProjectError(
                f"`--{name}` is for builds for other systems",
                where=f"--{name}",
                hint="say what to build for: `--target`",
            )
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
