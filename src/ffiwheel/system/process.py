"""Run child processes: their output in a log, their end under control.

Each child leads a process group of its own. When we are interrupted, by Ctrl-C, SIGTERM or SIGHUP,
the whole group is told to stop and waited for, so no compiler goes on writing after ffiwheel has
ended. When we are killed and can tell nobody, a watcher in the group does it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import shlex
import shutil
import signal
import subprocess
import threading
import time
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ffiwheel.errors import MissingToolError
from ffiwheel.system.signals import ending_politely

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

ANSWER_SECONDS = 60.0
"""How long a program has to answer a question: on a busy machine, from a slow drive."""
_GRACE_SECONDS = 5.0
_STDERR = 2

_WATCHED = (
    "/bin/sh",
    "-c",
    'exec 3<&0 </dev/null; ({ read -r _ <&3 || kill -TERM 0; } >/dev/null 2>&1 &); exec "$@" 3<&-',
    "sh",
)
"""What a command is started by: a watcher that stops its process group when our end of a pipe is
closed without a word, as the kernel does when we are killed. It is nobody's child, for programs
that wait for all of theirs."""


_running: set[subprocess.Popen[str]] = set()
"""The processes that threads of ours follow."""
_patience: ContextVar[float | None] = ContextVar("patience", default=None)
"""How many seconds each program has that is given no limit of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """How a child process ended."""

    code: int
    """Its exit code; `-N` if signal N ended it."""
    lines: tuple[str, ...]
    """What it printed on stdout and stderr: all of it, for the first error is what counts."""
    timed_out: bool = False

    @property
    def text(self) -> str:
        """The lines as one text."""
        return "\n".join(self.lines)

    @property
    def ending(self) -> str:
        """How it ended, in words."""
        if self.timed_out:
            return "it did not end in time"
        if self.code < 0:
            return f"signal {-self.code} ({signal.Signals(-self.code).name})"
        return f"exit code {self.code}"

    def split(self, mark: str) -> tuple[str, tuple[str, ...]]:
        """Return what follows the last `mark`, and the lines without `mark` and what follows it.

        A child that runs other people's code tells us so where it is. What that code prints may
        end without a new line, so a mark may stand anywhere.

        >>> lines = ("[at] a", "hello", "no new line[at] b")
        >>> Completed(code=1, lines=lines).split("[at] ")
        ('b', ('hello', 'no new line'))
        """
        last, others = "", []
        for line in self.lines:
            before, found, after = line.partition(mark)
            last = after if found else last
            others += [before] if before or not found else []
        return last, tuple(others)


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
    program, *arguments = (str(part) for part in command)
    with ending_politely():
        process = subprocess.Popen(
            [*_WATCHED, _find(program, env), *arguments],
            cwd=cwd,
            env=dict(env) if env is not None else None,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        _running.add(process)
        try:
            return _follow(process, on_line, timeout or _patience.get())
        finally:
            _running.discard(process)


@contextlib.contextmanager
def impatient(seconds: float) -> Iterator[None]:
    """Give each program that this thread starts in the block so many seconds; then it has failed.

    What was run for the user is not hurried.
    """
    token = _patience.set(seconds)
    try:
        yield
    finally:
        _patience.reset(token)


def _find(program: str, env: Mapping[str, str] | None) -> str:
    found = shutil.which(program, path=env.get("PATH") if env is not None else None)
    if found is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), program)
    return found


def _follow(
    process: subprocess.Popen[str], on_line: Callable[[str], None], timeout: float | None
) -> Completed:
    """Hear a process out, and end it when it is late or when we are to end."""
    lines: list[str] = []
    expired = threading.Event()

    def expire() -> None:
        expired.set()
        _signal(process, signal.SIGKILL)

    timer = threading.Timer(timeout or 0, expire)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        if timeout:
            timer.start()
        for raw in process.stdout:
            line = raw.rstrip("\n")
            lines.append(line)
            on_line(line)
        code = process.wait()
    except BaseException:
        _stop(process)
        raise
    finally:
        timer.cancel()
        _dismiss_watcher(process)
        process.stdin.close()
        process.stdout.close()
    return Completed(code=code, lines=tuple(lines), timed_out=expired.is_set())


