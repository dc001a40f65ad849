"""Samples of versions, and what their order is to be.

A form is asked for more than it can express. What it refuses drops out of its ladder; what it
accepts, from all of PEP 440, has to be in order.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from packaging.version import Version as Pep440

from ffiwheel.errors import VersionError
from ffiwheel.model.version import Version
from ffiwheel.versioning.forms.registry import render_form

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from hypothesis.strategies import SearchStrategy

_Parsed = TypeVar("_Parsed")


@dataclass(frozen=True)
class Rung:
    """One text of a form. Versions that the form need not tell apart share a rank."""

    rank: int
    text: str


class Sample(tuple[str, ...]):
    """Versions in no order. A test that fails names its pairs, not the hundreds of others."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Return how many there are."""
        return f"<{len(self)} versions>"


def make_version(text: str) -> Version:
    """Return the value that stands for `text`."""
    public, _, local = text.partition("+")
    return Version(public=public, local=local)


def climb(
    name: str, sample: Iterable[str], rank_by: Callable[[Pep440], object] = lambda version: version
) -> list[Rung]:
    """Return a form of each version that it accepts, from the lowest to the highest."""
    versions = sorted(set(map(Pep440, sample)))
    texts = {one: text for one in versions if (text := express(str(one), name)) is not None}
    ranks = {key: rank for rank, key in enumerate(dict.fromkeys(map(rank_by, texts)))}
    return [Rung(ranks[rank_by(version)], text) for version, text in texts.items()]


def express(version: str, name: str) -> str | None:
    """Return a form of `version`, or None where it refuses."""
    try:
        return render_form(make_version(version), name)
    except VersionError:
        return None


def public_of(version: Pep440) -> Pep440:
    """Return what a target that ignores the local part orders by."""
    return Pep440(version.public)


def release_of(version: Pep440) -> Pep440:
    """Return what a target that knows nothing but releases orders by."""
    return Pep440(version.base_version)


def out_of_order(
    rungs: Sequence[Rung],
    parse: Callable[[str], _Parsed],
    is_less: Callable[[_Parsed, _Parsed], bool],
) -> Iterator[str]:
    """Yield every pair that a comparison in this process orders otherwise."""
    parsed = [(rung, parse(rung.text)) for rung in rungs]
    for (low, left), (high, right) in combinations(parsed, 2):
        is_right = is_less(left, right) if low.rank < high.rank else left == right
        if not is_right:
            yield f"{low.text} < {high.text}"


def _tails(letters: Sequence[str]) -> Iterator[str]:
    serials, counts = (0, 1, 2, 9, 10), (0, 1, 9, 10, 911, 912, 1000)
    yield ""
    yield from (f".dev{count}" for count in counts)
    for letter, serial in product(letters, serials):
        yield f"{letter}{serial}"
        yield from (f"{letter}{serial}.dev{count}" for count in counts if serial)


RELEASES = ("0.6.0", "0.7.0", "0.7.1", "0.10.0", "1.0.0", "2026.11.20")
TAILS = tuple(_tails(("a", "b", "rc", ".post")))
COMMON = Sample(release + tail for release, tail in product(RELEASES, TAILS))
"""What projects tag, and the commits after; no form refuses any of it."""

RARE = (
    *(f"1!0.7.0{tail}" for tail in TAILS[::5]),
    *(f"0.7.0.{fourth}{tail}" for fourth, tail in product((1, 10), TAILS[::5])),
    *(f"0.7.0{pre}.post{post}" for pre, post in product(("a1", "rc0", "rc1"), (0, 1, 10))),
    *(f"0.7.0{pre}.post2.dev{count}" for pre, count in product(("a1", "rc1"), (0, 9, 10))),
    *(f"0.7.0{tail}+g1f2e3d4c5b" for tail in TAILS[::3]),
    *("1.2", "1.2.3.0", "0.7.0a0.dev3", "0.7.0.post0.dev3", "0.7.0.0.1", "0.8.0+4831029384"),
)
"""What PEP 440 allows besides."""

EVERYTHING = Sample((*COMMON, *RARE))

_NUMBERS = st.sampled_from((0, 1, 2, 9, 10, 11, 99, 100)) | st.integers(0, 2047)
_ANY_NUMBERS = _NUMBERS | st.sampled_from((2**16, 20261120, 202611201200, 2**31, 2**53, 2**64))
_LOCALS = st.from_regex(r"[0-9a-z]{1,12}(\.[0-9a-z]{1,9})?", fullmatch=True)


@st.composite
def common_versions(draw: st.DrawFn) -> str:
    """Draw from all versions like those in `COMMON`; neighbours often share their release."""
    release = ".".join(str(draw(_NUMBERS)) for _ in range(3))
    release = draw(st.sampled_from(RELEASES) | st.just(release))
    stage = draw(st.sampled_from(("", "a", "b", "rc", ".post")))
    count = draw(st.none() | _NUMBERS)
    serial = draw(st.integers(0 if count is None else 1, 200)) if stage else ""
    return f"{release}{stage}{serial}" + ("" if count is None else f".dev{count}")


@st.composite
def any_versions(draw: st.DrawFn) -> str:
    """Draw from all of PEP 440."""
    epoch = draw(st.sampled_from(("", "", "", "1!", "2!")))
    numbers = draw(st.lists(_ANY_NUMBERS, min_size=1, max_size=5))
    release = draw(st.sampled_from(RELEASES) | st.just(".".join(map(str, numbers))))
    words = (draw(st.sampled_from(("a", "b", "rc"))), ".post", ".dev")
    tail = "".join(f"{word}{draw(_ANY_NUMBERS)}" for word in words if draw(st.booleans()))
    local = draw(st.just("") | _LOCALS.map("+{}".format))
    return f"{epoch}{release}{tail}{local}"


def _public_and_whether_local(text: str) -> tuple[Pep440, bool]:
    return public_of(Pep440(text)), "+" in text


in_few_runs = settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
"""For tests on whole samples. They name the pairs that fail, so nothing is left to shrink."""


def samples(least: int = 100) -> SearchStrategy[Sample]:
    """Draw many versions at once, for a program that compares them all in one run.

    Of one public version there is at most one local part: no target compares two as PEP 440 does.
    """
    one = common_versions() | any_versions()
    many = st.lists(one, min_size=least, max_size=2 * least, unique_by=_public_and_whether_local)
    return many.map(Sample)
