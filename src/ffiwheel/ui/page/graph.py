"""The drawing of who needs whom.

Columns from left to right: libraries of the wheel that none of its others needs, then what they
need inside of it, then everything outside. What would be drawn alike is one node: libraries that
nobody needs and that need the same, and parts of the system that the same libraries need. The same
wheel gives the same drawing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ffiwheel.model.picture import Origin
from ffiwheel.model.provider import name_asked
from ffiwheel.ui.page.needs import Need, in_order, list_needs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ffiwheel.model.picture import Picture

ROW, HEIGHT, MARGIN = 64, 46, 8
"""Pixels: from node to node, of a node, above the first one."""
MOST_ROWS = 24
_GAP = 0.45
"""Between two columns, by the width of a column."""
_MOST_COLUMNS = 5
"""A phone is narrow, and libraries that need each other in a circle would go on for ever."""
_FEW = 3
"""Parts of the system that are drawn one by one, even if the same libraries need them."""
_ORIGINS = tuple(Origin)


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphNode:
    """A library, or several that are drawn as one."""

    label: str
    note: str
    """What stands below it."""
    origin: Origin
    left: float
    """Percent of the drawing."""
    width: float
    top: int
    """Pixels."""
    decides: bool
    """Whether it is a reason for the platform tag."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A line from who needs to what is needed."""

    path: str
    """As SVG has it, in percent of the width and in pixels of the height."""
    origin: Origin
    decides: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """The drawing, and the same as a table."""

    needs: tuple[Need, ...] = ()
    nodes: tuple[GraphNode, ...] = ()
    edges: tuple[Edge, ...] = ()
    height: int = 0
    """Pixels."""
    columns: int = 0
    left_out: int = 0
    """How many nodes are not drawn, and only in the table."""


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a node lies."""

    left: float
    top: int


class _Key(NamedTuple):
    """Which node it is: called like the first library that it stands for."""

    is_inside: bool
    name: str


@dataclass(frozen=True, slots=True)
class _Keys:
    """The node that each library is drawn as."""

    inside: Mapping[str, _Key]
    """By archive path."""
    outside: Mapping[str, _Key]
    """By the name that is asked for."""

    def ends(self, need: Need) -> tuple[_Key, _Key]:
        """Return the node that asks, and the one that is asked."""
        asked = self.inside[need.found] if need.found else self.outside[need.library]
        return self.inside[need.path], asked

    def size(self, key: _Key) -> int:
        """Return for how many libraries a node stands."""
        return [*(self.inside if key.is_inside else self.outside).values()].count(key)


def plan_graph(picture: Picture) -> Graph:
    """Return who needs whom in a wheel."""
    if not picture.binaries:
        return Graph()
    needs = tuple(list_needs(picture))
    inside = _group_inside(needs, sorted(picture.binaries))
    keys = _Keys(inside, _group_outside(needs, inside))
    columns = _arrange(needs, keys)
    spots, width = _place(columns)
    lines: dict[tuple[_Key, _Key], list[Need]] = defaultdict(list)
    asking: dict[_Key, list[Need]] = defaultdict(list)
    for need in needs:
        lines[keys.ends(need)].append(need)
        asking[keys.ends(need)[1]].append(need)
    return Graph(
        needs=needs,
        nodes=tuple(
            _draw_node(key, spot, width, keys.size(key), asking[key]) for key, spot in spots.items()
        ),
        edges=tuple(
            _draw_edge(spots[one], spots[other], width, found)
            for (one, other), found in sorted(lines.items())
            if one in spots and other in spots
        ),
        height=max(spot.top for spot in spots.values()) + HEIGHT + MARGIN,
        columns=len(columns),
        left_out=sum(len(column[MOST_ROWS:]) for column in columns),
    )


def _own(library: str) -> _Key:
    return _Key(is_inside=True, name=name_asked(library))


def _group_inside(needs: Sequence[Need], paths: Sequence[str]) -> dict[str, _Key]:
    """Return the node of each library of the wheel."""
    asked: dict[str, list[str]] = defaultdict(list)
    for need in needs:
        asked[need.path].append(need.library)
    wanted = {need.found for need in needs}
    first: dict[tuple[str, ...], _Key] = {}
    return {
        path: _own(path)
        if path in wanted
        else first.setdefault(tuple(sorted(asked[path])), _own(path))
        for path in paths
    }


def _group_outside(needs: Sequence[Need], inside: Mapping[str, _Key]) -> dict[str, _Key]:
    """Return the node of each library outside."""
    asking: dict[str, set[_Key]] = defaultdict(set)
    special: set[str] = set()
    for need in needs:
        if not need.found:
            asking[need.library].add(inside[need.path])
        if need.origin is not Origin.SYSTEM or need.floors:
            special.add(need.library)
    alike: dict[tuple[str, frozenset[_Key]], list[str]] = defaultdict(list)
    for library, by in sorted(asking.items()):
        alike[library if library in special else "", frozenset(by)].append(library)
    return {
        library: _Key(is_inside=False, name=found[0] if len(found) > _FEW else library)
        for found in alike.values()
        for library in found
    }


def _arrange(needs: Sequence[Need], keys: _Keys) -> list[list[_Key]]:
    """Return the nodes of each column, from top to bottom."""
    users: dict[_Key, set[_Key]] = {key: set() for key in keys.inside.values()}
    origins: dict[_Key, Origin] = {}
    for need in needs:
        one, other = keys.ends(need)
        if not other.is_inside:
            origins[other] = need.origin
        elif one != other:
            users[other].add(one)
    depths = dict.fromkeys(users, 0)
    for _ in range(_MOST_COLUMNS - 2):
        depths = {key: max((depths[one] + 1 for one in by), default=0) for key, by in users.items()}
    columns = [
        sorted(key for key, depth in depths.items() if depth == wanted)
        for wanted in range(_MOST_COLUMNS - 1)
    ]
    outside = sorted(origins, key=lambda key: (_ORIGINS.index(origins[key]), key))
    return [column for column in (*columns, outside) if column]


def _place(columns: Sequence[Sequence[_Key]]) -> tuple[dict[_Key, _Spot], float]:
    """Return where the nodes lie, those of each column in its middle, and how wide they are."""
    rows = [min(MOST_ROWS, len(column)) for column in columns]
    width = 100 / (len(columns) + (len(columns) - 1) * _GAP)
    spots = {}
    for number, column in enumerate(columns):
        left = round(number * width * (1 + _GAP), 3)
        above = MARGIN + (max(rows) - rows[number]) * ROW // 2
        for row, key in enumerate(column[:MOST_ROWS]):
            spots[key] = _Spot(left, above + row * ROW)
    return spots, round(width, 3)


def _draw_node(
    key: _Key, spot: _Spot, width: float, size: int, asking: Sequence[Need]
) -> GraphNode:
    origin = Origin.INSIDE if key.is_inside else asking[0].origin
    return GraphNode(
        label=key.name,
        note=_describe(origin, size, asking),
        origin=origin,
        left=spot.left,
        width=width,
        top=spot.top,
        decides=any(need.decides for need in asking),
    )


def _describe(origin: Origin, size: int, asking: Sequence[Need]) -> str:
    """Return what stands below the name of a node."""
    if size > 1:
        return f"and {size - 1} more"
    versions = sorted({floor.version for need in asking for floor in need.floors}, key=in_order)
    newest = {version.rpartition("_")[0]: version for version in versions}
    known = "" if origin is Origin.MISSING else ", ".join(sorted(newest.values()))
    return known or origin.value


def _draw_edge(start: _Spot, end: _Spot, width: float, needs: Sequence[Need]) -> Edge:
    """Return the line between two nodes; one that goes back or stays goes around on the right."""
    x1, y1 = round(start.left + width, 2), start.top + HEIGHT // 2
    is_forward = end.left > start.left
    x2, y2 = round(end.left + (0 if is_forward else width), 2), end.top + HEIGHT // 2
    bend = round((x1 + x2) / 2 if is_forward else max(x1, x2) + width * 0.2, 2)
    path = f"M{x1} {y1}C{bend} {y1} {bend} {y2} {x2} {y2}"
    return Edge(path=path, origin=needs[0].origin, decides=any(one.decides for one in needs))
