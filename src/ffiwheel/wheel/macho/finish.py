"""Finish a Mach-O library: what zig's linker leaves undone, and what then has to be true again.

    linked library ─► choose what leaves it ─► tables for the loader ─► `__LINKEDIT` ─► signature

zig takes no list of exports for macOS and binds functions at their first call. So a library would
offer C++ symbols that dyld may exchange for those of another library, and a function that the
runtime lacks would end the interpreter. Here

- a weak C++ symbol that is not to leave the library becomes its own: it is no export, and no table
  tells dyld to look for it. The slots that hold its address do so already, and stay in the table of
  what is moved with the library;
- what was bound at the first call is bound when the library is loaded.

The same library gives the same bytes, and a finished one stays as it is.
"""

from __future__ import annotations

import struct
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final, NamedTuple

from macholib import mach_o

from ffiwheel.wheel.macho.dylib import LayoutError, render_head
from ffiwheel.wheel.macho.opcodes import decode_binds, decode_rebases, encode_binds
from ffiwheel.wheel.macho.trie import decode_exports, encode_exports, is_weak_export

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from ffiwheel.wheel.macho.dylib import Command, Dylib
    from ffiwheel.wheel.macho.opcodes import Bind

_WEAK_DEFINES, _BINDS_TO_WEAK = 0x8000, 0x10000
_LOCAL_SLOT: Final = 0x80000000
"""In the table of indirect symbols: a slot of a symbol that is the library's own."""

_ENTRY: Final = struct.Struct("<IBBHQ")
_INDEX: Final = 4
_INFO: Final = ("rebase", "bind", "weak_bind", "lazy_bind", "export")
_NEVER: Final = ("tocoff", "ntoc", "nmodtab", "nextrefsyms", "nextrel", "nlocrel")
"""What libraries for today's loader do not have beside the table of symbols."""

_OWN, _EXPORTED, _IMPORTED = range(3)
_ALIGNMENT, _SIGNATURE_ALIGNMENT = 8, 16


class _Part(NamedTuple):
    """A part of `__LINKEDIT`."""

    number: int
    """The load command that tells of it."""
    offset: str
    size: str
    """The fields that say where it is, and how many entries it has."""
    content: bytes
    width: int = 1
    """Bytes of an entry."""


class Wanted(NamedTuple):
    """What is to leave a library."""

    patterns: tuple[str, ...]
    """Of names without the underscore that Mach-O puts before them."""
    names: Collection[str] = frozenset()
    """Names, just so: those that other libraries of the wheel take from this one."""
    weak_only: bool = False
    """Whether only weak symbols are kept back; the others leave it as they did."""
    symbols: bool = False
    """Whether the table of symbols keeps those of its own, which only debuggers read."""

    def has(self, name: bytes, payload: bytes) -> bool:
        """Tell whether an export is to leave the library."""
        shown = name.removeprefix(b"_").decode("utf-8", "surrogateescape")
        if self.weak_only and not is_weak_export(payload):
            return True
        return shown in self.names or any(fnmatchcase(shown, one) for one in self.patterns)


class _Entry(NamedTuple):
    """An entry of the table of symbols."""

    name: int
    type: int
    section: int
    description: int
    value: int

    @property
    def is_import(self) -> bool:
        """Whether another library has to have it."""
        return not self.is_note and self.type & mach_o.N_TYPE in {mach_o.N_UNDF, mach_o.N_PBUD}

    @property
    def is_note(self) -> bool:
        """Whether it is for debuggers only."""
        return bool(self.type & mach_o.N_STAB)

    @property
    def is_shared(self) -> bool:
        """Whether it is exported or imported."""
        return not self.is_note and bool(self.type & mach_o.N_EXT)


class _Tables(NamedTuple):
    """The symbols of a library."""

    entries: tuple[_Entry, ...]
    indirect: tuple[int, ...]
    """By slot and stub: the index of its symbol."""
    strings: bytes

    def name(self, entry: _Entry) -> bytes:
        """Return the name of one of them."""
        return self.strings[entry.name :].partition(b"\0")[0]


