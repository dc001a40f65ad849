"""The command `ffiwheel`: dispatch, and the one place where errors end. (Exit codes: docs.)"""

from __future__ import annotations

import argparse
import importlib
import sys
from typing import TYPE_CHECKING

from ffiwheel import __version__
from ffiwheel.errors import FfiwheelError
from ffiwheel.system.signals import ending_politely, exit_code

if TYPE_CHECKING:
    from collections.abc import Sequence

_COMMANDS = {
    "new": "make a new project",
    "build": "build a wheel",
    "version": "print the project's version",
    "cmake-dir": "print the folder for CMake's `ffiwheel_DIR`",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = make_parser(given[0] if given else "")
    try:
        with ending_politely():
            options = parser.parse_args(given)
            code: int = options.run(options)
    except FfiwheelError as error:
        from ffiwheel.ui.console import print_error

        print_error(error)
        return error.exit_code
    except KeyboardInterrupt as interruption:
        sys.stderr.write("\ninterrupted\n")
        return exit_code(interruption)
    return code


def make_parser(wanted: str = "") -> argparse.ArgumentParser:
    """Return the parser; only the `wanted` command's module is imported."""
    parser = argparse.ArgumentParser(
        prog="ffiwheel",
        description="From a folder of C++ or CUDA to a Python wheel that runs on every Python.",
    )
    parser.add_argument("--version", action="version", version=f"ffiwheel {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, summary in _COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=f"{summary.capitalize()}.")
        if name == wanted:
            module = importlib.import_module(f"ffiwheel.cli.{name.replace('-', '_')}")
            module.declare(command)
            command.set_defaults(run=module.run)
    return parser
