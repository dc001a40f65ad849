"""On which releases of `apache-tvm-ffi` a wheel works, release by release."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from ffiwheel.model.runtime import RuntimeRange


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What is known of one release."""

    release: str
    works: bool
    yanked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why it fails on some releases."""

    symbol: str
    reason: str
    releases: tuple[str, ...]
    """The oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Every known release."""

    specifier: str
    newest_known: str
    outcomes: tuple[Outcome, ...]
    """The oldest first."""
    causes: tuple[Cause, ...]

    @property
    def working(self) -> int:
        """On how many of them it works."""
        return sum(one.works for one in self.outcomes)


def plan_matrix(found: RuntimeRange) -> Matrix:
    """Return the releases that a range is about."""
    works = [Outcome(release=one, works=True) for one in found.releases]
    fails = [Outcome(release=one.release, works=False, yanked=one.yanked) for one in found.failures]
    causes: dict[tuple[str, str], list[str]] = defaultdict(list)
    for failure in found.failures:
        causes[failure.symbol, failure.reason].append(failure.release)
    return Matrix(
        specifier=found.specifier,
        newest_known=found.newest_known,
        outcomes=tuple(sorted((*works, *fails), key=lambda one: _in_order(one.release))),
        causes=tuple(
            Cause(symbol=symbol, reason=reason, releases=tuple(releases))
            for (symbol, reason), releases in causes.items()
        ),
    )


def _in_order(release: str) -> tuple[Version, str]:
    try:
        return Version(release), release
    except InvalidVersion:
        return Version("0"), release
