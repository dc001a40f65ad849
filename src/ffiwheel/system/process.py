"""Run child processes: their output in a log, their end under control.

Each child leads a process group of its own. When we are interrupted the whole group is told to
stop and waited for, so no compiler goes on writing after ffiwheel has ended.
"""

from __future__ import annotations

import collections
import contextlib
import os
import signal
import subprocess
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

Answer: TypeAlias = "tuple[bytes, str, int]"
"""What a child process printed on stdout and on stderr, and its exit code."""

_KEPT_LINES = 2000
_GRACE_SECONDS = 5.0
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """How a child process ended."""

    code: int
    """Its exit code; `-N` if signal N ended it."""
    lines: tuple[str, ...]
    """Its last lines on stdout and stderr."""
    timed_out: bool = False

    @property
    def text(self) -> str:
        """The last lines as one text."""
        return "\n".join(self.lines)

    @property
    def ending(self) -> str:
        """How it ended, in words."""
        if self.timed_out:
            return "it did not end in time"
        if self.code < 0:
            return f"signal {-self.code} ({signal.Signals(-self.code).name})"
        return f"exit code {self.code}"


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    on_line: Callable[[str], None] = lambda _: None,
    timeout: float | None = None,
) -> Completed:
    """Run `command` to its end, hand each line it prints to `on_line`, and return how it ended.

    Raises:
        FileNotFoundError: if the program does not exist.
    """
    kept: collections.deque[str] = collections.deque(maxlen=_KEPT_LINES)
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=cwd,
        env=dict(env) if env is not None else None,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    expired = threading.Event()

    def expire() -> None:
        expired.set()
        _signal(process, signal.SIGKILL)

    timer = threading.Timer(timeout or 0, expire)
    if timeout:
        timer.start()
    assert process.stdout is not None
    try:
        for raw in process.stdout:
            line = raw.rstrip("\n")
            kept.append(line)
            on_line(line)
        code = process.wait()
    except BaseException:
        _stop(process)
        raise
    finally:
        timer.cancel()
        process.stdout.close()
    return Completed(code=code, lines=tuple(kept), timed_out=expired.is_set())


def query(command: Sequence[str | Path], *, env: Mapping[str, str] | None = None) -> str | None:
    """Return what `command` prints on stdout, or None if it fails or does not exist."""
    with contextlib.suppress(OSError):
        done = subprocess.run(
            [str(part) for part in command],
            env=dict(env) if env is not None else None,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        if done.returncode == 0:
            return done.stdout.decode(errors="replace")
    return None


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
def asking(command: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str]) -> Iterator[Asked]:
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
    cwd: Path,
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


def _stop(process: subprocess.Popen[str]) -> None:
    """End a process and everything it started: Ninja removes its half-made outputs on SIGTERM."""
    _signal(process, signal.SIGTERM)
    try:
        process.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        _signal(process, signal.SIGKILL)
        process.wait()


def _signal(process: subprocess.Popen[str], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
