"""Compare what two runs of `recorder.py` wrote.

A difference is a line for a person: the case, what the one did and what the other did.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

ALLOWED = Path(__file__).with_name("calls") / "differences.txt"
LONGEST = 300


@dataclass(frozen=True)
class Record:
    """What one run wrote."""

    accelerated: Any
    """What the package says of itself, `__accelerated__`."""
    cases: Mapping[str, Any] = field(repr=False)
    finished: bool = True


def parse_record(text: str) -> Record:
    """Return what the lines of a run say."""
    rows = [json.loads(line) for line in text.splitlines()]
    found = dict(rows)
    assert len(found) == len(rows), "two cases have one name"
    accelerated = found.pop("accelerated", None)
    return Record(accelerated, found, finished=found.pop("end", False))


def read_allowed(text: str) -> dict[str, str]:
    """Return the cases that may differ, each with its reason."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    split = [line.partition(" ## ") for line in lines]
    assert all(reason for _, _, reason in split), "whatever may differ has a reason"
    return {case: reason for case, _, reason in split}


def find_differences(plain: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, str]:
    """Return for each case in which two records differ what both did.

    Where the plain one dies there is nothing to equal.
    """
    cases = dict.fromkeys([*plain, *other])
    return {
        case: f"{case}\n    {describe(plain.get(case))}\n    {describe(other.get(case))}"
        for case in cases
        if plain.get(case) != other.get(case) and not has_died(plain.get(case))
    }


def has_died(fact: Any) -> bool:
    """Return whether a process has not survived."""
    return isinstance(fact, dict) and "died" in fact


def describe(fact: Any) -> str:
    """Return a fact as a line that is not too long."""
    if isinstance(fact, dict) and "error" in fact:
        rest = {key: value for key, value in fact.items() if key not in ("bases", "arguments")}
        return f"raises {rest}"[:LONGEST]
    return "no such case" if fact is None else f"is {fact}"[:LONGEST]
