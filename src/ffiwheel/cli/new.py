"""`ffiwheel new`: a project that builds, tests and type-checks at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.scaffold.template import NAMES
from ffiwheel.ui.answer import print_answer
from ffiwheel.workflow.new import make_project

if TYPE_CHECKING:
    import argparse


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("path", help="the folder to make the project in")
    parser.add_argument("--name", default="", help="the project's name (default: the folder's)")
    parser.add_argument(
        "--template",
        choices=NAMES,
        default="cpu",
        help="cpu: plain C++ sources; cmake: a CMakeLists.txt; cuda: C++ and CUDA (default: cpu)",
    )


def run(options: argparse.Namespace) -> int:
    """Make the project and print its folder."""
    print_answer(str(make_project(Path(options.path), options.name, options.template)))
    return 0
