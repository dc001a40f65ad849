"""The limits that the project has set itself for builds, beside what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from measuring.cost import Cost, median, ratio
from measuring.report import Bar

from building.ways import (
    BUILD,
    BUILD_CMAKE,
    DEVELOP,
    DEVELOP_UNHELPED,
    FLOOR,
    PIP,
    PIP_KEPT,
    UV_KEPT,
    Scenario,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from building.busy import Compiling

Found = dict[int, dict[Scenario, dict[str, list[Cost]]]]
"""Number of sources -> scenario -> way -> what it took, round by round."""


class Limit(NamedTuple):
    """A limit for the seconds of one way, or for how many times those of another they are."""

    what: str
    size: int
    scenario: Scenario
    way: str
    to: str
    """The other way; nothing for seconds alone."""
    limit: float
    at_most: bool = True


_EDIT = "edit in one of ten files, to that file's compiler and linker"
LIMITS = (
    Limit(f"nothing changed: `{BUILD}`", 1, "no-op", BUILD, "", 0.2),
    Limit(f"nothing changed: `{DEVELOP}`", 1, "no-op", DEVELOP, "", 0.2),
    *(
        Limit(
            f"nothing changed: {theirs}, to `{ours}`",
            1,
            "no-op",
            theirs,
            ours,
            least,
            at_most=False,
        )
        for ours in (BUILD, DEVELOP)
        for theirs, least in ((PIP_KEPT, 6), (UV_KEPT, 4))
    ),
    Limit(f"one file from nothing: `{BUILD}`, to the floor", 1, "clean", BUILD, FLOOR, 1.35),
    Limit(
        f"one file from nothing: {PIP}, to `{BUILD}`", 1, "clean", PIP, BUILD, 2.2, at_most=False
    ),
    Limit(
        f"CMake project from nothing: `{BUILD}`, to {PIP_KEPT}",
        1,
        "clean",
        BUILD_CMAKE,
        PIP_KEPT,
        1,
    ),
    Limit(f"{_EDIT}: `{DEVELOP}`", 10, "edit", DEVELOP_UNHELPED, FLOOR, 1.2),
    Limit(f"{_EDIT}: `{DEVELOP}`, precompiled header", 10, "edit", DEVELOP, FLOOR, 0.75),
)


def find_limits(found: Found, compiling: Mapping[int, Compiling]) -> list[Bar]:
    """Return every limit for which there is something to compare."""
    bars = [
        Bar(
            limit.what,
            _value(costs[limit.way], costs.get(limit.to)),
            limit.limit,
            at_most=limit.at_most,
            unit="times" if limit.to else "s",
        )
        for limit in LIMITS
        if (costs := found.get(limit.size, {}).get(limit.scenario, {}))
        and {limit.way, limit.to or limit.way} <= set(costs)
    ]
    if fifty := compiling.get(50):
        name = "50 files from nothing: part of the cores that was busy while compiling"
        bars.append(Bar(name, fifty.busy, 0.9, at_most=False, unit=""))
    return bars


def _value(costs: Sequence[Cost], others: Sequence[Cost] | None) -> float:
    if others is None:
        return median(costs).seconds
    return ratio([one.seconds for one in costs], [one.seconds for one in others])
