"""Take a Mach-O library apart so that it can be put together again.

This is for writing, where the reader of the audit is for knowing: what is not understood here is
refused, for it could not be kept true. Everything that is changed lies in the header, in the load
commands and in the last segment, `__LINKEDIT`; code and data stay as the linker wrote them.

Specification: <mach-o/loader.h> of Apple's SDK.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from macholib import mach_o

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAGIC: Final = b"\xcf\xfa\xed\xfe"
"""Begins a library for 64 bits and little-endian processors, which all Macs of today have."""

HEAD: Final = 32
COMMAND_HEAD: Final = 8
_NUMBER_AT, _SIZE_AT, _FLAGS_AT = 16, 20, 24
_COMMANDS_MOST: Final = 1000
KEPT: Final = frozenset(
    {
        mach_o.LC_SEGMENT_64,
        mach_o.LC_DYLD_INFO_ONLY,
        mach_o.LC_FUNCTION_STARTS,
        mach_o.LC_DATA_IN_CODE,
        mach_o.LC_SYMTAB,
        mach_o.LC_DYSYMTAB,
        mach_o.LC_LOAD_DYLINKER,
        mach_o.LC_ID_DYLIB,
        mach_o.LC_RPATH,
        mach_o.LC_SOURCE_VERSION,
        mach_o.LC_BUILD_VERSION,
        mach_o.LC_VERSION_MIN_MACOSX,
        mach_o.LC_UUID,
        mach_o.LC_LOAD_DYLIB,
        mach_o.LC_LOAD_WEAK_DYLIB,
        mach_o.LC_REEXPORT_DYLIB,
        mach_o.LC_CODE_SIGNATURE,
    }
)
"""The load commands that stay true, or are made true, when `__LINKEDIT` is written anew."""

_ONCE: Final = (mach_o.LC_DYLD_INFO_ONLY, mach_o.LC_SYMTAB, mach_o.LC_DYSYMTAB)


class LayoutError(Exception):
    """A library is damaged, or laid out in a way that we do not know."""


@dataclass(frozen=True, slots=True)
class Command:
    """A load command."""

    number: int
    data: bytes
    """All of it, with number and size."""

    def integer(self, name: str) -> int:
        """Return a field by the name that Apple's header gives it.

        Raises:
            LayoutError: if the command is too short.
        """
        return int(getattr(self._fields(), name))

    def text(self, name: str) -> bytes:
        """Return a field of characters."""
        return bytes(getattr(self._fields(), name)).rstrip(b"\0")

    def changed(self, fields: Mapping[str, int]) -> Command:
        """Return the command with other values in some fields."""
        structure = self._fields()
        for name, value in fields.items():
            setattr(structure, name, value)
        packed = bytes(structure.to_str())
        end = COMMAND_HEAD + len(packed)
        return Command(self.number, self.data[:COMMAND_HEAD] + packed + self.data[end:])

    def _fields(self) -> mach_o.Structure:
        kind = mach_o.LC_REGISTRY[self.number]
        if len(self.data) < COMMAND_HEAD + kind._size_:
            raise LayoutError("one of its load commands is too short")
        return kind.from_str(self.data[COMMAND_HEAD:][: kind._size_], _endian_="<")


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the file that becomes a part of memory."""

    name: str
    address: int
    length: int
    """Bytes in memory."""
    offset: int
    size: int
    """Bytes in the file."""


@dataclass(frozen=True, slots=True)
class Dylib:
    """A library, taken apart."""

    data: bytes
    flags: int
    commands: tuple[Command, ...]
    segments: tuple[Segment, ...]
    """In their order, by which the opcodes of dyld number them; the last is `__LINKEDIT`."""

    def one(self, number: int) -> Command:
        """Return the load command of a kind of which there is one."""
        return next(one for one in self.commands if one.number == number)

    def cut(self, offset: int, size: int) -> bytes:
        """Return a part of `__LINKEDIT`.

        Raises:
            LayoutError: if it lies elsewhere.
        """
        linkedit = self.segments[-1]
        inside = linkedit.offset <= offset and offset + size <= linkedit.offset + linkedit.size
        if size and not inside:
            raise LayoutError("a table for the loader lies outside of `__LINKEDIT`")
        return self.data[offset : offset + size]

    def pointer(self, segment: int, offset: int) -> int:
        """Return the number that a slot of a segment holds in the file."""
        at = self.segments[segment].offset + offset
        return int.from_bytes(self.data[at : at + 8], "little")


def is_thin_dylib(data: bytes) -> bool:
    """Tell whether something begins like a library that can be taken apart."""
    kind = int.from_bytes(data[12:16], "little")
    return data[:4] == MAGIC and kind in {mach_o.MH_DYLIB, mach_o.MH_BUNDLE}


def read_dylib(data: bytes) -> Dylib:
    """Take a library apart.

    Raises:
        LayoutError: if it is damaged, or has something that we could not keep true.
    """
    if len(data) < HEAD or not is_thin_dylib(data):
        raise LayoutError("it is no library for one 64-bit processor")
    commands = tuple(_commands(data))
    unknown = [one.number for one in commands if one.number not in KEPT]
    if unknown:
        raise LayoutError(f"it has a load command that we do not know: {unknown[0]:#x}")
    for number in _ONCE:
        if sum(one.number == number for one in commands) != 1:
            raise LayoutError(f"it does not have exactly one load command {number:#x}")
    segments = tuple(_segment(one) for one in commands if one.number == mach_o.LC_SEGMENT_64)
    _check_segments(segments, len(data))
    return Dylib(data, _integer(data, _FLAGS_AT), commands, segments)


def render_head(dylib: Dylib, flags: int, commands: tuple[Command, ...]) -> bytes:
    """Return header and load commands with other values, in the room of those that were there."""
    head = bytearray(dylib.data[:HEAD])
    head[_FLAGS_AT : _FLAGS_AT + 4] = flags.to_bytes(4, "little")
    return bytes(head) + b"".join(one.data for one in commands)


def _commands(data: bytes) -> Iterator[Command]:
    at, end = HEAD, HEAD + _integer(data, _SIZE_AT)
    count = _integer(data, _NUMBER_AT)
    if end > len(data) or count > _COMMANDS_MOST:
        raise LayoutError("its load commands are cut off")
    for _ in range(count):
        number, size = _integer(data, at), _integer(data, at + 4)
        if at + COMMAND_HEAD > end or size < COMMAND_HEAD or at + size > end:
            raise LayoutError("its load commands do not fit into their room")
        yield Command(number, data[at : at + size])
        at += size
    if at != end:
        raise LayoutError("its load commands do not fill their room")


def _segment(command: Command) -> Segment:
    return Segment(
        name=command.text("segname").decode("ascii", "replace"),
        address=command.integer("vmaddr"),
        length=command.integer("vmsize"),
        offset=command.integer("fileoff"),
        size=command.integer("filesize"),
    )


def _check_segments(segments: tuple[Segment, ...], size: int) -> None:
    if not segments or segments[-1].name != "__LINKEDIT":
        raise LayoutError("`__LINKEDIT` is not its last segment")
    start = segments[-1].offset
    for one in segments:
        if one.offset + one.size > size or one.size > one.length:
            raise LayoutError(f"its segment `{one.name}` is cut off")
        if one is not segments[-1] and one.offset + one.size > start:
            raise LayoutError(f"its segment `{one.name}` lies behind `__LINKEDIT`")
    if segments[-1].offset + segments[-1].size != size:
        raise LayoutError("something follows its last segment")


def _integer(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")
