"""`ffiwheel develop`: an editable install, and nothing done when nothing has changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.config.project import read_project
from ffiwheel.toolchain.virtual import find_environment
from ffiwheel.ui.answer import print_note, show_path
from ffiwheel.workflow.develop_current import Wishes, find_installed, find_reason

if TYPE_CHECKING:
    import argparse

    from ffiwheel.config.project import Project


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    import argparse  # noqa: PLC0415 - it is imported by now

    parser.add_argument("path", nargs="?", default=".", help="the project (default: this folder)")
    parser.add_argument(
        "--extra",
        action="append",
        default=[],
        metavar="NAME",
        help="also install these optional dependencies; can be given several times",
    )
    parser.add_argument(
        "--group",
        action="append",
        default=[],
        metavar="NAME",
        help="also install this dependency group; can be given several times",
    )
    parser.add_argument("--debug", action="store_true", help="keep symbols, do not optimize")
    parser.add_argument(
        "--watch-imports",
        action="store_true",
        help="let imports look for changes in C++ first, and build what has changed",
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="show what compilers print")
    parser.add_argument("--into", default="", help=argparse.SUPPRESS)  # what imports ask for


def run(options: argparse.Namespace) -> int:
    """Install, or say that there is nothing to do."""
    project = read_project(Path(options.path))
    if options.into:
        return _rebuild(project, options)
    wishes = Wishes(
        debug=options.debug,
        rebuild=options.watch_imports or project.config.develop.rebuild,
        extras=tuple(options.extra),
        groups=tuple(options.group),
    )
    environment = find_environment(project.root)
    if not find_reason(project, find_installed(project, environment), wishes):
        print_note(f"nothing has changed: {show_path(environment.folder)} is up to date")
        return 0
    # What builds takes longer to import than the check takes.
    from ffiwheel.ui.console import ConsoleProgress  # noqa: PLC0415
    from ffiwheel.workflow.develop import develop  # noqa: PLC0415

    progress = ConsoleProgress(verbose=options.verbose)
    develop(project, environment, wishes, progress, verbose=options.verbose)
    return 0


def _rebuild(project: Project, options: argparse.Namespace) -> int:
    """Do what an import waits for; only an error is heard there."""
    from ffiwheel.workflow.develop import rebuild  # noqa: PLC0415 - as above
    from ffiwheel.workflow.quiet import Quiet  # noqa: PLC0415

    rebuild(project, Path(options.into), Quiet())
    return 0
