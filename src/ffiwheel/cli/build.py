"""`ffiwheel build`: from a project to a wheel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, get_args

from ffiwheel.config.project import read_project
from ffiwheel.config.schema import LauncherName
from ffiwheel.ui.answer import print_answer, print_note, show_path
from ffiwheel.workflow.wheel_current import Order, find_delivered

if TYPE_CHECKING:
    import argparse

_MORE = ("sdist", "fix", "json", "verbose", "target", "emulate", "link", "api")
"""Options that want more than the wheel that lies there."""


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
    if not any(getattr(options, name) for name in _MORE) and (wheel := _find_delivered(options)):
        print_note("nothing has changed: the wheel is up to date")
        print_answer(show_path(wheel))
        return 0
    # What builds takes longer to import than the look takes.
    from ffiwheel.cli.build_answer import build  # noqa: PLC0415

    return build(options)


def _find_delivered(options: argparse.Namespace) -> Path | None:
    project = read_project(Path(options.path))
    outdir = Path(options.outdir).absolute() if options.outdir else project.root / "dist"
    return find_delivered(project, Order(str(outdir), options.debug, options.ffi, options.launcher))
