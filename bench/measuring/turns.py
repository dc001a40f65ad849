"""Ways that take turns: a machine that gets slower slows all of them."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Way(Generic[Found]):
    """One of the things that are compared."""

    name: str
    act: Callable[[], Found]
    """Does it once and returns what is measured."""
    prepare: Callable[[], None] = lambda: None
    """What comes before it each time, and is not measured."""


def take_turns(ways: Sequence[Way[Found]], rounds: int) -> dict[str, list[Found]]:
    """Return what is measured for each way, round by round; each round begins with another way."""
    found: dict[str, list[Found]] = {way.name: [] for way in ways}
    for number in range(rounds):
        start = number % len(ways)
        for way in [*ways[start:], *ways[:start]]:
            print(f"{number + 1}/{rounds} {way.name}", file=sys.stderr, flush=True)
            way.prepare()
            found[way.name].append(way.act())
    return found
