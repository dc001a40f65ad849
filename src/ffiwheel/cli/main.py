"""The command `ffiwheel`: dispatch, and the one place where errors end. (Exit codes: docs.)"""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

from ffiwheel import __version__
from ffiwheel.errors import FfiwheelError
from ffiwheel.system.signals import ending_politely, exit_code
from ffiwheel.ui.streams import give_up, open_missing

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

_COMMANDS = {
    "new": "make a new project",
    "build": "build a wheel",
    "develop": "install for development, so that edits count",
    "watch": "build when a file is saved, and run the tests",
    "targets": "show what wheels can be built for",
    "audit": "say what is wrong with wheels and libraries",
    "repair": "repair a wheel that any backend made",
    "stubs": "write the stubs into the source tree, for editors",
    "doctor": "say what builds work with here, and what is wrong with it",
    "version": "print the project's version",
    "ci": "write a workflow for GitHub or GitLab",
    "cmake-dir": "print the folder for CMake's `ffiwheel_DIR`",
}
_ALIAS = "--scm-version"
"""The plain query of the version by another name."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    open_missing()
    _use_utf8()
    try:
        with ending_politely():
            return _run(given)
    except FfiwheelError as error:
        from ffiwheel.ui.console import print_error

        print_error(error)
        return error.exit_code
    except BrokenPipeError:  # nobody reads the answer: end as `SIGPIPE` ends other programs
        return exit_code(KeyboardInterrupt(signal.SIGPIPE))
    except KeyboardInterrupt as interruption:
        _say_interrupted()
        return exit_code(interruption)


def _run(given: list[str]) -> int:
    if is_plain_query(given):
        from ffiwheel.cli.version import print_version

        return print_version(*(word for word in given[1:] if word != _ALIAS))
    words, command = _split_command(given)
    options = make_parser(given[0] if given else "").parse_args(words)
    options.command = command
    code: int = options.run(options)
    return code


def _split_command(given: list[str]) -> tuple[list[str], list[str]]:
    """Return the words that are ours, and those behind `--`, which `ffiwheel watch` runs."""
    if given[:1] != ["watch"] or "--" not in given:
        return given, []
    place = given.index("--")
    return given[:place], given[place + 1 :]


def is_plain_query(given: Sequence[str]) -> bool:
    """Tell whether this is `ffiwheel version [PATH]`, which does without the parser's 6 ms.

    >>> is_plain_query(["version", "hello"]), is_plain_query(["version", "--json"])
    (True, False)
    """
    paths = [word for word in given[1:] if word != _ALIAS]
    is_plain = len(paths) <= 1 and not "".join(paths).startswith("-")
    return given[:1] == ["version"] and is_plain


def _use_utf8() -> None:
    """Start again in UTF-8 mode where the locale is so poor that file names get lost (`LC_ALL=C`).

    Python does so on its own unless `PYTHONUTF8=0` or `PYTHONCOERCECLOCALE=0` forbids it, but the
    files that we write for Ninja, CMake and wheels are UTF-8 whatever the terminal speaks.
    """
    if sys.getfilesystemencoding() != "utf-8":
        os.environ["PYTHONUTF8"] = "1"
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - ourselves


def _say_interrupted() -> None:
    try:
        sys.stderr.write("\ninterrupted\n")
    except OSError:
        give_up(sys.stderr)


def make_parser(wanted: str = "") -> argparse.ArgumentParser:
    """Return the parser; only the `wanted` command's module is imported."""
    import argparse
    import importlib

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
