"""Read a Windows DLL into a `Binary`.

pefile decodes the headers. Imports and exports are decoded in `pe_tables`, because pefile cuts
names after 512 bytes, which C++ names exceed, and imports after 8,192.

Specification: https://learn.microsoft.com/windows/win32/debug/pe-format
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from ffiwheel.audit.binary.contents import DEVICE_SECTIONS, Range, add_contents
from ffiwheel.audit.binary.pe_headers import PeSection, read_headers
from ffiwheel.audit.binary.pe_tables import (
    imports_of,
    read_delayed,
    read_exports,
    read_imports,
)
from ffiwheel.model.binary import Binary, Format, Section, SectionKind, Symbol

if TYPE_CHECKING:
    from ffiwheel.audit.binary.image import Image

_ARCHES: Final = {0x8664: "amd64", 0xAA64: "arm64", 0x14C: "x86"}
_INITIALIZED, _EXECUTE, _WRITE = 0x40, 0x20000000, 0x80000000
_LINKING: Final = (".idata", ".edata", ".didat", ".reloc")
_UNWINDING: Final = (".pdata", ".xdata")
_EXCEPTIONS: Final = 3
_AMD64: Final = 0x8664
_FUNCTION: Final = struct.Struct("<III")
_FUNCTIONS_LARGEST: Final = 64 << 20


def read_pe(image: Image) -> Binary:
    """Return the facts of a DLL.

    Raises:
        DamageError: if it breaks the rules of the format.
    """
    pe = read_headers(image)
    linked, delayed = tuple(read_imports(pe)), tuple(read_delayed(pe))
    exports = read_exports(pe)
    header, optional = pe.headers.FILE_HEADER, pe.headers.OPTIONAL_HEADER
    binary = Binary(
        arch=_ARCHES.get(int(header.Machine), f"machine{int(header.Machine)}"),
        format=Format.PE,
        soname=exports.name,
        size=image.size,
        needed=tuple(dict.fromkeys(one.name for one in linked)),
        optional=tuple(dict.fromkeys(one.name for one in delayed)),
        imports=tuple(sorted(imports_of(linked, weak=False) | imports_of(delayed, weak=True))),
        exports=tuple(sorted(name for name, _ in exports.symbols)),
        binds_now=True,
        has_debug=any(one.name.startswith(".debug_") for one in pe.sections),
        has_symbols=bool(header.NumberOfSymbols),
        compilers=(
            f"linker {int(optional.MajorLinkerVersion)}.{int(optional.MinorLinkerVersion)}",
        ),
        sections=tuple(Section(one.name, one.size, _kind(one)) for one in pe.sections),
    )
    return add_contents(
        binary,
        image,
        constants=[_range(one) for one in pe.sections if _kind(one) is SectionKind.CONSTANT],
        device=[_range(one) for one in pe.sections if _kind(one) is SectionKind.DEVICE],
    )


def read_pe_symbols(image: Image) -> tuple[Symbol, ...]:
    """Return the exported functions whose size the table for exceptions tells; x86-64 only."""
    pe = read_headers(image)
    address, size = pe.directory(_EXCEPTIONS)
    if int(pe.headers.FILE_HEADER.Machine) != _AMD64 or not 0 < size <= _FUNCTIONS_LARGEST:
        return ()
    table = pe.read_some(address, size, "table of functions")
    rows = _FUNCTION.iter_unpack(table[: len(table) - len(table) % _FUNCTION.size])
    sizes = {begin: end - begin for begin, end, _ in rows}
    return tuple(
        Symbol(name, section.name, sizes[place])
        for name, place in read_exports(pe).symbols
        if sizes.get(place, 0) > 0
        for section in pe.sections
        if 0 <= place - section.address < section.size
    )


def _kind(section: PeSection) -> SectionKind:
    if section.name in DEVICE_SECTIONS:
        return SectionKind.DEVICE
    if section.name.startswith(".debug_"):
        return SectionKind.DEBUG
    if section.name in _LINKING:
        return SectionKind.LINKING
    if section.flags & _EXECUTE:
        return SectionKind.CODE
    if section.flags & _WRITE:
        return SectionKind.DATA
    is_constant = section.flags & _INITIALIZED and section.name not in (*_UNWINDING, ".rsrc")
    return SectionKind.CONSTANT if is_constant else SectionKind.OTHER


def _range(section: PeSection) -> Range:
    return Range(section.offset, section.size, section.name)
