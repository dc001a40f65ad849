"""Let the polite requests to end work as Ctrl-C does: as an exception that cleans up on its way.

By default SIGTERM (`timeout`, `kill`, a CI runner) and SIGHUP (a closed terminal) end Python on the
spot, and whatever leads a session of its own, such as our compilers, lives on.
"""

from __future__ import annotations

import contextlib
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_NAMES = ("SIGTERM", "SIGHUP")


@contextlib.contextmanager
def ending_politely() -> Iterator[None]:
    """Raise `KeyboardInterrupt(signal number)` on SIGTERM and SIGHUP while the block runs.

    Only the main thread may choose what a signal does. What somebody else has chosen (`nohup`
    ignores SIGHUP) stays.
    """
    numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    ours = [one for one in numbers if signal.getsignal(one) is signal.SIG_DFL]

    def interrupt(number: int, _: FrameType | None) -> None:
        for one in ours:  # `timeout` sends two; the second must not end the cleaning up
            signal.signal(one, signal.SIG_IGN)
        raise KeyboardInterrupt(number)

    try:
        for one in ours:
            signal.signal(one, interrupt)
    except ValueError:  # this is another thread
        ours = []
    try:
        yield
    finally:
        for one in ours:
            signal.signal(one, signal.SIG_DFL)


def exit_code(interruption: KeyboardInterrupt) -> int:
    """Return the exit code that shells give to a command that a signal has ended.

    >>> exit_code(KeyboardInterrupt()), exit_code(KeyboardInterrupt(signal.SIGTERM))
    (130, 143)
    """
    return 128 + int(interruption.args[0] if interruption.args else signal.SIGINT)
