"""Decode the header and the load commands of one Mach-O image.

The structures are macholib's. Its own reader is not used, for it copies every segment of the file.

Specification: <mach-o/loader.h> and <mach-o/nlist.h> of Apple's SDK.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from macholib import mach_o

from ffiwheel.audit.binary.image import DamageError, show_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ffiwheel.audit.binary.image import Image

_MAGICS: Final = {
    b"\xce\xfa\xed\xfe": ("<", False),
    b"\xcf\xfa\xed\xfe": ("<", True),
    b"\xfe\xed\xfa\xce": (">", False),
    b"\xfe\xed\xfa\xcf": (">", True),
}
_COMMANDS_LARGEST, _COMMANDS_MOST, _SECTIONS_MOST = 16 << 20, 10_000, 10_000
_COMMAND_HEAD = 8
_DYLIBS: Final = {
    mach_o.LC_LOAD_DYLIB: False,
    mach_o.LC_REEXPORT_DYLIB: False,
    mach_o.LC_LOAD_UPWARD_DYLIB: False,
    mach_o.LC_LOAD_WEAK_DYLIB: True,
    mach_o.LC_LAZY_LOAD_DYLIB: True,
}
_MACOS = 1
_ZERO_FILLED: Final = (0x1, 0xC, 0x12)
"""Types of sections that take no room in the file: plain, larger than 4 GB, of threads."""

_TOOLS: Final = {1: "clang", 2: "swift", 3: "ld", 4: "lld", 5: "zig"}


@dataclass(frozen=True, slots=True)
class MachSection:
    """A section."""

    name: str
    """With its segment: `__TEXT,__text`."""
    address: int
    length: int
    """Bytes in memory."""
    offset: int
    size: int
    """Bytes in the file."""
    flags: int


@dataclass(frozen=True, slots=True)
class Command:
    """A load command."""

    number: int
    data: bytes
    """All of it, with number and size."""
    order: str

    def integer(self, name: str) -> int:
        """Return a field by the name that Apple's header gives it.

        Raises:
            DamageError: if the command is too short.
        """
        structure = mach_o.LC_REGISTRY[self.number]
        size = structure._size_
        if len(self.data) < _COMMAND_HEAD + size:
            raise DamageError("one of its load commands is too short")
        value = structure.from_str(self.data[_COMMAND_HEAD:][:size], _endian_=self.order)
        return int(getattr(value, name))

    def text(self, name: str) -> str:
        """Return the string whose offset is in a field."""
        at = self.integer(name)
        if not _COMMAND_HEAD <= at <= len(self.data):
            raise DamageError("a name in one of its load commands lies outside of it")
        return show_name(self.data[at:].partition(b"\0")[0])


@dataclass(frozen=True, slots=True)
class Mach:
    """One image, decoded as far as its load commands go."""

    order: str
    is_64: bool
    cpu: int
    subtype: int
    kind: int
    """Such as `MH_DYLIB`."""
    flags: int
    commands: tuple[Command, ...]

    def all(self, *numbers: int) -> Iterator[Command]:
        """Yield the commands of some kinds in their order."""
        return (one for one in self.commands if one.number in numbers)

    def first(self, *numbers: int) -> Command | None:
        """Return the first of some kinds."""
        return next(self.all(*numbers), None)

    @property
    def dylibs(self) -> tuple[tuple[str, bool], ...]:
        """Name of each library it is linked with, and whether it also loads without it."""
        return tuple((one.text("name"), _DYLIBS[one.number]) for one in self.all(*_DYLIBS))

    @property
    def name(self) -> str:
        """Its install name."""
        command = self.first(mach_o.LC_ID_DYLIB)
        return command.text("name") if command else ""

    @property
    def runpaths(self) -> tuple[str, ...]:
        """Where `@rpath` is searched for."""
        return tuple(one.text("path") for one in self.all(mach_o.LC_RPATH))

    @property
    def minimum_os(self) -> str:
        """The oldest macOS that loads it; empty for other systems and where it does not say."""
        for one in self.all(mach_o.LC_BUILD_VERSION):
            if one.integer("platform") == _MACOS:
                return _show_version(one.integer("minos"))
        for one in self.all(mach_o.LC_VERSION_MIN_MACOSX):
            return _show_version(one.integer("version"))
        return ""

    @property
    def tools(self) -> tuple[str, ...]:
        """What made it, such as `ld 907.0`."""
        found = []
        for one in self.all(mach_o.LC_BUILD_VERSION):
            start = _COMMAND_HEAD + 16
            for at in range(start, len(one.data) - 7, 8):
                number = _unpack(one.order, one.data, at)
                name = _TOOLS.get(number, f"tool {number}")
                found.append(f"{name} {_show_version(_unpack(one.order, one.data, at + 4))}")
        return tuple(dict.fromkeys(found))

    @property
    def sections(self) -> tuple[MachSection, ...]:
        """All sections in their order, as symbols count them."""
        found = [
            section
            for one in self.all(mach_o.LC_SEGMENT, mach_o.LC_SEGMENT_64)
            for section in _sections(one)
        ]
        if len(found) > _SECTIONS_MOST:
            raise DamageError(f"it has {len(found)} sections")
        return tuple(found)


def read_commands(image: Image) -> Mach:
    """Return the load commands of a thin image.

    Raises:
        DamageError: if they do not fit into the room that the header gives them.
    """
    order, is_64 = _MAGICS.get(image.read(0, 4, "header"), ("", False))
    if not order:
        raise DamageError("one of its slices is not a Mach-O file")
    structure = mach_o.mach_header_64 if is_64 else mach_o.mach_header
    size = structure._size_
    header = structure.from_str(image.read(0, size, "header"), _endian_=order)
    if header.ncmds > _COMMANDS_MOST or header.sizeofcmds > _COMMANDS_LARGEST:
        raise DamageError(f"it has {int(header.ncmds)} load commands")
    table = image.read(size, int(header.sizeofcmds), "load commands")
    return Mach(
        order=order,
        is_64=is_64,
        cpu=int(header.cputype) & 0xFFFFFFFF,
        subtype=int(header.cpusubtype) & 0xFFFFFF,
        kind=int(header.filetype),
        flags=int(header.flags),
        commands=tuple(_commands(table, int(header.ncmds), order)),
    )


def _commands(table: bytes, count: int, order: str) -> Iterator[Command]:
    at = 0
    for _ in range(count):
        if at + _COMMAND_HEAD > len(table):
            raise DamageError("it has fewer load commands than it says")
        number, size = _unpack(order, table, at), _unpack(order, table, at + 4)
        if size < _COMMAND_HEAD or at + size > len(table):
            raise DamageError("one of its load commands is larger than the room for all")
        yield Command(number, table[at : at + size], order)
        at += size


def _sections(segment: Command) -> Iterator[MachSection]:
    is_64 = segment.number == mach_o.LC_SEGMENT_64
    command = mach_o.segment_command_64 if is_64 else mach_o.segment_command
    structure = mach_o.section_64 if is_64 else mach_o.section
    size = structure._size_
    start = _COMMAND_HEAD + command._size_
    if start + segment.integer("nsects") * size > len(segment.data):
        raise DamageError("a segment has more sections than its load command has room for")
    for at in range(start, start + segment.integer("nsects") * size, size):
        one = structure.from_str(segment.data[at : at + size], _endian_=segment.order)
        name = b",".join(bytes(part).rstrip(b"\0") for part in (one.segname, one.sectname))
        is_elsewhere = not int(one.offset) or int(one.flags) & 0xFF in _ZERO_FILLED
        yield MachSection(
            name=show_name(name),
            address=int(one.addr),
            length=int(one.size),
            offset=int(one.offset),
            size=0 if is_elsewhere else int(one.size),
            flags=int(one.flags),
        )


def _show_version(number: int) -> str:
    """Return a version that is packed as 16, 8 and 8 bits.

    >>> _show_version(0x000A0F00), _show_version(0x000B0001)
    ('10.15', '11.0.1')
    """
    major, minor, patch = number >> 16, number >> 8 & 0xFF, number & 0xFF
    return f"{major}.{minor}.{patch}" if patch else f"{major}.{minor}"


def _unpack(order: str, data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little" if order == "<" else "big")
