"""The trie of exports: the symbols that dyld finds in a library, and where they are.

A node is the size of its payload (0: no symbol ends here), the payload, the number of edges, and
for each edge a string and the offset of a node. Numbers are ULEB128.

Specification: <mach-o/loader.h> of Apple's SDK, at `dyld_info_command`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ffiwheel.wheel.macho.dylib import LayoutError
from ffiwheel.wheel.macho.opcodes import Reader, encode_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_WEAK: Final = 0x4
_NAMES_LARGEST: Final = 64 << 20


@dataclass(slots=True)
class _Node:
    """A node that is being laid out."""

    payload: bytes = b""
    edges: list[tuple[bytes, _Node]] = field(default_factory=list)
    offset: int = 0

    def render(self) -> bytes:
        """Return the node, as long as the offsets of its children are right."""
        edges = (text + b"\0" + encode_number(child.offset) for text, child in self.edges)
        size = encode_number(len(self.payload))
        return size + self.payload + bytes((len(self.edges),)) + b"".join(edges)


def is_weak_export(payload: bytes) -> bool:
    """Tell whether another library's symbol may take the place of one."""
    return bool(Reader(payload).number() & _WEAK)


def decode_exports(data: bytes) -> dict[bytes, bytes]:
    """Return name -> payload of each symbol.

    Raises:
        LayoutError: if a node has two parents, or lies outside.
    """
    return dict(_symbols(data)) if data else {}


def _symbols(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    waiting, seen, left = [(0, b"")], {0}, _NAMES_LARGEST
    reader = Reader(data)
    while waiting:
        reader.at, name = waiting.pop()
        size = reader.number()
        start = reader.at
        if size:
            yield name, data[start : start + size]
        reader.at = start + size
        for _ in range(reader.byte()):
            longer, child = name + reader.string(), reader.number()
            left -= len(longer)
            if child in seen or left < 0:
                raise LayoutError("its trie of exports is damaged")
            seen.add(child)
            waiting.append((child, longer))


def encode_exports(symbols: Mapping[bytes, bytes]) -> bytes:
    """Return the trie of symbols: name -> payload; the same for the same symbols."""
    if not symbols:
        return b""
    root = _Node()
    nodes = []
    waiting = [(root, b"", sorted(symbols))]
    while waiting:
        node, prefix, names = waiting.pop(0)
        nodes.append(node)
        if names[0] == prefix:
            node.payload = symbols[names.pop(0)]
        for group in _groups(names, len(prefix)):
            common = _shared(group[0], group[-1])
            child = _Node()
            node.edges.append((common[len(prefix) :], child))
            waiting.append((child, common, group))
    _place(nodes)
    return b"".join(node.render() for node in nodes)


def _groups(names: Sequence[bytes], length: int) -> Iterable[list[bytes]]:
    """Return sorted names in groups that have the same byte at an index."""
    groups: dict[int, list[bytes]] = {}
    for name in names:
        groups.setdefault(name[length], []).append(name)
    return groups.values()


def _shared(first: bytes, last: bytes) -> bytes:
    """Return what two names begin with."""
    length = next((i for i, (a, b) in enumerate(zip(first, last)) if a != b), len(first))  # noqa: B905 - to the end of the shorter
    return first[:length]


def _place(nodes: Sequence[_Node]) -> None:
    """Give nodes their offsets, which grow until the numbers that tell them have room."""
    moved = True
    while moved:
        moved, at = False, 0
        for node in nodes:
            moved = moved or node.offset != at
            node.offset = at
            at += len(node.render())
