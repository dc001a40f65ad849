"""The opcodes by which dyld fills in addresses: which slot gets which symbol, which is moved.

A slot is a pointer in a segment. A rebase adds where the library was loaded; a bind writes the
address of a symbol over whatever was there. Rebases come first.

Specification: <mach-o/loader.h> of Apple's SDK, `REBASE_OPCODE_*` and `BIND_OPCODE_*`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from ffiwheel.wheel.macho.dylib import LayoutError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ffiwheel.wheel.macho.dylib import Segment

_Item = TypeVar("_Item")

POINTER: Final = 1
"""The type of all slots of today: an address of eight bytes."""

STRONG: Final = 0x8
"""Flag of a symbol of the weak table: the library's own definition goes before all weak ones."""

_DONE = 0x00
_REBASE_TYPE, _REBASE_SLOT, _REBASE_ADD, _REBASE_ADD_WIDTHS = 0x10, 0x20, 0x30, 0x40
_REBASE_FEW, _REBASE_MANY, _REBASE_THEN_ADD, _REBASE_SKIPPING = 0x50, 0x60, 0x70, 0x80
_REBASES = frozenset({_REBASE_FEW, _REBASE_MANY, _REBASE_THEN_ADD, _REBASE_SKIPPING})
_ORDINAL, _ORDINAL_LARGE, _ORDINAL_SPECIAL, _NAME, _TYPE = 0x10, 0x20, 0x30, 0x40, 0x50
_ADDEND, _SLOT, _ADD = 0x60, 0x70, 0x80
_BIND, _BIND_ADD, _BIND_ADD_WIDTHS, _BIND_SKIPPING = 0x90, 0xA0, 0xB0, 0xC0
_BINDS = frozenset({_BIND, _BIND_ADD, _BIND_ADD_WIDTHS, _BIND_SKIPPING})
_ORDINAL_SMALLEST_LARGE = 16
_WIDTH: Final = 8
_SLOTS_MOST: Final = 1 << 22
_LONGEST: Final = 10
_MASK: Final = (1 << 64) - 1
_UNKNOWN: Final = "it has an opcode for the loader that we do not know: {:#04x}"


class Slot(NamedTuple):
    """A place for an address."""

    segment: int
    """The number of its segment, the first being 0."""
    offset: int
    """Bytes from the segment's beginning."""


@dataclass(frozen=True, slots=True, order=True)
class Bind:
    """A slot, and the symbol whose address it gets."""

    ordinal: int
    """Which of the linked libraries is asked, the first being 1; 0 and less are special."""
    name: bytes
    slot: Slot | None
    """None in the weak table where a strong definition of the symbol is announced."""
    flags: int = 0
    addend: int = 0


class Reader:
    """Reads numbers and strings one after the other."""

    def __init__(self, data: bytes) -> None:
        """Begin at the beginning."""
        self.data = data
        self.at = 0

    def __bool__(self) -> bool:
        return self.at < len(self.data)

    def byte(self) -> int:
        """Return the next byte."""
        if not self:
            raise LayoutError("a table for the loader ends too early")
        self.at += 1
        return self.data[self.at - 1]

    def number(self, *, signed: bool = False) -> int:
        """Return the next number, ULEB128 or SLEB128."""
        value = 0
        for index in range(_LONGEST):
            byte = self.byte()
            value |= (byte & 0x7F) << 7 * index
            if not byte & 0x80:
                return value - (1 << 7 * (index + 1)) if signed and byte & 0x40 else value
        raise LayoutError("a table for the loader has a number that is too long")

    def string(self) -> bytes:
        """Return the bytes up to the next zero."""
        end = self.data.find(b"\0", self.at)
        if end < 0:
            raise LayoutError("a table for the loader ends too early")
        start, self.at = self.at, end + 1
        return self.data[start:end]


def encode_number(value: int) -> bytes:
    r"""Return a number as ULEB128.

    >>> encode_number(5), encode_number(300)
    (b'\x05', b'\xac\x02')
    """
    found = bytearray()
    while value > 0x7F:  # noqa: PLR2004 - seven bits
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*found, value))


def encode_signed(value: int) -> bytes:
    r"""Return a number as SLEB128.

    >>> encode_signed(-1), encode_signed(64)
    (b'\x7f', b'\xc0\x00')
    """
    found = bytearray()
    while not -0x40 <= value < 0x40:  # noqa: PLR2004 - seven bits, one of them the sign
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*found, value & 0x7F))


def decode_rebases(data: bytes, segments: Sequence[Segment]) -> frozenset[Slot]:
    """Return the slots that are moved.

    Raises:
        LayoutError: if an opcode is unknown, or a slot lies outside of its segment.
    """
    return frozenset(_limited(_rebases(Reader(data), segments)))


def _rebases(reader: Reader, segments: Sequence[Segment]) -> Iterator[Slot]:
    here = Slot(-1, 0)
    while reader:
        byte = reader.byte()
        opcode, value = byte & 0xF0, byte & 0x0F
        if opcode == _DONE:
            return
        if opcode in _REBASES:
            known = {_REBASE_FEW: value, _REBASE_THEN_ADD: 1}
            count = known[opcode] if opcode in known else reader.number()
            skip = reader.number() if opcode in {_REBASE_THEN_ADD, _REBASE_SKIPPING} else 0
            for _ in range(count):
                yield checked(here, segments)
                here = _on(here, skip + _WIDTH)
        else:
            here = _moved(here, byte, reader)