def _dismiss_watcher(process: subprocess.Popen[str]) -> None:
    """Let the watcher go: what a command leaves running on purpose (a cache's server) stays."""
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError):  # it was ended with its group
        os.write(process.stdin.fileno(), b"\n")


def run_for_user(command: Sequence[str], *, env: Mapping[str, str]) -> int:
    """Run `command` where the user can see and answer it, and return its exit code.

    It may ask for a passphrase or a touch of a key. What it prints goes to stderr.

    Raises:
        FileNotFoundError: if the program does not exist.
    """
    return subprocess.run(command, env=dict(env), stdout=_STDERR, check=False).returncode


class Background:
    """A command that runs beside us, and whose output the user sees as it comes.

    It reads nothing, and is ended as all others are: with its process group, and when we are
    killed. What it prints goes where our own output goes.
    """

    def __init__(self, command: Sequence[str], *, env: Mapping[str, str]) -> None:
        """Start `command` in the current folder.

        Raises:
            FileNotFoundError: if the program does not exist.
        """
        program, *arguments = command
        self._process = subprocess.Popen(
            [*_WATCHED, _find(program, env), *arguments],
            env=dict(env),
            stdin=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )

    def ending(self) -> Completed | None:
        """Return how it ended, or None while it runs."""
        code = self._process.poll()
        return None if code is None else Completed(code=code, lines=())

    def end(self) -> None:
        """End it, and all that it started, if it has not ended."""
        try:
            if self._process.poll() is None:
                _signal(self._process, signal.SIGTERM)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(_GRACE_SECONDS)
        finally:
            _signal(self._process, signal.SIGKILL)  # who did not hear, or outlived the first
            self._process.wait()
            assert self._process.stdin is not None
            self._process.stdin.close()


ChildFailed = subprocess.CalledProcessError
"""What the libraries that start processes of their own raise when one fails."""


def output_of(failure: ChildFailed) -> str:
    """Return what the process of `failure` printed, if that was kept."""
    kept = (failure.stdout, failure.stderr)
    parts = [text.decode(errors="replace") if isinstance(text, bytes) else text for text in kept]
    return "\n".join(filter(None, parts))


def query(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    hurried: bool = True,
) -> str | None:
    """Return what `command` prints on stdout, or None if it fails or does not exist.

    Raises:
        MissingToolError: if it has not ended in time, and is `hurried`.
    """
    seconds = _patience.get() or (ANSWER_SECONDS if hurried else None)
    with (
        contextlib.suppress(OSError),
        subprocess.Popen(
            [str(part) for part in command],
            env=dict(env) if env is not None else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process,
    ):
        try:
            said = process.communicate(timeout=seconds)[0]
        except subprocess.TimeoutExpired as error:
            os.killpg(process.pid, signal.SIGKILL)
            raise _explain_silence(command, error.timeout) from error
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        return said.decode(errors="replace") if process.returncode == 0 else None
    return None


def _explain_silence(command: Sequence[str | Path], seconds: float) -> MissingToolError:
    name = os.path.basename(command[0])  # noqa: PTH119 - it may be no path
    return MissingToolError(
        f"`{name}` does not answer within {seconds:.0f} seconds",
        where=shlex.join(map(str, command)),
        hint="see what it waits for: run this yourself.\n"
        "It may be a license server, a network drive or a cache's server",
    )


def stop_all() -> None:
    """Tell the processes that other threads follow to stop; the threads see them end."""
    for process in tuple(_running):
        _signal(process, signal.SIGTERM)


def _stop(process: subprocess.Popen[str]) -> None:
    """End a process and everything it started: Ninja removes its half-made outputs on SIGTERM.

    Its output ends when the last of them has ended; who does not end in time, or when we are
    interrupted once more, is killed.
    """
    try:
        _signal(process, signal.SIGTERM)
        _drain(process, time.monotonic() + _GRACE_SECONDS)
    finally:
        _signal(process, signal.SIGKILL)
        process.wait()


def _drain(process: subprocess.Popen[str], deadline: float) -> None:
    """Read to the end of the output, or until `deadline` on the monotonic clock."""
    assert process.stdout is not None
    stream = process.stdout.fileno()
    while (left := deadline - time.monotonic()) > 0:
        ready, _, _ = select.select([stream], [], [], left)
        if ready and not os.read(stream, 65536):
            return


def _signal(process: subprocess.Popen[str], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
