"""Decode the symbols of a Mach-O image: its table of symbols and its trie of exports.

The trie is what the loader goes by; the table says more, but may be stripped.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from macholib import mach_o

from ffiwheel.audit.binary.image import SYMBOLS_MOST, DamageError, Names, show_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ffiwheel.audit.binary.image import Image
    from ffiwheel.audit.binary.macho_commands import Mach

_WEAK_EXPORT = 0x4
_TRIE_LARGEST, _NAMES_LARGEST = 64 << 20, 256 << 20
_LONGEST_NUMBER = 10


class MachSymbol(NamedTuple):
    """One entry of the table of symbols."""

    name: str
    """Without its first underscore."""
    type: int
    section: int
    """The number of its section, the first being 1."""
    description: int
    value: int

    @property
    def is_import(self) -> bool:
        """Whether another library has to have it."""
        return (
            self.type & mach_o.N_TYPE in {mach_o.N_UNDF, mach_o.N_PBUD}
            and self.value == 0
            and bool(self.name)
        )

    @property
    def is_export(self) -> bool:
        """Whether another library can see it."""
        return (
            bool(self.type & mach_o.N_EXT)
            and not self.type & mach_o.N_PEXT
            and self.type & mach_o.N_TYPE not in {mach_o.N_UNDF, mach_o.N_PBUD}
        )

    @property
    def is_weak(self) -> bool:
        """Of an import: whether the library loads without it."""
        return bool(self.description & mach_o.N_WEAK_REF)

    @property
    def is_weak_definition(self) -> bool:
        """Of an export: whether another library's definition may take its place."""
        return bool(self.description & mach_o.N_WEAK_DEF)

    @property
    def ordinal(self) -> int:
        """Which of the linked libraries it is asked of, the first being 1; 0 is itself."""
        return self.description >> 8 & 0xFF


class Export(NamedTuple):
    """A symbol that other libraries see."""

    name: str
    is_weak: bool


def read_symbol_table(image: Image, mach: Mach) -> Iterator[MachSymbol]:
    """Yield the table of symbols without the entries for debuggers.

    Raises:
        DamageError: if it is not wholly in the file.
    """
    command = mach.first(mach_o.LC_SYMTAB)
    if not command:
        return
    entry = struct.Struct(mach.order + ("IBBHQ" if mach.is_64 else "IBBHI"))
    count = command.integer("nsyms")
    if count > SYMBOLS_MOST:
        raise DamageError(f"it has more than {SYMBOLS_MOST} symbols")
    data = image.read(command.integer("symoff"), count * entry.size, "table of symbols")
    strings = image.read(command.integer("stroff"), command.integer("strsize"), "names of symbols")
    names = Names(strings, prefix="_")
    for name, kind, section, description, value in entry.iter_unpack(data):
        if not kind & mach_o.N_STAB:
            yield MachSymbol(names[name] if name else "", kind, section, description, value)


def read_exports(image: Image, mach: Mach) -> tuple[Export, ...] | None:
    """Return what the trie of exports holds, or None if there is no trie.

    Raises:
        DamageError: if it is not a tree, or is not wholly in the file.
    """
    command = mach.first(mach_o.LC_DYLD_EXPORTS_TRIE)
    offset, size = ("dataoff", "datasize") if command else ("export_off", "export_size")
    command = command or mach.first(mach_o.LC_DYLD_INFO_ONLY, mach_o.LC_DYLD_INFO)
    if not command:
        return None
    length = command.integer(size)
    if length > _TRIE_LARGEST:
        raise DamageError("its trie of exports is too large")
    return tuple(decode_trie(image.read(command.integer(offset), length, "trie of exports")))


def decode_trie(data: bytes) -> Iterator[Export]:
    """Yield the symbols of a trie.

    A node is the size of its payload (0: no symbol ends here), the payload, the number of edges,
    and for each edge a string and the offset of a node. Numbers are ULEB128.

    Raises:
        DamageError: if a node has two parents, or lies outside.
    """
    if not data:
        return
    seen = {0}
    waiting = [(0, b"")]
    left = _NAMES_LARGEST
    while waiting:
        at, name = waiting.pop()
        size, at = _number(data, at)
        if size:
            flags, _ = _number(data, at)
            yield Export(show_name(name.removeprefix(b"_")), bool(flags & _WEAK_EXPORT))
        at += size
        if at >= len(data):
            raise DamageError("its trie of exports is damaged")
        count, at = data[at], at + 1
        for _ in range(count):
            end = data.find(b"\0", at)
            child, following = _number(data, end + 1)
            left -= len(name) + end - at
            if end < 0 or child in seen or left < 0:
                raise DamageError("its trie of exports is damaged")
            seen.add(child)
            waiting.append((child, name + data[at:end]))
            at = following


def _number(data: bytes, at: int) -> tuple[int, int]:
    """Return the ULEB128 number at an offset, and the offset behind it."""
    value = 0
    for shift in range(_LONGEST_NUMBER):
        if at >= len(data):
            raise DamageError("its trie of exports is damaged")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << 7 * shift
        if not byte & 0x80:
            return value, at
    raise DamageError("its trie of exports is damaged")
