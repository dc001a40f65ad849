"""A process that watches: what it says is read as it comes, and it is ended with the test."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from typing_extensions import Self

PATIENCE = 60.0
"""How many seconds may pass until what is waited for is there."""


class Watched:
    """A process, and what it has said up to now."""

    def __init__(self, *command: str | Path, cwd: Path, log: Path, **variables: str) -> None:
        self.log = log
        self.read = 0
        with log.open("w") as stream:
            self.process = subprocess.Popen(
                [str(part) for part in command],
                cwd=cwd,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **variables},
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: object, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()

    def wait_for(self, text: str) -> str:
        """Return what is said up to the next `text`, with it."""
        wait_until(lambda: text in self._news() or self.process.poll() is not None)
        news = self._news()
        assert text in news, f"`{text}` is not said:\n{self.log.read_text()}"
        said = news[: news.index(text) + len(text)]
        self.read += len(said)
        return said

    def _news(self) -> str:
        return self.log.read_text()[self.read :]

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """Interrupt it, and return its exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    """Tell whether a process runs; one that has ended and that nobody waited for does not."""
    try:
        facts: Mapping[int, str] = dict(enumerate(Path(f"/proc/{pid}/stat").read_text().split()))
    except OSError:
        return False
    return facts[2] not in "ZX"
