"""Ask a program something: it works beside us until its answer is wanted."""

from __future__ import annotations

import contextlib
import subprocess
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from _typeshed import StrPath

Answer: TypeAlias = "tuple[bytes, str, int]"
"""What a child process printed on stdout and on stderr, and its exit code."""

_CHUNK = 1 << 16


class Asked:
    """A child process that was asked something and may not have answered yet."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        """Wrap a process whose stdout and stderr are pipes."""
        self._process = process

    def answer(self) -> Answer:
        """Return what it prints on stdout and stderr, and its exit code, once it has ended."""
        out, err = self._process.communicate()
        return out, err.decode(errors="replace"), self._process.returncode


@contextlib.contextmanager
def asking(
    command: Sequence[str | Path], *, cwd: StrPath, env: Mapping[str, str]
) -> Iterator[Asked]:
    """Start `command` and let it run beside us until its answer is wanted, or the block ends.

    Raises:
        FileNotFoundError: if the program does not exist.
    """
    with subprocess.Popen(
        [str(part) for part in command],
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            yield Asked(process)
        finally:
            if process.poll() is None:
                process.kill()


def feed(
    command: Sequence[str | Path],
    sink: Callable[[bytes], None],
    *,
    cwd: StrPath,
    env: Mapping[str, str],
) -> int:
    """Hand `sink` what `command` prints on stdout, however long, and return its exit code."""
    with subprocess.Popen(
        [str(part) for part in command],
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        while chunk := process.stdout.read(_CHUNK):
            sink(chunk)
    return process.returncode
