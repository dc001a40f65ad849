"""`ffiwheel doctor`: what builds work with here, what is wrong with it, and what mends it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.model.finding import Severity
from ffiwheel.ui.answer import print_answer, print_texts
from ffiwheel.workflow.doctor import describe, diagnose, refuse

if TYPE_CHECKING:
    import argparse

    from ffiwheel.workflow.doctor import Diagnosis


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "path", nargs="?", default=".", help="the project, if there is one (default: this folder)"
    )
    parser.add_argument("--json", action="store_true", help="print everything as JSON on stdout")


def run(options: argparse.Namespace) -> int:
    """Print what there is; fail if the project needs something that is missing or broken."""
    diagnosis = diagnose(Path(options.path))
    if options.json:
        print_answer(json.dumps(describe(diagnosis), indent=2))
    else:
        _print_report(diagnosis)
    if error := refuse(diagnosis):
        raise error
    return 0


def _print_report(diagnosis: Diagnosis) -> None:
    from ffiwheel.ui.console import ConsoleProgress  # noqa: PLC0415 - JSON does without rich
    from ffiwheel.ui.doctor import render_tools  # noqa: PLC0415 - the same

    print_texts(lambda ascii_only: render_tools(diagnosis.checked, ascii_only=ascii_only))
    counts = Counter(found.severity for one in diagnosis.checked for found in one.findings)
    parts = [
        f"{counts[severity]} {severity.value}{'s' * (counts[severity] != 1)}"
        for severity in Severity
    ]
    project = f" for `{diagnosis.project.name}`" if diagnosis.project else ""
    ConsoleProgress().note(f"{len(diagnosis.checked)} tools{project}: {', '.join(parts)}")
