"""What is in a wheel, as a tree: folders, files, sections and symbols of libraries.

A wheel can hold more than a page should: `shorten_tree` opens the largest parts first, until there
are `MOST_NODES`, and of each at most `WIDEST` parts. Nothing is dropped: the rest of each is one
node that says for how many it stands.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ffiwheel.model.binary import SectionKind
from ffiwheel.ui.page.kinds import OF_SECTIONS, Kind, kind_of_file
from ffiwheel.ui.page.names import read_symbol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ffiwheel.model.binary import Binary, Symbol
    from ffiwheel.model.picture import Entry, Picture

MOST_NODES = 600
WIDEST = 32
WHOLE = "the wheel"
_DEEPEST = 12
"""Folders in folders, before the rest of a path is one name."""
_FEW = 12
"""A section with no more symbols than these is not divided by namespaces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A part of a wheel."""

    name: str
    full_name: str = ""
    """Where `name` is only a part of it."""
    size: int
    """Bytes, unpacked."""
    packed: int | None = None
    """Bytes in the archive; None for a part of a file, which has no size of its own there."""
    kind: Kind = Kind.MIXED
    parts: tuple[Node, ...] = ()
    """The largest first."""
    hidden: int = 0
    """How many parts it has that are not shown."""


def plan_contents(picture: Picture) -> Node:
    """Return the tree of everything in a wheel."""
    leaves = [
        (entry.path.split("/", _DEEPEST), _plan_file(entry, picture)) for entry in picture.entries
    ]
    return _plan_folder(WHOLE, leaves)


def shorten_tree(whole: Node, most: int = MOST_NODES, widest: int = WIDEST) -> Node:
    """Return as much of a tree as a page can show.

    Args:
        whole: the tree.
        most: how many nodes there may be.
        widest: how many parts of one node are shown.
    """
    return _shorten(whole, frozenset(_choose_open(whole, most, widest)), widest)


def sum_kinds(whole: Node) -> dict[Kind, int]:
    """Return how many bytes there are of each kind, the largest first."""
    sums: dict[Kind, int] = defaultdict(int)
    for node in _plain(whole):
        sums[node.kind] += node.size
    found = ((kind, size) for kind, size in sums.items() if size)
    return dict(sorted(found, key=lambda pair: (-pair[1], pair[0].value)))


def _plain(node: Node) -> Iterator[Node]:
    """Yield the largest parts that are of one kind each."""
    if node.kind is not Kind.MIXED:
        yield node
        return
    for part in node.parts:
        yield from _plain(part)


def _plan_folder(name: str, leaves: Sequence[tuple[Sequence[str], Node]]) -> Node:
    """Return a folder; one that has a single thing in it is one with it."""
    parts = [replace(node, name=path[0]) for path, node in leaves if len(path) == 1]
    folders: dict[str, list[tuple[Sequence[str], Node]]] = defaultdict(list)
    for path, node in leaves:
        if len(path) > 1:
            folders[path[0]].append((path[1:], node))
    for folder, inner in folders.items():
        made = _plan_folder(folder, inner)
        is_alone = len(made.parts) == 1
        parts.append(
            replace(made.parts[0], name=f"{folder}/{made.parts[0].name}") if is_alone else made
        )
    return Node(
        name=name,
        size=sum(one.size for one in parts),
        packed=sum(one.packed or 0 for one in parts),
        parts=_sorted(parts),
    )


def _plan_file(entry: Entry, picture: Picture) -> Node:
    node = Node(
        name=entry.path, size=entry.size, packed=entry.packed, kind=kind_of_file(entry.path)
    )
    binary = picture.binaries.get(entry.path)
    if binary is None:
        return node
    parts = [*_plan_sections(binary, picture.symbols.get(entry.path, ()))]
    rest = entry.size - sum(one.size for one in parts)
    if rest > 0 and parts:
        parts.append(Node(name="outside of sections", size=rest, kind=Kind.LINKING))
    return replace(node, kind=Kind.MIXED if parts else node.kind, parts=_sorted(parts))


def _plan_sections(binary: Binary, symbols: Iterable[Symbol]) -> Iterator[Node]:
    by_section: dict[str, list[Symbol]] = defaultdict(list)
    for symbol in symbols:
        if symbol.size > 0:
            by_section[symbol.section].append(symbol)
    for section in binary.sections:
        kind = OF_SECTIONS[section.kind]
        if section.size > 0 and kind is not Kind.DEVICE:
            named = [(read_symbol(one.name), one) for one in by_section.get(section.name, ())]
            yield _plan_section(section.name, section.size, kind, [*_plan_symbols(named, kind)])
    device = [one for one in binary.sections if one.size > 0 and one.kind is SectionKind.DEVICE]
    if device:
        names = ", ".join(dict.fromkeys(one.name for one in device))
        size = sum(one.size for one in device)
        yield _plan_section(names, size, Kind.DEVICE, [*_plan_device(binary)])


def _plan_section(name: str, size: int, kind: Kind, parts: list[Node]) -> Node:
    rest = size - sum(one.size for one in parts)
    if rest > 0 and parts:
        parts = [*parts, Node(name="without a name", size=rest, kind=kind)]
    return Node(name=name, size=size, kind=kind, parts=_sorted(parts))


def _plan_device(binary: Binary) -> Iterator[Node]:
    """Yield the code for each architecture; a library says of no piece in which section it lies."""
    sums: dict[str, int] = defaultdict(int)
    for one in binary.device_code:
        sums[f"{one.arch} {one.kind.value}"] += one.size
    yield from (Node(name=name, size=size, kind=Kind.DEVICE) for name, size in sums.items())


def _plan_symbols(symbols: Sequence[tuple[Sequence[str], Symbol]], kind: Kind) -> Iterator[Node]:
    """Yield the symbols of a scope, by the scopes in it if they are many.

    Args:
        symbols: the parts of each name from here on, and the symbol.
        kind: what the section is for.
    """
    scopes: dict[str, list[tuple[Sequence[str], Symbol]]] = defaultdict(list)
    for parts, one in symbols:
        is_inside = len(parts) > 1 and len(symbols) > _FEW
        scopes[parts[0] if is_inside else ""].append((parts, one))
    for scope, found in scopes.items():
        if scope and len(found) > 1:
            inner = _sorted(_plan_symbols([(parts[1:], one) for parts, one in found], kind))
            yield _plan_scope(scope, inner, kind)
            continue
        for parts, one in found:
            shown = "::".join(parts)
            full = one.name if one.name != shown else ""
            yield Node(name=shown, full_name=full, size=one.size, kind=kind)


def _plan_scope(scope: str, inner: tuple[Node, ...], kind: Kind) -> Node:
    """Return a namespace or a class; one that has a single scope in it is one with it."""
    if len(inner) == 1 and inner[0].parts:
        return replace(inner[0], name=f"{scope}::{inner[0].name}")
    return Node(name=f"{scope}::", size=sum(one.size for one in inner), kind=kind, parts=inner)


def _choose_open(whole: Node, most: int, widest: int) -> Iterator[int]:
    """Yield the `id` of each node whose parts are shown, the largest nodes first."""
    waiting = [(-whole.size, 0, whole)]
    room, order = most - 1, 0
    while waiting:
        node = heapq.heappop(waiting)[2]
        shown = node.parts[:widest]
        if not shown or len(shown) + 1 > room:
            continue
        room -= len(shown) + (len(node.parts) > widest)
        yield id(node)
        for part in shown:
            order += 1
            heapq.heappush(waiting, (-part.size, order, part))


def _shorten(node: Node, opened: frozenset[int], widest: int) -> Node:
    """Return a node without the parts that are not shown."""
    if not node.parts:
        return node
    if id(node) not in opened:
        kind = next(iter(sum_kinds(node)), node.kind)
        return replace(node, kind=kind, parts=(), hidden=sum(1 for _ in _leaves(node)))
    shown, rest = node.parts[:widest], node.parts[widest:]
    parts = [_shorten(one, opened, widest) for one in shown]
    if rest:
        kinds = {one.kind for one in rest}
        parts.append(
            Node(
                name=f"other ({len(rest)})",
                size=sum(one.size for one in rest),
                packed=_sum_packed(rest),
                kind=kinds.pop() if len(kinds) == 1 else Kind.OTHER,
                hidden=len(rest),
            )
        )
    return replace(node, parts=tuple(parts))


def _sum_packed(nodes: Iterable[Node]) -> int | None:
    sizes = [one.packed for one in nodes]
    return None if None in sizes else sum(size or 0 for size in sizes)


def _sorted(parts: Iterable[Node]) -> tuple[Node, ...]:
    return tuple(sorted(parts, key=lambda one: (-one.size, one.name, one.full_name)))


def _leaves(node: Node) -> Iterator[Node]:
    if not node.parts:
        yield node
    for part in node.parts:
        yield from _leaves(part)
