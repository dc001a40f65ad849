"""What was found about builds, as tables and as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from measuring.cost import Cost, median, ratio
from measuring.plot import Panel
from measuring.report import Table

from building.ways import BUILD_UNHELPED, DEVELOP_UNHELPED, FLOOR, Scenario

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from building.busy import Compiling
    from building.limits import Found

COLUMNS = ("way", "median s", "min s", "max s", "to the floor", "processor s", "to the floor", "MB")
TITLES: dict[Scenario, str] = {
    "clean": "from nothing",
    "no-op": "nothing changed",
    "edit": "one file edited",
    "header": "a header edited that all include",
}
DRAWN: tuple[tuple[int, Scenario], ...] = (
    (1, "clean"),
    (1, "no-op"),
    (10, "edit"),
    (50, "clean"),
)
"""What the plot shows."""


def name_size(size: int) -> str:
    """Return how many files there are, in words.

    >>> name_size(1), name_size(10)
    ('1 file', '10 files')
    """
    return f"{size} file{'' if size == 1 else 's'}"


def render_tables(found: Found, compiling: Mapping[int, Compiling]) -> list[Table]:
    """Return a table for each size and scenario."""
    tables = []
    for size, scenarios in found.items():
        for scenario, costs in scenarios.items():
            if costs:
                note = _note(scenario, costs, compiling.get(size) if size > 1 else None)
                rows = [_row(name, some, costs.get(FLOOR)) for name, some in costs.items()]
                title = f"{name_size(size)}, {TITLES[scenario]}"
                tables.append(Table(title, COLUMNS, rows, note))
    return tables


def render_panels(found: Found) -> list[Panel]:
    """Return what the plot shows, as far as it was measured."""
    return [
        Panel(
            f"{name_size(size)}, {TITLES[scenario]}",
            {name: median(costs).seconds for name, costs in found[size][scenario].items()},
            "seconds",
        )
        for size, scenario in DRAWN
        if found.get(size, {}).get(scenario)
    ]


def _row(name: str, costs: Sequence[Cost], floor: Sequence[Cost] | None) -> list[str]:
    seconds = [cost.seconds for cost in costs]
    middle = median(costs)
    cells = [f"{value:.2f}" for value in (middle.seconds, min(seconds), max(seconds))]
    ratios = ["", ""]
    if floor:
        ratios = [
            f"{ratio(seconds, [cost.seconds for cost in floor]):.2f}",
            f"{ratio([one.processor for one in costs], [one.processor for one in floor]):.2f}",
        ]
    work = f"{middle.processor:.2f}"
    shown = f"**{name}**" if name.startswith("ffiwheel") else name
    return [shown, *cells, ratios[0], work, ratios[1], f"{middle.megabytes:.0f}"]


def _note(
    scenario: Scenario, costs: Mapping[str, Sequence[Cost]], compiling: Compiling | None
) -> str:
    rounds = len(next(iter(costs.values())))
    parts = [f"{rounds} round{'' if rounds == 1 else 's'}."]
    if scenario == "edit" and FLOOR in costs:
        parts.append("The floor compiles that file and links.")
    if scenario == "header" and FLOOR in costs:
        parts.append("The floor compiles all files and links.")
    if {BUILD_UNHELPED, DEVELOP_UNHELPED} & set(costs):
        parts.append("Without a word to it, ffiwheel has a precompiled header here.")
    if scenario == "clean" and compiling:
        parts.append(
            f"While `ffiwheel build` compiled, for {compiling.seconds:.1f} s, the cores were busy "
            f"for {compiling.busy:.0%} of the time or more."
        )
    return " ".join(parts)
