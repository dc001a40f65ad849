"""`ffiwheel version`: the project's version, and nothing else, on stdout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.config.project import read_project
from ffiwheel.errors import FfiwheelError
from ffiwheel.ui.answer import print_answer
from ffiwheel.workflow.version import describe, explain, project_version, show_form

if TYPE_CHECKING:
    import argparse


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("path", nargs="?", default=".", help="the project (default: this folder)")
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument("--json", action="store_true", help="print all that is known, as JSON")
    shown.add_argument("--form", metavar="NAME", help="print one form, such as npm or debian")
    shown.add_argument("--explain", action="store_true", help="say how the number came about")
    shown.add_argument("--scm-version", action="store_true", help="print the version: the default")


def run(options: argparse.Namespace) -> int:
    """Print the version, or what is known of it."""
    if options.json:
        return _print_json(options.path)
    if not options.form and not options.explain:
        return print_version(options.path)
    project = read_project(options.path, to_build=False)
    print_answer(show_form(project, options.form) if options.form else explain(project))
    return 0


def print_version(path: str = ".") -> int:
    """Print the version of the project in `path`, and nothing else: the plain query."""
    print_answer(project_version(read_project(path, to_build=False)).full)
    return 0


def _print_json(path: str) -> int:
    import json  # noqa: PLC0415 - the plain query is asked often, and does without

    try:
        answer = describe(read_project(path, to_build=False))
    except FfiwheelError as error:
        problems = [problem._asdict() for problem in error.problems]
        print_answer(json.dumps({"schema": 1, "errors": problems}))
        raise
    print_answer(json.dumps(answer, indent=2))
    return 0
