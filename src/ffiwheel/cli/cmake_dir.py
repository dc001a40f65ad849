"""`ffiwheel cmake-dir`: where CMake finds our package, for `-Dffiwheel_DIR=`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.ui.answer import print_answer
from ffiwheel.workflow.place import CMAKE_PACKAGE

if TYPE_CHECKING:
    import argparse


def declare(parser: argparse.ArgumentParser) -> None:
    """Add nothing: the command has no arguments."""


def run(options: argparse.Namespace) -> int:  # noqa: ARG001 - every command takes its options
    """Print the folder."""
    print_answer(str(CMAKE_PACKAGE))
    return 0
