"""How many compilers run at once: as many as the processors and the memory are good for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.system.environment import parallel_choice
from ffiwheel.system.memory import read_free_memory
from ffiwheel.system.parallel import cores

if TYPE_CHECKING:
    from ffiwheel.compile.job import Job

_EACH = 512 * 2**20
"""What one compiler is given, in bytes: twice what g++ 12 takes for the sources of our templates,
optimized or not, with a precompiled header or without (270 MB at most)."""
_FEW = 2


def find_share(job: Job) -> int:
    """Return how many compilers a job may run at once; 0 if Ninja is to decide by itself.

    The memory of other machines is not asked about.
    """
    if not job.share:
        if chosen := parallel_choice():
            return chosen
        if job.launcher and job.launcher.slots:
            return job.launcher.slots
    usual = job.share or usual_number(cores())
    fitting = fit_number(usual, read_free_memory())
    return fitting if job.share or fitting < usual else 0


def fit_number(wanted: int, free: int | None) -> int:
    """Return how many of the wanted compilers fit into the free memory, in bytes; at least one.

    >>> fit_number(18, 4 * 2**30), fit_number(18, 64 * 2**30), fit_number(4, 0), fit_number(4, None)
    (8, 18, 1, 4)
    """
    return wanted if free is None else max(1, min(wanted, free // _EACH))


def usual_number(processors: int) -> int:
    """Return how many compilers Ninja runs at once by itself.

    >>> [usual_number(one) for one in (1, 2, 16)]
    [2, 3, 18]
    """
    return max(2, processors + (1 if processors <= _FEW else 2))
