"""Several things at once: their order, and their end."""

from __future__ import annotations

import os
import signal
import threading
import time
from functools import partial
from typing import TYPE_CHECKING

import pytest

from ffiwheel.system.parallel import run_parallel
from ffiwheel.system.process import run
from ffiwheel.system.signals import ending_politely

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ffiwheel.system.process import Completed


def test_results_come_in_the_order_of_the_tasks() -> None:
    waits = [0.1, 0.0, 0.05]
    tasks = [partial(_sleep_and_return, seconds) for seconds in waits]
    assert run_parallel(tasks, 3) == tuple(waits)


def test_tasks_run_side_by_side() -> None:
    meeting = threading.Barrier(2, timeout=10)
    assert run_parallel([meeting.wait, meeting.wait], 2) in {(0, 1), (1, 0)}


def test_an_error_is_that_of_the_task() -> None:
    tasks: list[Callable[[], object]] = [partial(int, "lost"), partial(int, "1")]
    with pytest.raises(ValueError, match="lost"):
        run_parallel(tasks, 2)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_processes_of_all_threads(tmp_path: Path, number: signal.Signals) -> None:
    begun = [tmp_path / name for name in ("one", "two")]
    tasks: list[Callable[[], Completed]] = [
        partial(run, ("sh", "-c", f"touch '{file}'; exec sleep 60"), cwd=tmp_path) for file in begun
    ]
    tasks.append(partial(run, ("touch", tmp_path / "never"), cwd=tmp_path))
    threading.Thread(target=_signal_when_there, args=(begun, number)).start()
    started = time.monotonic()
    with ending_politely(), pytest.raises(KeyboardInterrupt):
        run_parallel(tasks, 2)
    assert time.monotonic() - started < 30
    assert not (tmp_path / "never").exists()


def _sleep_and_return(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def _signal_when_there(files: list[Path], number: signal.Signals) -> None:
    deadline = time.monotonic() + 20
    while not all(file.exists() for file in files) and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(os.getpid(), number)
