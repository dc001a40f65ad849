"""Do several things at once that mostly wait for child processes.

Threads do the waiting. Only the main thread hears of Ctrl-C and its like; then what has not begun
does not begin, and the processes of all threads are ended.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from ffiwheel.system.process import stop_all

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_Made = TypeVar("_Made")


def cores() -> int:
    """Return how many processors we may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_parallel(tasks: Sequence[Callable[[], _Made]], workers: int) -> tuple[_Made, ...]:
    """Return what `tasks` make, in their order, `workers` of them at a time.

    Whatever one of them raises ends all of them.
    """
    if len(tasks) == 1 or workers == 1:
        return tuple(task() for task in tasks)
    with ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(task) for task in tasks]
        try:
            return tuple(future.result() for future in futures)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            stop_all()
            raise
