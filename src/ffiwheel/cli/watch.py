"""`ffiwheel watch`: build whenever a file is saved, and run a command after each build."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.ui.console import ConsoleProgress, print_error
from ffiwheel.workflow.build import BuildOptions
from ffiwheel.workflow.watch import Watch, watch

if TYPE_CHECKING:
    import argparse


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments; what stands behind `--` is none of them."""
    parser.usage = "ffiwheel watch [-h] [--debug] [-v] [PATH] [-- COMMAND ...]"
    parser.epilog = "`ffiwheel watch -- pytest -q` runs the tests after each build that succeeds."
    parser.add_argument("path", nargs="?", default=".", help="the project (default: this folder)")
    parser.add_argument("--debug", action="store_true", help="keep symbols, do not optimize")
    parser.add_argument("-v", "--verbose", action="store_true", help="show what compilers print")


def run(options: argparse.Namespace) -> int:
    """Watch until somebody interrupts."""
    watch(
        Watch(
            root=Path(options.path).resolve(),
            command=tuple(options.command),
            options=BuildOptions(debug=options.debug, verbose=options.verbose),
            progress=ConsoleProgress(verbose=options.verbose),
            tell=print_error,
        )
    )
    return 0
