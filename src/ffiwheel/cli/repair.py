"""`ffiwheel repair`: a wheel of any backend, with its libraries, bindings and a true tag."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.errors import FfiwheelError
from ffiwheel.ui.answer import print_answer, show_path
from ffiwheel.ui.console import ConsoleProgress
from ffiwheel.workflow.repair import RepairOptions, repair_wheels

if TYPE_CHECKING:
    import argparse

    from ffiwheel.workflow.repair import RepairedWheel


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("wheels", nargs="+", metavar="WHEEL", help="a wheel; it is only read")
    parser.add_argument(
        "-o", "--outdir", required=True, metavar="DIR", help="where to put the repaired wheels"
    )
    parser.add_argument(
        *("-l", "--lib-dir"),
        action="append",
        default=[],
        metavar="DIR",
        help="look here first for libraries that have to be inside; may be repeated",
    )
    parser.add_argument(
        *("-e", "--exclude"),
        action="append",
        default=[],
        metavar="NAME",
        help="a library that somebody else provides; may be repeated",
    )
    parser.add_argument(
        "--fix",
        action="store_true",
        help="let the wheels require the releases of apache-tvm-ffi that they run on",
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON on stdout")


def run(options: argparse.Namespace) -> int:
    """Repair, and print the path of every wheel that was made."""
    progress = ConsoleProgress()
    choice = RepairOptions(
        lib_dirs=tuple(map(Path, options.lib_dir)),
        exclude=tuple(options.exclude),
        fix=options.fix,
    )
    try:
        made = repair_wheels(
            tuple(map(Path, options.wheels)), Path(options.outdir), choice, progress
        )
    except FfiwheelError as error:
        if options.json:
            print_answer(
                json.dumps({"schema": 1, "errors": [one._asdict() for one in error.problems]})
            )
        raise
    if options.json:
        print_answer(json.dumps({"schema": 1, "wheels": list(map(_describe, made))}, indent=2))
    else:
        for one in made:
            print_answer(show_path(one.path))
    return 0


def _describe(one: RepairedWheel) -> dict[str, object]:
    findings = (*one.findings, *one.report.findings)
    return {
        "source": str(one.source),
        "wheel": str(one.path),
        "version": one.version,
        "size": one.path.stat().st_size,
        "grafted": [asdict(graft) for graft in one.grafts],
        "outside": dict(one.left),
        "rules": one.report.rules,
        "findings": [{**asdict(found), "severity": found.severity.value} for found in findings],
    }
