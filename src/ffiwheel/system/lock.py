"""One at a time: a lock that the system releases when its holder ends, however it ends."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

from ffiwheel.system.files import explaining

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@contextlib.contextmanager
def holding(path: Path, on_wait: Callable[[], None]) -> Iterator[None]:
    """Hold the lock `path` while the block runs; `on_wait` is called if another process has it.

    On a file system without locks the block runs all the same.

    Raises:
        OutputError: if the file cannot be made.
    """
    with explaining(path):
        file = path.open("w")
    with file:
        if sys.platform != "win32":
            _acquire(file.fileno(), on_wait)
        yield


def _acquire(handle: int, on_wait: Callable[[], None]) -> None:
    with contextlib.suppress(OSError):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_wait()
            fcntl.flock(handle, fcntl.LOCK_EX)
