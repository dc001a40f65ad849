"""The limits that the project has set itself for calls and imports, beside what was found."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, NamedTuple

from measuring.cost import Cost, ratio
from measuring.report import Bar

from calling.imports import BARE, PLAIN, QUICKSTART, QUICKSTART_FAST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from calling.imports import Imports

Calls = dict[str, dict[str, list[float]]]
"""Case -> way -> nanoseconds of a call, round by round."""

OURS = PLAIN
RELEASED = "ffiwheel, accelerated"
HELD = "ffiwheel, accelerated, GIL held"
BARE_FUNCTION = "tvm_ffi.Function"
MOST_MILLISECONDS = 10
MOST_BYTES = 600
MOST_NANOSECONDS = 20


class Limit(NamedTuple):
    """How many times nanobind a case may take, with the GIL held and released."""

    case: str
    held: float
    released: float


TO_NANOBIND = (
    Limit("int → int", 1.25, 1.15),
    Limit("float, float → float", 1.25, 1.15),
    Limit("f(1, b=7, c=8)", 1.3, 1.3),
    Limit("f(1), two defaults", 1.3, 1.3),
    Limit("str of 3 → int", 1.5, 1.5),
    Limit("str of 40 → int", 2.0, 2.0),
    Limit("NumPy array 4 x 5 → int", 1.0, 1.0),
)
FASTER = {"int → int": (2.0, 5.0), "float, float → float": (2.0, 5.0)}
"""How many times faster than the runtime's own function a call is, GIL released and held."""

FALLING_BACK = "list of 4 int → int"
"""A call that the accelerator leaves to the runtime."""


def find_limits(calls: Calls, imports: Mapping[str, Imports], binding: float | None) -> list[Bar]:
    """Return every limit; without an accelerator, how far the package without it is from each.

    Args:
        calls: what calls cost.
        imports: what imports cost, by what is installed beside.
        binding: how many bytes a generated binding adds, if there are any.
    """
    bars = [bar for limit in TO_NANOBIND for bar in _to_nanobind(limit, calls[limit.case])]
    for case, (released, held) in FASTER.items():
        for kind, floor in (("released", released), ("held", held)):
            ours = _ours(calls[case], kind)
            value = ratio(calls[case][BARE_FUNCTION], calls[case][ours])
            name = f"{case}: `{BARE_FUNCTION}`, to {_title(ours)}, GIL {kind}"
            bars.append(Bar(name, value, floor, at_most=False))
    costs = calls[FALLING_BACK]
    tax = _difference(costs[_ours(costs, "released")], costs[BARE_FUNCTION])
    name = f"{FALLING_BACK}: more than `{BARE_FUNCTION}`"
    bars.append(Bar(name, tax, MOST_NANOSECONDS, unit="ns"))
    bars += [_import_bar(where, found) for where, found in imports.items()]
    if binding is not None:
        bars.append(Bar("one generated binding in the library", binding, MOST_BYTES, unit="bytes"))
    return bars


def milliseconds(costs: Sequence[Cost], bare: Sequence[Cost]) -> float:
    """Return the median of what processes took more than those of bare Python."""
    return 1e3 * _difference([one.seconds for one in costs], [one.seconds for one in bare])


def processor_milliseconds(costs: Sequence[Cost], bare: Sequence[Cost]) -> float:
    """Return the same in processor time."""
    return 1e3 * _difference([one.processor for one in costs], [one.processor for one in bare])


def _to_nanobind(limit: Limit, costs: Mapping[str, list[float]]) -> list[Bar]:
    return [
        Bar(
            f"{limit.case}: {_title(_ours(costs, kind))}, to nanobind, GIL {kind}",
            ratio(costs[_ours(costs, kind)], costs[f"nanobind, GIL {kind}"]),
            most,
        )
        for kind, most in (("held", limit.held), ("released", limit.released))
    ]


def _ours(costs: Mapping[str, list[float]], kind: str) -> str:
    """Return the best of our ways that is there."""
    best = HELD if kind == "held" else RELEASED
    return best if best in costs else OURS


def _title(way: str) -> str:
    """Return what a limit calls one of our ways; it says itself whether the GIL is held."""
    return way.removesuffix(", GIL held")


def _import_bar(where: str, found: Imports) -> Bar:
    ours = QUICKSTART_FAST if QUICKSTART_FAST in found["call"] else QUICKSTART
    value = milliseconds(found["call"][ours], found["call"][BARE])
    name = f"{ours}: import and first call{where}, more than bare Python"
    return Bar(name, value, MOST_MILLISECONDS, unit="ms")


def _difference(figures: Sequence[float], others: Sequence[float]) -> float:
    return statistics.median(one - other for one, other in zip(figures, others, strict=True))
