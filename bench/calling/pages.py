"""What was found about calls, as tables and as bars."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from measuring.plot import Panel
from measuring.report import Table

from calling.imports import BARE
from calling.limits import milliseconds, processor_milliseconds
from calling.wheels import served

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from calling.imports import Imports
    from calling.limits import Calls
    from calling.wheels import Wheels

DRAWN = ("int → int", "str of 40 → int", "f(1, b=7, c=8)", "NumPy array 4 x 5 → int")
"""The calls that the plot shows."""


def render_calls(calls: Calls) -> Table:
    """Return the nanoseconds of each call, each way."""
    ways = list(next(iter(calls.values())))
    rows = []
    for case, costs in calls.items():
        figures = [f"{statistics.median(costs[way]):.0f}" if way in costs else "-" for way in ways]
        rows.append((case, *figures))
    return Table(
        "Nanoseconds of a call",
        ("call", *ways),
        rows,
        "Medians. The cost of the loop is taken off. What a way cannot do, or what it cannot do "
        "without the GIL, is left out.",
    )


def render_imports(found: Imports, where: str) -> Table:
    """Return what imports take beyond bare Python."""
    bare = found["import"][BARE]
    lowest = statistics.median(one.megabytes for one in bare)
    rows = []
    for name, costs in found["import"].items():
        calls = found["call"][name]
        taken = [
            measured(*pair)
            for measured in (milliseconds, processor_milliseconds)
            for pair in ((costs, bare), (calls, found["call"][BARE]))
        ]
        more = statistics.median(one.megabytes for one in costs) - lowest
        if name != BARE:
            rows.append((name, *(f"{one:.1f}" for one in (*taken, more))))
    return Table(
        f"An import{where}",
        (
            "way",
            *("import ms", "and first call ms"),
            *("import, processor ms", "and first call, processor ms"),
            "memory MB",
        ),
        rows,
        "Of whole processes, beyond one of bare Python: medians of the differences. Memory is the "
        f"most that the process has had; bare Python has {lowest:.1f} MB.",
    )


def render_wheels(found: Mapping[str, Wheels], pythons: Mapping[int, Path]) -> Table:
    """Return how large the wheels of a release are, and how many there are."""
    versions = ", ".join(f"3.{minor}" for minor in pythons)
    return Table(
        "Wheels of a release for one platform",
        ("way", "kB each", "wheels", "kB together", "of these Pythons"),
        [one.row(name, served(name, pythons)) for name, one in found.items()],
        f"Built for CPython {versions}. Beside ffiwheel's wheel, `apache-tvm-ffi` is installed, "
        "beside that of nanobind's own backend, `nanobind-backend`.",
    )


def render_panels(calls: Calls, found: Imports) -> list[Panel]:
    """Return what the plot shows."""
    panels = [
        Panel(case, {way: statistics.median(some) for way, some in calls[case].items()}, "ns")
        for case in DRAWN
    ]
    bare = found["call"][BARE]
    values = {
        name: milliseconds(costs, bare) for name, costs in found["call"].items() if name != BARE
    }
    return [*panels, Panel("Import and first call", values, "ms beyond bare Python")]
