"""`ffiwheel version`: the project's version, and nothing else, on stdout."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.config.project import read_project
from ffiwheel.errors import FfiwheelError
from ffiwheel.ui.answer import print_answer
from ffiwheel.workflow.version import describe, explain, find_version, show_form

if TYPE_CHECKING:
    import argparse

    from ffiwheel.config.project import Project


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("path", nargs="?", default=".", help="the project (default: this folder)")
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument("--json", action="store_true", help="print all that is known, as JSON")
    shown.add_argument("--form", metavar="NAME", help="print one form, such as npm or debian")
    shown.add_argument("--explain", action="store_true", help="say how the number came about")
    shown.add_argument(
        "--emit", metavar="DIR", type=folder, help="write the files that state the version"
    )
    shown.add_argument("--scm-version", action="store_true", help="print the version: the default")


def run(options: argparse.Namespace) -> int:
    """Print the version, or what is known of it."""
    if options.json:
        return _print_json(Path(options.path))
    project = read_project(Path(options.path), to_build=False)
    if options.emit is not None:
        return _emit(project, options.emit)
    if options.form:
        answer = show_form(project, options.form)
    else:
        answer = explain(project) if options.explain else find_version(project).version.full
    print_answer(answer)
    return 0


def folder(text: str) -> Path:
    """Return the folder that an option names; an empty text is a variable that was not set."""
    if not text:
        raise ValueError
    return Path(text)


def _emit(project: Project, place: Path) -> int:
    from ffiwheel.ui.console import ConsoleProgress  # noqa: PLC0415 - as above
    from ffiwheel.workflow.emit import emit_on_request  # noqa: PLC0415 - as above

    for path in emit_on_request(project, find_version(project).version, place, ConsoleProgress()):
        print_answer(str(path))
    return 0


def _print_json(path: Path) -> int:
    import json  # noqa: PLC0415 - the plain query is asked often, and does without
    from dataclasses import asdict  # noqa: PLC0415 - the same

    try:
        answer = describe(read_project(path, to_build=False))
    except FfiwheelError as error:
        problems = [asdict(problem) for problem in error.problems]
        print_answer(json.dumps({"schema": 1, "errors": problems}))
        raise
    print_answer(json.dumps(answer, indent=2))
    return 0
