"""Decode the tables of imports, delayed imports and exports of a DLL."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final, NamedTuple

from ffiwheel.audit.binary.image import SYMBOLS_MOST, DamageError
from ffiwheel.model.binary import Import

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ffiwheel.audit.binary.pe_headers import Pe

_EXPORT, _IMPORT, _DELAY = 0, 1, 13
_IMPORT_ENTRY: Final = struct.Struct("<IIIII")
_DELAY_ENTRY: Final = struct.Struct("<IIIIIIII")
_EXPORT_HEADER: Final = struct.Struct("<IIHHIIIIIII")
_DLLS_MOST: Final = 10_000
_BY_ADDRESS: Final = 1
_STEP: Final = 4096


class Exports(NamedTuple):
    """What a DLL offers."""

    name: str
    """The name that it gives itself."""
    symbols: tuple[tuple[str, int], ...]
    """Name and address of each named symbol."""


class Linked(NamedTuple):
    """A DLL that is asked for, and what of it."""

    name: str
    symbols: tuple[str, ...]
    """Names; `#12` for what is asked for by number."""


def read_imports(pe: Pe) -> Iterator[Linked]:
    """Yield the DLLs that the loader has to find.

    Raises:
        DamageError: if a table lies outside of the sections, or has no end.
    """
    for names, _, _, dll, addresses in _entries(pe, _IMPORT, _IMPORT_ENTRY, 3):
        yield Linked(pe.text(dll, "name of a DLL"), tuple(_thunks(pe, names or addresses, base=0)))


def read_delayed(pe: Pe) -> Iterator[Linked]:
    """Yield the DLLs that are loaded when one of their functions is called first."""
    base = int(pe.headers.OPTIONAL_HEADER.ImageBase)
    for flags, dll, _, _, names, *_ in _entries(pe, _DELAY, _DELAY_ENTRY, 1):
        shift = 0 if flags & _BY_ADDRESS else base
        symbols = tuple(_thunks(pe, names - shift, base=shift))
        yield Linked(pe.text(dll - shift, "name of a DLL"), symbols)


def read_exports(pe: Pe) -> Exports:
    """Return what the DLL offers by name."""
    address, _ = pe.directory(_EXPORT)
    if not address:
        return Exports("", ())
    header = pe.read(address, _EXPORT_HEADER.size, "table of exports")
    _, _, _, _, name, _, count, named, functions, names, ordinals = _EXPORT_HEADER.unpack(header)
    if max(count, named) > SYMBOLS_MOST:
        raise DamageError(f"it exports more than {SYMBOLS_MOST} symbols")
    what = "table of exports"
    places = struct.unpack(f"<{count}I", pe.read(functions, 4 * count, what)) if count else ()
    texts = struct.unpack(f"<{named}I", pe.read(names, 4 * named, what)) if named else ()
    numbers = struct.unpack(f"<{named}H", pe.read(ordinals, 2 * named, what)) if named else ()
    return Exports(
        pe.text(name, "name") if name else "",
        tuple(
            (pe.text(text, "name of an export"), places[number] if number < count else 0)
            for text, number in zip(texts, numbers, strict=True)
        ),
    )


def imports_of(dlls: tuple[Linked, ...], *, weak: bool) -> set[Import]:
    """Return the symbols of some DLLs."""
    return {Import(symbol, one.name, weak=weak) for one in dlls for symbol in one.symbols}


def _entries(pe: Pe, directory: int, entry: struct.Struct, name: int) -> Iterator[tuple[int, ...]]:
    """Yield the entries of a table that ends with one without a name."""
    address, _ = pe.directory(directory)
    if not address:
        return
    for number in range(_DLLS_MOST):
        data = pe.read(address + number * entry.size, entry.size, "table of imports")
        fields = entry.unpack(data)
        if not fields[name]:
            return
        yield fields
    raise DamageError("its table of imports has no end")


def _thunks(pe: Pe, address: int, *, base: int) -> Iterator[str]:
    """Yield the names that a table of pointers to them holds, up to its zero."""
    size = 8 if pe.is_64 else 4
    top = 1 << 8 * size - 1
    found = 0
    while True:
        data = pe.read_some(address, _STEP, "table of imports")
        values = struct.unpack_from(f"<{len(data) // size}{'Q' if pe.is_64 else 'I'}", data)
        for value in values:
            if not value:
                return
            found += 1
            if found > SYMBOLS_MOST:
                raise DamageError(f"it imports more than {SYMBOLS_MOST} symbols")
            number = f"#{value & 0xFFFF}"
            yield number if value & top else pe.text(value - base + 2, "name of an import")
        if not values:
            raise DamageError("its table of imports has no end")
        address += len(values) * size
