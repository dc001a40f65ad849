"""Does somebody answer at an address? Nothing is sent."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


def refused_by(host: str, port: int, seconds: float) -> str:
    """Return why nobody answers at a port of a host; nothing if somebody does."""

    def connect() -> None:
        socket.create_connection((host, port), timeout=seconds).close()

    return _attempt(connect, seconds)


def refused_on(path: Path, seconds: float) -> str:
    """Return why nobody answers on a socket of this machine; nothing if somebody does."""

    def connect() -> None:
        with socket.socket(socket.AF_UNIX) as made:
            made.settimeout(seconds)
            made.connect(str(path))

    return _attempt(connect, seconds)


def refused_by_each(places: Sequence[tuple[str, int]], seconds: float) -> tuple[str, ...]:
    """Return for each host and port what `refused_by` says, all asked at once."""
    said = [""] * len(places)

    def ask(index: int) -> None:
        said[index] = refused_by(*places[index], seconds)

    threads = [threading.Thread(target=ask, args=(index,)) for index in range(len(places))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tuple(said)


def _attempt(connect: Callable[[], None], seconds: float) -> str:
    """Let a thread try, which nobody waits for: looking up a name has no limit of its own."""
    said = [f"no answer within {seconds:g} seconds"]

    def attempt() -> None:
        try:
            connect()
        except OSError as error:
            said[0] = error.strerror or str(error)
        else:
            said[0] = ""

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(seconds)
    return said[0]