def finish_dylib(dylib: Dylib, wanted: Wanted) -> bytes:
    """Return a library from which nothing leaves but what is wanted, and which binds at once.

    It has room for a signature and none that is right: it has to be signed.

    Raises:
        LayoutError: if its tables are damaged, or contradict each other.
    """
    tables = _read_tables(dylib)
    info = {name: _cut_info(dylib, name) for name in _INFO}
    exports = decode_exports(info["export"])
    kept = {name: payload for name, payload in exports.items() if wanted.has(name, payload)}
    weak = _keep_weak(dylib, tables, info, kept)
    binds = [
        *decode_binds(info["bind"], dylib.segments),
        *decode_binds(info["lazy_bind"], dylib.segments, is_lazy=True),
    ]
    info["export"] = info["export"] if kept == exports else encode_exports(kept)
    info["bind"] = encode_binds(binds)
    info["weak_bind"] = encode_binds(weak, is_weak=True)
    info["lazy_bind"] = b""
    flags = dylib.flags & ~(_WEAK_DEFINES | _BINDS_TO_WEAK)
    flags |= _BINDS_TO_WEAK if weak else 0
    flags |= _WEAK_DEFINES if any(map(is_weak_export, kept.values())) else 0
    tables = _withdraw(tables, exports.keys() - kept.keys())
    return _assemble(
        dylib, flags, info, _with_strings(tables if wanted.symbols else _strip(tables))
    )


def _cut_info(dylib: Dylib, name: str) -> bytes:
    command = dylib.one(mach_o.LC_DYLD_INFO_ONLY)
    return dylib.cut(command.integer(f"{name}_off"), command.integer(f"{name}_size"))


def _read_tables(dylib: Dylib) -> _Tables:
    plain, dynamic = dylib.one(mach_o.LC_SYMTAB), dylib.one(mach_o.LC_DYSYMTAB)
    if any(dynamic.integer(name) for name in _NEVER):
        raise LayoutError("it has tables of an older loader")
    number = plain.integer("nsyms")
    entries = dylib.cut(plain.integer("symoff"), number * _ENTRY.size)
    indirect = dylib.cut(
        dynamic.integer("indirectsymoff"), dynamic.integer("nindirectsyms") * _INDEX
    )
    strings = dylib.cut(plain.integer("stroff"), plain.integer("strsize"))
    found = tuple(_Entry(*one) for one in _ENTRY.iter_unpack(entries))
    if any(one.name >= len(strings) for one in found if one.name):
        raise LayoutError("a symbol has no name")
    indexes = tuple(one for (one,) in struct.iter_unpack("<I", indirect))
    if any(one < _LOCAL_SLOT >> 1 and one >= number for one in indexes):
        raise LayoutError("a slot has no symbol")
    return _Tables(found, indexes, strings)


def _keep_weak(
    dylib: Dylib, tables: _Tables, info: Mapping[str, bytes], kept: Collection[bytes]
) -> list[Bind]:
    """Return the weak binds of symbols that leave the library, or that others have to have.

    Raises:
        LayoutError: if the slot of another one does not hold the symbol's address already.
    """
    imported = {tables.name(one) for one in tables.entries if one.is_import}
    binds = decode_binds(info["weak_bind"], dylib.segments)
    staying = [one for one in binds if one.name in kept or one.name in imported]
    _check_slots(dylib, tables, info, frozenset(binds).difference(staying))
    return staying


def _check_slots(
    dylib: Dylib, tables: _Tables, info: Mapping[str, bytes], binds: Collection[Bind]
) -> None:
    """See that slots hold the addresses of symbols, and that these move with the library."""
    moved = decode_rebases(info["rebase"], dylib.segments)
    bound = {one.slot for one in decode_binds(info["bind"], dylib.segments)}
    places: dict[bytes, set[int]] = {}
    for entry in tables.entries:
        if not entry.is_note and not entry.is_import:
            places.setdefault(tables.name(entry), set()).add(entry.value)
    for one in binds:
        if one.slot is None:  # no slot: the library's own goes before all others
            continue
        held = dylib.pointer(*one.slot) - one.addend
        known = places.get(one.name, {held})  # a stripped library has no names of its own symbols
        if one.slot not in moved or one.slot in bound or held not in known:
            shown = one.name.decode("utf-8", "replace")
            raise LayoutError(f"a slot for `{shown}` does not hold its address")


def _withdraw(tables: _Tables, names: Collection[bytes]) -> _Tables:
    """Return the symbols with some of them as the library's own; these come before all others."""
    entries = [
        _own(one) if _group(one) == _EXPORTED and tables.name(one) in names else one
        for one in tables.entries
    ]
    order = sorted(range(len(entries)), key=lambda index: _group(entries[index]))
    places = {old: new for new, old in enumerate(order)}
    indirect = (
        one if one >= _LOCAL_SLOT >> 1 else places[one] if entries[one].is_shared else _LOCAL_SLOT
        for one in tables.indirect
    )
    return _Tables(tuple(entries[old] for old in order), tuple(indirect), tables.strings)


def _strip(tables: _Tables) -> _Tables:
    """Return the symbols without the library's own."""
    entries = tuple(one for one in tables.entries if one.is_shared)
    gone = len(tables.entries) - len(entries)
    indirect = (one if one >= _LOCAL_SLOT >> 1 else one - gone for one in tables.indirect)
    return _Tables(entries, tuple(indirect), tables.strings)


