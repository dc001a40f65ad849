"""Where the boxes of the map lie: areas as sizes, shapes as near to squares as they come.

The squarified treemap of Bruls, Huizing and van Wijk (2000). Positions are percentages of the box
around, so that the browser, and not we, decides how wide the map is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ffiwheel.ui.page.contents import Node

WHOLE = 100.0
_LEAST = 1e-6
"""The smallest part of the largest box that a box is: nobody sees less, and divisions stay safe."""


@dataclass(frozen=True, slots=True)
class Rect:
    """A box, in percent of the one around it."""

    left: float
    top: float
    width: float
    height: float


FULL = Rect(0.0, 0.0, WHOLE, WHOLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A node and where it lies."""

    number: int
    """Counted through the whole map, from 0."""
    node: Node
    wide: Rect
    """On a screen that is wider than high."""
    tall: Rect
    """On a phone."""
    boxes: tuple[Box, ...] = ()

    @property
    def all(self) -> Iterator[Box]:
        """This box and everything in it."""
        yield self
        for box in self.boxes:
            yield from box.all


@dataclass(frozen=True, slots=True)
class _Spot:
    """How wide for its height a box is, on either screen."""

    wide: float
    tall: float


def plan_boxes(root: Node, wide: float, tall: float) -> Box:
    """Return the map of a tree.

    Args:
        root: the tree.
        wide: width by height of the map on a wide screen.
        tall: the same on a phone.
    """
    return _plan_box(root, FULL, FULL, _Spot(wide, tall), iter(range(1 << 30)))


def _plan_box(node: Node, wide: Rect, tall: Rect, spot: _Spot, numbers: Iterator[int]) -> Box:
    number = next(numbers)
    parts = [part for part in node.parts if part.size > 0]
    sizes = [part.size for part in parts]
    inner = zip(parts, squarify(sizes, spot.wide), squarify(sizes, spot.tall), strict=True)
    boxes = tuple(
        _plan_box(part, one, other, _turn(spot, one, other), numbers) for part, one, other in inner
    )
    return Box(number=number, node=node, wide=wide, tall=tall, boxes=boxes)


def _turn(spot: _Spot, wide: Rect, tall: Rect) -> _Spot:
    return _Spot(spot.wide * wide.width / wide.height, spot.tall * tall.width / tall.height)


def squarify(given: Sequence[int], aspect: float) -> list[Rect]:
    """Return a box for each size; together they fill a box that is `aspect` times as wide as high.

    Args:
        given: the sizes, each more than 0, the largest first.
        aspect: width by height.

    >>> squarify([2, 1, 1], 2.0)
    [Rect(left=0.0, top=0.0, width=50.0, height=100.0), \
Rect(left=50.0, top=0.0, width=50.0, height=50.0), \
Rect(left=50.0, top=50.0, width=50.0, height=50.0)]
    """
    sizes = [max(size, given[0] * _LEAST) for size in given]
    left, top, width, height = 0.0, 0.0, aspect, 1.0
    rects: list[Rect] = []
    rest, index = sum(sizes), 0
    while index < len(sizes):
        is_wide = width >= height
        side = min(width, height)
        count, amount = _fill_row(sizes, index, width * height / rest, side)
        is_last = index + count == len(sizes)
        across = max(width, height) * (1.0 if is_last else amount / rest)
        place = top if is_wide else left
        for size in sizes[index : index + count]:
            along = side * size / amount
            box = (left, place, across, along) if is_wide else (place, top, along, across)
            rects.append(_percent(*box, aspect))
            place += along
        if is_wide:
            left, width = left + across, width - across
        else:
            top, height = top + across, height - across
        rest, index = rest - amount, index + count
    return rects


def _fill_row(sizes: Sequence[float], start: int, scale: float, side: float) -> tuple[int, float]:
    """Return how many sizes the next row takes before its boxes get longer, and their sum."""
    amount, best = 0.0, float("inf")
    for count in range(start, len(sizes)):
        longer = amount + sizes[count]
        across = longer * scale / side
        worst = max(_shape(sizes[start] * scale, across), _shape(sizes[count] * scale, across))
        if worst > best:
            return count - start, amount
        amount, best = longer, worst
    return len(sizes) - start, amount


def _shape(area: float, across: float) -> float:
    """Return how far from a square a box is: 1 for a square."""
    along = area / across
    return max(along / across, across / along)


def _percent(left: float, top: float, width: float, height: float, aspect: float) -> Rect:
    return Rect(WHOLE * left / aspect, WHOLE * top, WHOLE * width / aspect, WHOLE * height)