def _moved(here: Slot, byte: int, reader: Reader) -> Slot:
    """Return where the next rebase is after an opcode that does none."""
    opcode, value = byte & 0xF0, byte & 0x0F
    if opcode == _REBASE_TYPE and value == POINTER:
        return here
    if opcode == _REBASE_SLOT:
        return Slot(value, reader.number())
    if opcode == _REBASE_ADD:
        return _on(here, reader.number())
    if opcode == _REBASE_ADD_WIDTHS:
        return _on(here, value * _WIDTH)
    raise LayoutError(_UNKNOWN.format(byte))


def decode_binds(
    data: bytes, segments: Sequence[Segment], *, is_lazy: bool = False
) -> tuple[Bind, ...]:
    """Return the slots that get the address of a symbol, in their order.

    Args:
        data: the opcodes.
        segments: what slots lie in.
        is_lazy: whether it is the table of lazy binds, in which each symbol is ended.

    Raises:
        LayoutError: if an opcode is unknown, or a slot lies outside of its segment.
    """
    return tuple(_limited(_binds(Reader(data), segments, is_lazy=is_lazy)))


def _binds(reader: Reader, segments: Sequence[Segment], *, is_lazy: bool) -> Iterator[Bind]:
    here, form = Slot(-1, 0), Bind(0, b"", None)
    while reader:
        byte = reader.byte()
        opcode, value = byte & 0xF0, byte & 0x0F
        if opcode == _DONE and not is_lazy:
            return
        if opcode == _SLOT:
            here = Slot(value, reader.number())
        elif opcode == _ADD:
            here = _on(here, reader.number())
        elif opcode in _BINDS:
            count = reader.number() if opcode == _BIND_SKIPPING else 1
            skip = reader.number() if opcode in {_BIND_ADD, _BIND_SKIPPING} else 0
            skip = value * _WIDTH if opcode == _BIND_ADD_WIDTHS else skip
            for _ in range(count):
                yield replace(form, slot=checked(here, segments))
                here = _on(here, skip + _WIDTH)
        else:
            form = _formed(form, byte, reader)
            if opcode == _NAME and value & STRONG:
                yield form


def _formed(form: Bind, byte: int, reader: Reader) -> Bind:
    """Return what binds are like after an opcode that says something about all that follow."""
    opcode, value = byte & 0xF0, byte & 0x0F
    if opcode in {_ORDINAL, _ORDINAL_LARGE, _ORDINAL_SPECIAL}:
        return replace(form, ordinal=_ordinal(opcode, value, reader))
    if opcode == _NAME:
        return replace(form, name=reader.string(), flags=value)
    if opcode == _ADDEND:
        return replace(form, addend=reader.number(signed=True))
    if opcode == _DONE or (opcode == _TYPE and value == POINTER):
        return form
    raise LayoutError(_UNKNOWN.format(byte))


def _ordinal(opcode: int, value: int, reader: Reader) -> int:
    if opcode == _ORDINAL_SPECIAL:
        return value - 16 if value else 0
    return reader.number() if opcode == _ORDINAL_LARGE else value


def encode_binds(binds: Iterable[Bind], *, is_weak: bool = False) -> bytes:
    """Return opcodes that do the same, symbols sorted; nothing for no binds.

    Args:
        binds: what to do.
        is_weak: whether it is the weak table, in which no library is asked for a symbol.
    """
    found = bytearray()
    last: Bind | None = None
    for one in sorted(binds, key=_by_symbol):
        if not is_weak and (last is None or last.ordinal != one.ordinal):
            found += _encode_ordinal(one.ordinal)
        if last is None or (last.name, last.flags) != (one.name, one.flags) or not one.slot:
            found += bytes((_NAME | one.flags,)) + one.name + b"\0"
        if last is None:
            found += bytes((_TYPE | POINTER,))
        if one.addend != (last.addend if last else 0):
            found += bytes((_ADDEND,)) + encode_signed(one.addend)
        if one.slot:
            found += bytes((_SLOT | one.slot.segment,)) + encode_number(one.slot.offset)
            found.append(_BIND)
        last = one
    return bytes(found) + b"\0" if found else b""


def _by_symbol(one: Bind) -> tuple[int, bytes, int, int, Slot]:
    return (one.ordinal, one.name, one.flags, one.addend, one.slot or Slot(-1, 0))


def _encode_ordinal(ordinal: int) -> bytes:
    if ordinal <= 0:
        return bytes((_ORDINAL_SPECIAL | ordinal & 0x0F,))
    if ordinal < _ORDINAL_SMALLEST_LARGE:
        return bytes((_ORDINAL | ordinal,))
    return bytes((_ORDINAL_LARGE,)) + encode_number(ordinal)


def checked(slot: Slot, segments: Sequence[Segment]) -> Slot:
    """Return a slot that lies inside of the file's part of its segment.

    Raises:
        LayoutError: if it does not.
    """
    known = 0 <= slot.segment < len(segments)
    if not known or slot.offset + _WIDTH > segments[slot.segment].size:
        raise LayoutError("the loader is told to write outside of a segment")
    return slot


def _on(slot: Slot, distance: int) -> Slot:
    """Return the slot a distance further on; linkers go back by adding almost 2^64."""
    return Slot(slot.segment, (slot.offset + distance) & _MASK)


def _limited(items: Iterator[_Item]) -> Iterator[_Item]:
    for count, one in enumerate(items):
        if count > _SLOTS_MOST:
            raise LayoutError(f"the loader is told to fill more than {_SLOTS_MOST} slots")
        yield one