def _with_strings(tables: _Tables) -> _Tables:
    """Return the symbols with a table of names that has each once, and no others."""
    places = {b"": 0}
    strings = bytearray(1)
    entries = []
    for entry in tables.entries:
        name = tables.name(entry)
        if name not in places:
            places[name] = len(strings)
            strings += name + b"\0"
        entries.append(entry._replace(name=places[name]))
    return _Tables(tuple(entries), tables.indirect, bytes(strings))


def _own(entry: _Entry) -> _Entry:
    """Return a symbol as one that was hidden from the beginning."""
    return entry._replace(
        type=entry.type & ~mach_o.N_EXT | mach_o.N_PEXT,
        description=entry.description & ~(mach_o.N_WEAK_DEF | mach_o.N_WEAK_REF),
    )


def _group(entry: _Entry) -> int:
    """Return what a symbol is among: a table has first its own, then exports, then imports."""
    if not entry.is_shared:
        return _OWN
    return _IMPORTED if entry.is_import else _EXPORTED


def _assemble(dylib: Dylib, flags: int, info: Mapping[str, bytes], tables: _Tables) -> bytes:
    """Return the library with new tables, in the order in which dyld wants them."""
    parts = [_Part(mach_o.LC_DYLD_INFO_ONLY, f"{n}_off", f"{n}_size", info[n]) for n in _INFO]
    parts += [
        _Part(number, "dataoff", "datasize", _cut_data(dylib, number))
        for number in (mach_o.LC_FUNCTION_STARTS, mach_o.LC_DATA_IN_CODE)
    ]
    entries = b"".join(_ENTRY.pack(*one) for one in tables.entries)
    indirect = struct.pack(f"<{len(tables.indirect)}I", *tables.indirect)
    parts += [
        _Part(mach_o.LC_SYMTAB, "symoff", "nsyms", entries, _ENTRY.size),
        _Part(mach_o.LC_DYSYMTAB, "indirectsymoff", "nindirectsyms", indirect, _INDEX),
        _Part(mach_o.LC_SYMTAB, "stroff", "strsize", tables.strings),
        _Part(mach_o.LC_CODE_SIGNATURE, "dataoff", "datasize", b""),
    ]
    start = dylib.segments[-1].offset
    body, fields = _lay_out(parts, start)
    fields.setdefault(mach_o.LC_DYSYMTAB, {}).update(_count_groups(tables))
    commands = tuple(
        one.changed({"filesize": len(body)} if _is_linkedit(one) else fields.get(one.number, {}))
        for one in dylib.commands
    )
    head = render_head(dylib, flags, commands)
    return head + dylib.data[len(head) : start] + body


def _lay_out(parts: Sequence[_Part], start: int) -> tuple[bytes, dict[int, dict[str, int]]]:
    """Return `__LINKEDIT`, and what the load commands have to say about its parts.

    Apple's tools want no gaps: the bytes that align what follows are counted as a part of a table.
    """
    body = bytearray()
    fields: dict[int, dict[str, int]] = {}
    for part in parts:
        if part.number == mach_o.LC_CODE_SIGNATURE:
            body += bytes(-len(body) % _SIGNATURE_ALIGNMENT)
        is_absent = not part.content and part.number == mach_o.LC_DYLD_INFO_ONLY
        at = 0 if is_absent else start + len(body)
        body += part.content
        if part.width == 1:
            body += bytes(-len(part.content) % _ALIGNMENT)
        size = 0 if is_absent else (start + len(body) - at) // part.width
        fields.setdefault(part.number, {}).update({part.offset: at, part.size: size})
    return bytes(body), fields


def _cut_data(dylib: Dylib, number: int) -> bytes:
    found = [one for one in dylib.commands if one.number == number]
    if len(found) > 1:
        raise LayoutError(f"it has several load commands {number:#x}")
    return b"".join(dylib.cut(one.integer("dataoff"), one.integer("datasize")) for one in found)


def _count_groups(tables: _Tables) -> dict[str, int]:
    groups = [_group(one) for one in tables.entries]
    own, exported, imported = (groups.count(one) for one in (_OWN, _EXPORTED, _IMPORTED))
    return {
        "ilocalsym": 0,
        "nlocalsym": own,
        "iextdefsym": own,
        "nextdefsym": exported,
        "iundefsym": own + exported,
        "nundefsym": imported,
    }


def _is_linkedit(command: Command) -> bool:
    is_segment = command.number == mach_o.LC_SEGMENT_64
    return is_segment and command.text("segname") == b"__LINKEDIT"
