"""Read an ELF shared library into a `Binary`."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from elftools.common.exceptions import ELFError
from elftools.elf.dynamic import DynamicSection, DynamicTag
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection, GNUVerSymSection
from elftools.elf.sections import SymbolTableSection

from ffiwheel.errors import WheelError
from ffiwheel.model.binary import Binary, Import

if TYPE_CHECKING:
    from collections.abc import Iterator

    from elftools.elf.sections import Symbol

_ARCHES = {"EM_X86_64": "x86_64", "EM_AARCH64": "aarch64", "EM_386": "i686", "EM_ARM": "armv7l"}
_NOW_FLAGS, _NOW_FLAGS_1 = 0x8, 0x1
_VISIBLE = {"STV_DEFAULT", "STV_PROTECTED"}


def read_elf(data: bytes, name: str) -> Binary:
    """Return the facts of a shared library.

    Raises:
        WheelError: if `data` is not an ELF file, or is damaged.
    """
    try:
        return _read(ELFFile(io.BytesIO(data)))
    except (ELFError, UnicodeDecodeError, KeyError, ValueError, AttributeError) as error:
        raise WheelError(
            f"`{name}` is not a shared library that can be read here",
            where=name,
            hint="only ELF files are read so far; is the file whole?",
        ) from error


def _read(elf: ELFFile) -> Binary:
    machine = elf.header.e_machine
    symbols = list(_dynamic_symbols(elf))
    exported = [symbol for symbol in symbols if _is_export(symbol)]
    tags = list(_dynamic_tags(elf))
    return Binary(
        arch=_ARCHES.get(machine, str(machine)),
        needed=tuple(
            str(getattr(tag, "needed", "")) for tag in tags if tag.entry.d_tag == "DT_NEEDED"
        ),
        imports=tuple(sorted(_imports(elf, symbols))),
        exports=tuple(sorted(symbol.name for symbol in exported)),
        runpaths=tuple(
            part
            for tag in tags
            if tag.entry.d_tag in {"DT_RPATH", "DT_RUNPATH"}
            for part in str(getattr(tag, tag.entry.d_tag.removeprefix("DT_").lower())).split(":")
        ),
        binds_now=any(_binds_now(tag.entry.d_tag, tag.entry.d_val) for tag in tags),
        unique_exports=tuple(
            sorted(
                symbol.name for symbol in exported if symbol["st_info"]["bind"] in {"STB_LOOS", 10}
            )
        ),
        has_debug=elf.get_section_by_name(".debug_info") is not None,
        header_version=_header_version(elf),
    )


def _header_version(elf: ELFFile) -> str:
    """Return the version of the TVM-FFI headers, as our builds record it in a note."""
    note = elf.get_section_by_name(".note.ffiwheel")
    text = note.data().partition(b"ffiwheel:tvm-ffi-headers=")[2] if note else b""
    return text.partition(b"\0")[0].decode("ascii")


def _dynamic_symbols(elf: ELFFile) -> Iterator[Symbol]:
    section = elf.get_section_by_name(".dynsym")
    if isinstance(section, SymbolTableSection):
        yield from section.iter_symbols()


def _dynamic_tags(elf: ELFFile) -> Iterator[DynamicTag]:
    section = elf.get_section_by_name(".dynamic")
    if isinstance(section, DynamicSection):
        yield from section.iter_tags()


def _is_export(symbol: Symbol) -> bool:
    return (
        bool(symbol.name)
        and symbol["st_shndx"] != "SHN_UNDEF"
        and symbol["st_info"]["bind"] != "STB_LOCAL"
        and symbol["st_other"]["visibility"] in _VISIBLE
    )


def _imports(elf: ELFFile, symbols: list[Symbol]) -> Iterator[Import]:
    """Yield every undefined symbol, with its library where it is versioned."""
    versions = _needed_versions(elf)
    indexes = elf.get_section_by_name(".gnu.version")
    for index, symbol in enumerate(symbols):
        if symbol["st_shndx"] != "SHN_UNDEF" or not symbol.name:
            continue
        library, version = "", ""
        if isinstance(indexes, GNUVerSymSection):
            number = indexes.get_symbol(index)["ndx"]
            if isinstance(number, int):
                library, version = versions.get(number & 0x7FFF, ("", ""))
        weak = symbol["st_info"]["bind"] == "STB_WEAK"
        yield Import(symbol.name, library, version, weak)


def _needed_versions(elf: ELFFile) -> dict[int, tuple[str, str]]:
    """Return index -> (library, version) of the versions that are needed."""
    needs = elf.get_section_by_name(".gnu.version_r")
    if not isinstance(needs, GNUVerNeedSection):
        return {}
    return {
        auxiliary["vna_other"]: (str(need.name), str(auxiliary.name))
        for need, auxiliaries in needs.iter_versions()
        for auxiliary in auxiliaries
    }


def _binds_now(tag: str, value: int) -> bool:
    return (
        tag == "DT_BIND_NOW"
        or (tag == "DT_FLAGS" and bool(value & _NOW_FLAGS))
        or (tag == "DT_FLAGS_1" and bool(value & _NOW_FLAGS_1))
    )
