"""`ffiwheel version`: the project's version, and nothing else, on stdout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.config.project import read_project
from ffiwheel.errors import FfiwheelError
from ffiwheel.ui.answer import print_answer
from ffiwheel.workflow.version import describe, explain, project_version, show_form

if TYPE_CHECKING:
    import argparse
    from pathlib import Path


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
    shown.add_argument("--tag", action="store_true", help="with --release: make the tag")
    shown.add_argument("--write", action="store_true", help="write it into the listed files")
    shown.add_argument(
        "--check-consistency", action="store_true", help="fail if a listed file says another"
    )
    parser.add_argument("--release", metavar="VERSION", help="check it, print how to tag it")


def run(options: argparse.Namespace) -> int:
    """Print the version, or what is known of it, or make a release of it."""
    if options.release is not None or options.tag or options.write or options.check_consistency:
        from ffiwheel.cli.release import run as run_release  # noqa: PLC0415 - a query does without

        return run_release(options)
    if options.json:
        return _print_json(options.path)
    if options.emit is not None:
        return _emit(options.path, options.emit)
    if not options.form and not options.explain:
        return print_version(options.path)
    project = read_project(options.path, to_build=False)
    print_answer(show_form(project, options.form) if options.form else explain(project))
    return 0


def print_version(path: str = ".") -> int:
    """Print the version of the project in `path`, and nothing else: the plain query."""
    print_answer(project_version(read_project(path, to_build=False)).full)
    return 0


def folder(text: str) -> Path:
    """Return the folder that an option names; an empty text is a variable that was not set."""
    import pathlib  # noqa: PLC0415 - as above

    if not text:
        raise ValueError
    return pathlib.Path(text)


def _emit(path: str, place: Path) -> int:
    from ffiwheel.ui.console import ConsoleProgress  # noqa: PLC0415 - as above
    from ffiwheel.workflow.emit import emit_on_request  # noqa: PLC0415 - as above

    project = read_project(path, to_build=False)
    for made in emit_on_request(project, project_version(project), place, ConsoleProgress()):
        print_answer(str(made))
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
