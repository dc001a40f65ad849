"""Which branches of `#if` are read: all, where each is whole in itself.

The reader does not know the macros of the build. Branches with balanced brackets do no harm to one
another: both are read, and reflection says later which of two declarations is true. Of others
(`#ifdef A` / `void f(int) {` / `#else` / `void f(long) {` / `#endif`) the first is read. What
stands in `#if 0` is not.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from ffiwheel.reflect.source.text import blank

if TYPE_CHECKING:
    from ffiwheel.reflect.source.text import Directive

_OPENING = frozenset({"if", "ifdef", "ifndef"})
_NEXT = frozenset({"else", "elif", "elifdef", "elifndef"})
_NEVER = frozenset({"0", "false", "(0)"})

Depth = tuple[int, int]


def choose_branches(code: str, directives: tuple[Directive, ...]) -> str:
    """Return the code with blanks in place of branches that are not read."""
    marks = [one for one in directives if one.name in _OPENING | _NEXT or one.name == "endif"]
    depths = _depths(code, marks)
    open_groups: list[list[int]] = []
    dropped: list[tuple[int, int]] = []
    for number, mark in enumerate(marks):
        if mark.name in _OPENING:
            open_groups.append([number])
        elif open_groups:
            open_groups[-1].append(number)
            if mark.name == "endif":
                dropped += _drop(open_groups.pop(), marks, depths)
    return _without(code, dropped)


def _depths(code: str, marks: list[Directive]) -> list[Depth]:
    """Return for each directive how many braces and parentheses are open before it."""
    braces = parentheses = position = 0
    depths = []
    for mark in marks:
        braces += code.count("{", position, mark.start) - code.count("}", position, mark.start)
        parentheses += code.count("(", position, mark.start) - code.count(")", position, mark.start)
        position = mark.start
        depths.append((braces, parentheses))
    return depths


def _drop(group: list[int], marks: list[Directive], depths: list[Depth]) -> list[tuple[int, int]]:
    """Return the spans of the branches of one group that are not read."""
    branches = list(pairwise(group))
    live = [pair for pair in branches if marks[pair[0]].body.strip() not in _NEVER]
    are_whole = all(depths[first] == depths[last] for first, last in live)
    kept = live if are_whole else live[:1]
    return [(marks[pair[0]].end, marks[pair[1]].start) for pair in branches if pair not in kept]


def _without(code: str, spans: list[tuple[int, int]]) -> str:
    pieces: list[str] = []
    position = 0
    for start, end in sorted(spans):
        if end <= position:
            continue
        start = max(start, position)  # noqa: PLW2901 - spans nest
        pieces += code[position:start], blank(code[start:end])
        position = end
    return "".join([*pieces, code[position:]])
