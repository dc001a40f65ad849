"""Ask a program something: it works beside us until its answer is wanted.

Without `subprocess`, which would take a tenth of the time of a version query. What it looks after
is looked after here: the child reads nothing, gets no file of ours, minds a closed pipe again
(Python does not), and does not outlive the question.
"""

from __future__ import annotations

import os
import select
import signal
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Answer: TypeAlias = "tuple[bytes, str, int]"
"""What a child process printed on stdout and on stderr, and its exit code."""

_CHUNK = 1 << 16


class Asked:
    """A child process that was asked something and may not have answered yet."""

    def __init__(self, command: tuple[str, ...], env: Mapping[str, str]) -> None:
        """Start `command`.

        Raises:
            FileNotFoundError: if the program does not exist.
        """
        self._code: int | None = None
        self._out, out = os.pipe()
        self._err, err = os.pipe()
        streams = (
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_DUP2, out, 1),
            (os.POSIX_SPAWN_DUP2, err, 2),
        )
        try:
            self._child = os.posix_spawnp(
                command[0], command, env, file_actions=streams, setsigdef=(signal.SIGPIPE,)
            )
        except OSError:
            self._close()
            raise
        finally:
            os.close(out)
            os.close(err)

    def answer(self) -> Answer:
        """Return what it prints on stdout and stderr, and its exit code, once it has ended."""
        out: list[bytes] = []
        err: list[bytes] = []
        code = self.hear(out.append, err.append)
        return b"".join(out), b"".join(err).decode(errors="replace"), code

    def hear(self, on_out: Callable[[bytes], object], on_err: Callable[[bytes], object]) -> int:
        """Hand on what it prints, however long, and return its exit code, once it has ended."""
        sinks = {self._out: on_out, self._err: on_err}
        poll = select.poll()
        for stream in sinks:
            poll.register(stream, select.POLLIN)
        while sinks:
            for stream, _ in poll.poll():
                if chunk := os.read(stream, _CHUNK):
                    sinks[stream](chunk)
                else:
                    poll.unregister(stream)
                    del sinks[stream]
        return self._wait()

    def end(self) -> None:
        """End it, if it has not ended, and forget what it has not said yet."""
        if self._code is None:
            with suppress(ProcessLookupError):
                os.kill(self._child, signal.SIGKILL)
            self._wait()
        self._close()

    def _wait(self) -> int:
        if self._code is None:
            status = 0
            with suppress(ChildProcessError):  # who started us ignores SIGCHLD: nobody knows
                status = os.waitpid(self._child, 0)[1]
            self._code = os.waitstatus_to_exitcode(status)
        return self._code

    def _close(self) -> None:
        os.close(self._out)
        os.close(self._err)


@contextmanager
def asking(command: tuple[str, ...], env: Mapping[str, str]) -> Iterator[Asked]:
    """Start `command` and let it run beside us until its answer is wanted, or the block ends.

    Raises:
        FileNotFoundError: if the program does not exist.
    """
    asked = Asked(command, env)
    try:
        yield asked
    finally:
        asked.end()
