"""`ffiwheel version`: the project's version, and nothing else, on stdout."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.config.project import read_project
from ffiwheel.ui.answer import print_answer
from ffiwheel.workflow.version import project_version

if TYPE_CHECKING:
    import argparse


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("path", nargs="?", default=".", help="the project (default: this folder)")


def run(options: argparse.Namespace) -> int:
    """Print the version."""
    print_answer(project_version(read_project(Path(options.path))).full)
    return 0
