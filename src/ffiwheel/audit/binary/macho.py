"""Read a Mach-O library, thin or fat, into a `Binary`."""

from __future__ import annotations

import struct
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from macholib import mach_o

from ffiwheel.audit.binary.contents import DEVICE_SECTIONS, Range, add_contents
from ffiwheel.audit.binary.fat import join_slices
from ffiwheel.audit.binary.image import DamageError
from ffiwheel.audit.binary.macho_commands import Mach, MachSection, read_commands
from ffiwheel.audit.binary.macho_symbols import (
    Export,
    MachSymbol,
    read_exports,
    read_symbol_table,
)
from ffiwheel.audit.binary.signature import check_signature
from ffiwheel.model.binary import Binary, Format, Import, Section, SectionKind, Symbol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ffiwheel.audit.binary.image import Image

_FAT: Final = {b"\xca\xfe\xba\xbe": ">iiIII", b"\xca\xfe\xba\xbf": ">iiQQII"}
_SLICES_MOST = 32
_ARCHES: Final = {
    7: "i386",
    0x01000007: "x86_64",
    0x0100000C: "arm64",
    18: "ppc",
    0x01000012: "ppc64",
}
_ARM64, _ARM64E = 0x0100000C, 2
_TWO_LEVEL, _BIND_AT_LOAD, _STACK_EXECUTES = 0x80, 0x8, 0x20000
_CODE = 0x80000400
"""Sections with instructions, pure or some."""

_CONSTANT_SECTIONS: Final = (
    "__TEXT,__cstring",
    "__TEXT,__const",
    "__TEXT,__ffiwheel",
    "__DATA_CONST,__const",
)


def read_macho(image: Image) -> Binary:
    """Return the facts of a library.

    Raises:
        DamageError: if it breaks the rules of the format.
    """
    slices = [_read_thin(part) for part in _slices(image)]
    if len(slices) == 1:
        return replace(slices[0], size=image.size)
    return join_slices(slices, image.size)


def read_macho_symbols(image: Image) -> tuple[Symbol, ...]:
    """Return functions and variables of the first slice; a symbol ends where the next begins."""
    part = next(_slices(image))
    mach = read_commands(part)
    sections = mach.sections
    places: dict[tuple[int, int], str] = {}
    for one in read_symbol_table(part, mach):
        if one.type & mach_o.N_TYPE == mach_o.N_SECT and 0 < one.section <= len(sections):
            places.setdefault((one.section, one.value), one.name)
    return tuple(
        Symbol(places[here], sections[here[0] - 1].name, size)
        for here, following in pairwise([*sorted(places), (0, 0)])
        if (size := _symbol_size(sections[here[0] - 1], here, following)) > 0
    )


def _symbol_size(section: MachSection, here: tuple[int, int], following: tuple[int, int]) -> int:
    """Return the bytes from a symbol to the next in its section, or to the section's end."""
    end = following[1] if following[0] == here[0] else section.address + section.length
    return min(end - here[1], section.size)


def _slices(image: Image) -> Iterator[Image]:
    form = _FAT.get(image.read(0, 4, "header"))
    if not form:
        yield image
        return
    [count] = struct.unpack(">I", image.read(4, 4, "header"))
    if not 0 < count <= _SLICES_MOST:
        raise DamageError(f"it has {count} slices")
    entry = struct.Struct(form)
    table = image.read(8, count * entry.size, "table of slices")
    for _, _, offset, size, *_ in entry.iter_unpack(table):
        yield image.part(offset, size, "slice")


def _read_thin(image: Image) -> Binary:
    mach = read_commands(image)
    sections = mach.sections
    binary = Binary(
        arch="arm64e" if (mach.cpu, mach.subtype) == (_ARM64, _ARM64E) else _arch(mach.cpu),
        format=Format.MACHO,
        soname=mach.name,
        size=image.size,
        needed=tuple(name for name, is_weak in mach.dylibs if not is_weak),
        optional=tuple(name for name, is_weak in mach.dylibs if is_weak),
        runpaths=mach.runpaths,
        minimum_os=mach.minimum_os,
        binds_now=_binds_now(mach),
        executable_stack=bool(mach.flags & _STACK_EXECUTES),
        has_debug=any(one.name.startswith("__DWARF,") for one in sections),
        compilers=mach.tools,
        signature=_signature(mach, image),
        sections=tuple(Section(one.name, one.size, _kind(one)) for one in sections),
    )
    return add_contents(
        _with_symbols(binary, mach, image),
        image,
        constants=[_range(one) for one in sections if one.name in _CONSTANT_SECTIONS],
        device=[_range(one) for one in sections if _kind(one) is SectionKind.DEVICE],
    )


def _with_symbols(binary: Binary, mach: Mach, image: Image) -> Binary:
    if mach.kind == mach_o.MH_DSYM:  # the symbols are those of the library that it belongs to
        return replace(binary, has_symbols=True)
    symbols = list(read_symbol_table(image, mach))
    exports = read_exports(image, mach)
    if exports is None:
        exports = tuple(
            Export(one.name, one.is_weak_definition) for one in symbols if one.is_export
        )
    dylibs = mach.dylibs
    is_two_level = bool(mach.flags & _TWO_LEVEL)
    return replace(
        binary,
        imports=tuple(
            sorted(
                {_import(one, dylibs if is_two_level else ()) for one in symbols if one.is_import}
            )
        ),
        exports=tuple(sorted(one.name for one in exports)),
        weak_exports=tuple(sorted(one.name for one in exports if one.is_weak)),
        has_symbols=any(not one.type & mach_o.N_EXT for one in symbols),
    )


def _import(symbol: MachSymbol, dylibs: tuple[tuple[str, bool], ...]) -> Import:
    """Return an import with its library; numbers beyond the list mean any library."""
    library, is_optional = "", False
    if 0 < symbol.ordinal <= len(dylibs):
        library, is_optional = dylibs[symbol.ordinal - 1]
    return Import(symbol.name, library, weak=symbol.is_weak or is_optional)


def _binds_now(mach: Mach) -> bool:
    """Tell whether no symbol waits for its first call."""
    info = mach.first(mach_o.LC_DYLD_INFO_ONLY, mach_o.LC_DYLD_INFO)
    return bool(mach.flags & _BIND_AT_LOAD) or not info or not info.integer("lazy_bind_size")


def _signature(mach: Mach, image: Image) -> str:
    command = mach.first(mach_o.LC_CODE_SIGNATURE)
    if not command:
        return ""
    return check_signature(image, command.integer("dataoff"), command.integer("datasize"))


def _arch(cpu: int) -> str:
    return _ARCHES.get(cpu, f"cpu{cpu}")


def _kind(section: MachSection) -> SectionKind:
    segment, _, name = section.name.partition(",")
    if name in DEVICE_SECTIONS:
        return SectionKind.DEVICE
    if segment == "__DWARF":
        return SectionKind.DEBUG
    if section.flags & _CODE:
        return SectionKind.CODE
    return SectionKind.CONSTANT if segment in {"__TEXT", "__DATA_CONST"} else SectionKind.DATA


def _range(section: MachSection) -> Range:
    return Range(section.offset, section.size, section.name)
