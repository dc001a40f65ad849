"""Decode the tables of an ELF file: dynamic section, symbols, versions.

A table is taken as bytes and decoded in one go: an object of pyelftools per symbol takes a hundred
times as long, and its walks along chains of versions have no end if the chain is damaged.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from ffiwheel.audit.binary.image import SYMBOLS_MOST, DamageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ffiwheel.audit.binary.image import Names

_LOCAL, _WEAK, _UNIQUE = 0, 2, 10
_TYPE_SECTION, _TYPE_FILE = 3, 4
_DEFAULT, _PROTECTED = 0, 3
_UNDEFINED = 0
_NEEDED, _SONAME, _RPATH, _RUNPATH = 1, 14, 15, 29
_TEXTREL, _BIND_NOW, _FLAGS, _FLAGS_1 = 22, 24, 30, 0x6FFFFFFB
_DF_TEXTREL, _DF_BIND_NOW, _DF_1_NOW = 0x4, 0x8, 0x1
_VERSION_BITS = 0x7FFF
_PROPERTIES, _LEVELS_NEEDED = 5, 0xC0008002


class ElfSymbol(NamedTuple):
    """One entry of a table of symbols."""

    name: str
    info: int
    other: int
    section: int
    size: int

    @property
    def is_import(self) -> bool:
        """Whether another library has to have it."""
        return self.section == _UNDEFINED and bool(self.name)

    @property
    def is_export(self) -> bool:
        """Whether another library can see it."""
        return (
            self.section != _UNDEFINED
            and bool(self.name)
            and self.info >> 4 != _LOCAL
            and self.other & 3 in {_DEFAULT, _PROTECTED}
        )

    @property
    def is_weak(self) -> bool:
        """Whether another definition may take its place, or it may be missing."""
        return self.info >> 4 == _WEAK

    @property
    def is_unique(self) -> bool:
        """Whether the loader makes it one with all others of the name."""
        return self.info >> 4 == _UNIQUE


class Dynamic(NamedTuple):
    """What the dynamic section says."""

    soname: str
    needed: tuple[str, ...]
    runpaths: tuple[str, ...]
    binds_now: bool
    text_relocations: bool


def decode_symbols(data: bytes, names: Names, order: str, *, is_64: bool) -> Iterator[ElfSymbol]:
    """Yield the entries of a table of symbols in its order.

    Raises:
        DamageError: if there are too many, or a name is not in the table of names.
    """
    entry = struct.Struct(order + ("IBBHQQ" if is_64 else "IIIBBH"))
    if len(data) // entry.size > SYMBOLS_MOST:
        raise DamageError(f"it has more than {SYMBOLS_MOST} symbols")
    rows = entry.iter_unpack(data[: len(data) - len(data) % entry.size])
    if is_64:
        for name, info, other, section, _, size in rows:
            yield ElfSymbol(names[name] if name else "", info, other, section, size)
    else:
        for name, _, size, info, other, section in rows:
            yield ElfSymbol(names[name] if name else "", info, other, section, size)


def decode_dynamic(data: bytes, names: Names, order: str, *, is_64: bool) -> Dynamic:
    """Return what a dynamic section says, up to its end mark."""
    entry = struct.Struct(order + ("qQ" if is_64 else "iI"))
    tags: list[tuple[int, int]] = []
    for tag, value in entry.iter_unpack(data[: len(data) - len(data) % entry.size]):
        if tag == 0:
            break
        if tag in {_NEEDED, _SONAME, _RPATH, _RUNPATH, _TEXTREL, _BIND_NOW, _FLAGS, _FLAGS_1}:
            tags.append((tag, value))
    flags = _joined(tags, _FLAGS)
    return Dynamic(
        soname="".join(names[value] for tag, value in tags if tag == _SONAME),
        needed=tuple(names[value] for tag, value in tags if tag == _NEEDED),
        runpaths=tuple(
            folder
            for tag, value in tags
            if tag in {_RPATH, _RUNPATH}
            for folder in names[value].split(":")
            if folder
        ),
        binds_now=any(tag == _BIND_NOW for tag, _ in tags)
        or bool(flags & _DF_BIND_NOW)
        or bool(_joined(tags, _FLAGS_1) & _DF_1_NOW),
        text_relocations=any(tag == _TEXTREL for tag, _ in tags) or bool(flags & _DF_TEXTREL),
    )


def decode_needed_versions(data: bytes, names: Names, order: str) -> dict[int, tuple[str, str]]:
    """Return index -> (library, version) of the versions that are needed.

    Raises:
        DamageError: if the chains of the table cross themselves.
    """
    library_entry = struct.Struct(order + "HHIII")
    version_entry = struct.Struct(order + "IHHII")
    found: dict[int, tuple[str, str]] = {}
    left = len(data) // version_entry.size
    for at, (_, _, file, first, _) in _chain(data, library_entry, 0):
        library = names[file]
        for _, (_, _, number, name, _) in _chain(data, version_entry, at + first):
            found[number & _VERSION_BITS] = library, names[name]
            left -= 1
            if left < 0:
                raise DamageError("its table of versions has more entries than fit into it")
    return found


def decode_symbol_versions(data: bytes, order: str) -> Sequence[int]:
    """Return the index of the version of each symbol."""
    count = len(data) // 2
    return [one & _VERSION_BITS for one in struct.unpack_from(f"{order}{count}H", data)]


def decode_needed_levels(data: bytes, order: str) -> int:
    """Return the levels of x86-64 that a GNU property note asks for, a bit for each."""
    head = struct.Struct(order + "III4s")
    entry = struct.Struct(order + "II")
    at = 0
    while at + head.size <= len(data):
        _, size, kind, owner = head.unpack_from(data, at)
        at += head.size
        end = min(at + size, len(data))
        while kind == _PROPERTIES and owner == b"GNU\0" and at + entry.size + 4 <= end:
            number, length = entry.unpack_from(data, at)
            if number == _LEVELS_NEEDED:
                return int(struct.unpack_from(f"{order}I", data, at + entry.size)[0])
            at += entry.size + -(-length // 8) * 8
        at = end + -end % 8
    return 0


def _chain(data: bytes, entry: struct.Struct, at: int) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield offset and fields of entries whose last field is the distance to the next.

    Distances are positive, so the walk ends.
    """
    while at + entry.size <= len(data):
        fields = entry.unpack_from(data, at)
        yield at, fields
        if not fields[-1]:
            return
        at += fields[-1]


def _joined(tags: list[tuple[int, int]], wanted: int) -> int:
    value = 0
    for tag, one in tags:
        if tag == wanted:
            value |= one
    return value
