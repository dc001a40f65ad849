"""Which processes there are; those that have ended and that nobody has waited for do not count."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE_SECONDS = 60.0
"""How long something may take that takes a moment on a machine that is not busy."""
_ENDED = {"Z", "X"}


def is_running(number: str) -> bool:
    """Tell whether there is a process with that number."""
    return _read(Path("/proc") / number)[0] not in {"", *_ENDED}


def members_of(group: str) -> list[str]:
    """Return the numbers of the processes of a process group."""
    entries = Path("/proc").glob("[0-9]*")
    found = ((entry.name, *_read(entry)) for entry in entries)
    return [number for number, state, own in found if own == group and state not in _ENDED]


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for something that happens in the end."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _read(entry: Path) -> tuple[str, str]:
    """Return the state of a process and its process group; nothing if it is gone.

    Not by its command line: that is empty for a moment while it becomes another program.
    """
    try:
        words = (entry / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "", ""
    return words[0], words[2]
