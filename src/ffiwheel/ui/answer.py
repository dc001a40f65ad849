"""Answers go to stdout, so that `cd "$(ffiwheel new hello)"` and pipes work."""

from __future__ import annotations

import sys


def print_answer(text: str) -> None:
    """Print the answer of a command."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
