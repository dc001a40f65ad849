"""What a command takes: wall time, processor time, memory.

Processor time is that of the process and of all below it that it waited for, on all cores together.
Memory is the peak of the largest single one of these processes, not of their sum; that is what the
system keeps. https://man7.org/linux/man-pages/man2/getrusage.2.html
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_DEVELOPING = {"PYTHONDONTWRITEBYTECODE", "PYTHONDEVMODE", "PYTHONPROFILEIMPORTTIME"}
"""Variables that make every start of Python slow."""

_LAUNCH = """\
import json, os, sys, time
log = os.open(sys.argv[1], os.O_WRONLY | os.O_TRUNC)
nothing = os.open(os.devnull, os.O_RDONLY)
files = [(os.POSIX_SPAWN_DUP2, one, two) for one, two in ((nothing, 0), (log, 1), (log, 2))]
started = time.perf_counter()
child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ, file_actions=files)
_, status, used = os.wait4(child, 0)
seconds = time.perf_counter() - started
code = os.waitstatus_to_exitcode(status)
print(json.dumps([seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, code]))
"""
"""Starts a command from a small process: memory counts from before a child becomes its program."""


class Cost(NamedTuple):
    """What a command took."""

    seconds: float
    """From its start to its end, by the clock."""
    processor: float
    """Seconds that cores worked for it, whatever else the machine did."""
    megabytes: float
    """The peak of the largest process."""


def measure(
    command: Sequence[str | Path], *, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> Cost:
    """Run a command that has to succeed, and return what it took.

    Args:
        command: program and arguments.
        cwd: where to run it.
        env: what to set in the environment, beside what is there.

    Raises:
        SystemExit: it failed; the text has the end of what it said.
    """
    variables = {key: value for key, value in os.environ.items() if key not in _DEVELOPING}
    with tempfile.NamedTemporaryFile(prefix="ffiwheel-bench-") as log:
        launch = [sys.executable, "-SE", "-c", _LAUNCH, log.name, *map(str, command)]
        answer = subprocess.run(
            launch, cwd=cwd, env={**variables, **(env or {})}, check=True, stdout=subprocess.PIPE
        )
        seconds, processor, megabytes, code = json.loads(answer.stdout)
        if code:
            said = Path(log.name).read_text(encoding="utf-8", errors="replace")[-4000:]
            sys.exit(f"error: exit code {code} of {' '.join(map(str, command))}\n{said}")
    return Cost(seconds, processor, megabytes)


def together(costs: Sequence[Cost]) -> Cost:
    """Return the cost of several commands that ran one after the other."""
    return Cost(
        sum(one.seconds for one in costs),
        sum(one.processor for one in costs),
        max(one.megabytes for one in costs),
    )


def median(costs: Sequence[Cost]) -> Cost:
    """Return the medians of times, and the most memory."""
    return Cost(
        statistics.median(one.seconds for one in costs),
        statistics.median(one.processor for one in costs),
        max(one.megabytes for one in costs),
    )


def ratio(figures: Sequence[float], floor: Sequence[float]) -> float:
    """Return how many times the floor something is: round by round, then the median."""
    return statistics.median(one / other for one, other in zip(figures, floor, strict=True))
