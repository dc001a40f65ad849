"""`ffiwheel stubs`: the generated stubs in the source tree, where editors look for them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.config.project import read_project
from ffiwheel.ui.answer import print_answer, show_path
from ffiwheel.ui.console import ConsoleProgress
from ffiwheel.ui.diff import render_diff
from ffiwheel.workflow.build import BuildOptions
from ffiwheel.workflow.stubs import build_stubs, explain_stale, read_wheel_stubs, write_stubs

if TYPE_CHECKING:
    import argparse

    from ffiwheel.workflow.stubs import Stubs


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("path", nargs="?", help="the project (default: this folder)")
    parser.add_argument("--out", metavar="DIR", help="write them below DIR, not into the project")
    parser.add_argument("--from-wheel", metavar="WHEEL", help="describe a wheel; compile nothing")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; print a diff and fail if they differ"
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="show what compilers print")


def run(options: argparse.Namespace) -> int:
    """Write the stubs and print the path of each, or say which are stale."""
    progress = ConsoleProgress(verbose=options.verbose)
    stubs = _make(options, progress)
    if not options.check:
        for path in write_stubs(stubs):
            print_answer(show_path(path))
        return 0
    for change in stubs.changes:
        print_answer(render_diff(show_path(change.path), change.before, change.after))
    if stubs.changes:
        raise explain_stale([show_path(change.path) for change in stubs.changes])
    progress.note("the stubs are up to date")
    return 0


def _make(options: argparse.Namespace, progress: ConsoleProgress) -> Stubs:
    out = Path(options.out) if options.out is not None else None
    needs_project = options.path is not None or out is None or options.from_wheel is None
    project = read_project(Path(options.path or ".")) if needs_project else None
    if options.from_wheel is not None:
        return read_wheel_stubs(Path(options.from_wheel), project, out, progress)
    assert project
    return build_stubs(project, out, BuildOptions(verbose=options.verbose), progress)
