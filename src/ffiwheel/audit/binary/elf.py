"""Read an ELF shared library into a `Binary`.

pyelftools decodes the headers of file, sections and segments. Its objects for sections are not
used: making one may read a table of any claimed length.

Specification: https://gabi.xinuos.com, https://refspecs.linuxfoundation.org/lsb.shtml
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from elftools.common.exceptions import ELFError
from elftools.construct import ConstructError
from elftools.elf.elffile import ELFFile

from ffiwheel.audit.binary.contents import DEVICE_SECTIONS, Range, add_contents
from ffiwheel.audit.binary.elf_tables import (
    Dynamic,
    ElfSymbol,
    decode_dynamic,
    decode_needed_levels,
    decode_needed_versions,
    decode_symbol_versions,
    decode_symbols,
)
from ffiwheel.audit.binary.image import DamageError, Names, show_name
from ffiwheel.model.binary import Binary, Format, Import, Section, SectionKind, Symbol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ffiwheel.audit.binary.image import Image

_ARCHES = {
    ("EM_X86_64", 64, True): "x86_64",
    ("EM_X86_64", 32, True): "x86_64_x32",
    ("EM_AARCH64", 64, True): "aarch64",
    ("EM_386", 32, True): "i686",
    ("EM_ARM", 32, True): "armv7l",
    ("EM_PPC64", 64, True): "ppc64le",
    ("EM_PPC64", 64, False): "ppc64",
    ("EM_S390", 64, False): "s390x",
    ("EM_RISCV", 64, True): "riscv64",
    ("EM_LOONGARCH", 64, True): "loongarch64",
}
_STACK_IS_EXECUTABLE = {"x86_64", "i686", "armv7l", "s390x"}
"""Where glibc makes the stack executable for a library without `PT_GNU_STACK`."""

_HEADERS_MOST = 20_000
_WRITE, _ALLOC, _EXECUTE, _PF_EXECUTE = 0x1, 0x2, 0x4, 0x1
_COMMENT_LARGEST = 1 << 20
_NOTE_LARGEST = 1 << 16
_ARM_FLAGS, _ARM_HARD_FLOAT = 0xFF000400, 0x05000400
"""Version 5 of the ABI, with floats in registers: all that `armv7l` is."""

_KINDS = {
    **dict.fromkeys(("SHT_SYMTAB", "SHT_STRTAB"), SectionKind.SYMBOLS),
    **dict.fromkeys(("SHT_HASH", "SHT_GNU_HASH", "SHT_DYNSYM"), SectionKind.LINKING),
    **dict.fromkeys(("SHT_DYNAMIC", "SHT_REL", "SHT_RELA", "SHT_RELR"), SectionKind.LINKING),
    **dict.fromkeys(("SHT_GNU_verneed", "SHT_GNU_versym", "SHT_GNU_verdef"), SectionKind.LINKING),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    """A section header."""

    name: str
    type: str
    """In the words of the specification: `SHT_DYNSYM`; a number where it has none."""
    flags: int
    offset: int
    size: int
    link: int

    @property
    def is_constant(self) -> bool:
        """Whether strings may stand in it: loaded, neither written nor run."""
        return (
            self.type in {"SHT_PROGBITS", "SHT_NOTE"}
            and self.flags & (_ALLOC | _WRITE | _EXECUTE) == _ALLOC
            and not self.name.startswith((".eh_frame", ".gcc_except_table", *DEVICE_SECTIONS))
        )

    @property
    def kind(self) -> SectionKind:
        """What it holds."""
        if self.name in DEVICE_SECTIONS:
            return SectionKind.DEVICE
        if self.name.startswith((".debug_", ".zdebug_", ".gdb_index")):
            return SectionKind.DEBUG
        if not self.flags & _ALLOC:
            return _KINDS.get(self.type, SectionKind.OTHER)
        if self.type in _KINDS:
            return SectionKind.LINKING
        if self.flags & _EXECUTE:
            return SectionKind.CODE
        return SectionKind.DATA if self.flags & _WRITE else SectionKind.CONSTANT


@dataclass(frozen=True, slots=True, kw_only=True)
class _Elf:
    """A file with its headers."""

    image: Image
    structs: ELFFile
    """pyelftools' view of the file: its class, its byte order, the header."""
    headers: tuple[_Header, ...]

    @property
    def is_64(self) -> bool:
        return bool(self.structs.elfclass == 64)  # noqa: PLR2004 - the name of the class

    @property
    def order(self) -> str:
        """The byte order as `struct` spells it."""
        return "<" if self.structs.little_endian else ">"

    def first(self, kind: str) -> _Header | None:
        """Return the first section of a type."""
        return next((one for one in self.headers if one.type == kind), None)

    def read(self, header: _Header | None) -> bytes:
        """Return what is in a section; nothing if there is none."""
        return self.image.read(header.offset, header.size, header.name) if header else b""

    def names(self, header: _Header | None) -> Names:
        """Return the table of names that a section is linked with."""
        if not header:
            return Names(b"")
        if header.link >= len(self.headers):
            raise DamageError(f"its {header.name} is linked with a section that is not there")
        return Names(self.read(self.headers[header.link]))


def read_elf(image: Image) -> Binary:
    """Return the facts of a shared library.

    Raises:
        DamageError: if it breaks the rules of the format.
    """
    elf = _open(image)
    with _decoding():
        binary = _with_headers(elf)
    binary = _with_symbols(_with_dynamic(binary, elf), elf)
    return add_contents(
        binary,
        image,
        constants=[_range(one) for one in elf.headers if one.is_constant],
        device=[_range(one) for one in elf.headers if one.kind is SectionKind.DEVICE],
    )


def read_elf_symbols(image: Image) -> tuple[Symbol, ...]:
    """Return the functions and variables of a library, from the fullest table that it has."""
    elf = _open(image)
    table = elf.first("SHT_SYMTAB") or elf.first("SHT_DYNSYM")
    sections = {number: one.name for number, one in enumerate(elf.headers)}
    return tuple(
        Symbol(one.name, sections[one.section], one.size)
        for one in decode_symbols(elf.read(table), elf.names(table), elf.order, is_64=elf.is_64)
        if one.size and one.section in sections and one.name
    )


def _open(image: Image) -> _Elf:
    with _decoding():
        structs = ELFFile(image.file)
        return _Elf(image=image, structs=structs, headers=tuple(_section_headers(structs, image)))


@contextmanager
def _decoding() -> Iterator[None]:
    """Turn the errors of pyelftools into ours."""
    try:
        yield
    except (ELFError, ConstructError) as error:
        raise DamageError(f"its headers are damaged ({error})") from error


def _section_headers(structs: ELFFile, image: Image) -> Iterator[_Header]:
    count, size = structs.num_sections(), structs["e_shentsize"]
    if not count:
        raise DamageError("it has no section headers, which some packers and `sstrip` remove")
    if count > _HEADERS_MOST:
        raise DamageError(f"it has {count} sections")
    table = image.read(structs["e_shoff"], count * size, "table of sections")
    raw = [structs.structs.Elf_Shdr.parse(table[at * size :][:size]) for at in range(count)]
    index = structs.get_shstrndx()
    if index >= count:
        raise DamageError("the names of its sections are not there")
    names = Names(image.read(raw[index]["sh_offset"], raw[index]["sh_size"], "names of sections"))
    for one in raw:
        yield _Header(
            name=names[one["sh_name"]],
            type=str(one["sh_type"]),
            flags=one["sh_flags"],
            offset=one["sh_offset"],
            size=one["sh_size"],
            link=one["sh_link"],
        )


def _with_headers(elf: _Elf) -> Binary:
    """Return what the headers of file, sections and segments say."""
    arch = _arch(elf.structs)
    segments = list(_segments(elf))
    stacks = [flags for kind, flags in segments if kind == "PT_GNU_STACK"]
    return Binary(
        arch=arch,
        format=Format.ELF,
        processor=_processor(elf) if arch == "x86_64" else "",
        size=elf.image.size,
        relro=any(kind == "PT_GNU_RELRO" for kind, _ in segments),
        executable_stack=(
            bool(stacks[0] & _PF_EXECUTE) if stacks else arch in _STACK_IS_EXECUTABLE
        ),
        has_debug=any(one.name in {".debug_info", ".zdebug_info"} for one in elf.headers),
        has_symbols=elf.first("SHT_SYMTAB") is not None,
        compilers=_compilers(elf),
        sections=tuple(
            Section(one.name, 0 if one.type == "SHT_NOBITS" else one.size, one.kind)
            for one in elf.headers[1:]
        ),
    )


def _arch(structs: ELFFile) -> str:
    machine = str(structs["e_machine"])
    arch = _ARCHES.get((machine, structs.elfclass, structs.little_endian), machine)
    is_hard_float = structs["e_flags"] & _ARM_FLAGS == _ARM_HARD_FLOAT
    return "arm" if arch == "armv7l" and not is_hard_float else arch


def _processor(elf: _Elf) -> str:
    """Return the level that the linker has written down, which only `-z x86-64-v3` makes it do."""
    note = next((one for one in elf.headers if one.name == ".note.gnu.property"), None)
    if not note or note.size > _NOTE_LARGEST:
        return ""
    levels = decode_needed_levels(elf.read(note), elf.order)
    return f"x86-64-v{levels.bit_length()}" if levels > 1 else ""


def _segments(elf: _Elf) -> Iterator[tuple[str, int]]:
    """Yield type and flags of each segment."""
    count, size = elf.structs.num_segments(), elf.structs["e_phentsize"]
    if count > _HEADERS_MOST:
        raise DamageError(f"it has {count} segments")
    table = elf.image.read(elf.structs["e_phoff"], count * size, "table of segments")
    for at in range(count):
        one = elf.structs.structs.Elf_Phdr.parse(table[at * size :][:size])
        yield str(one["p_type"]), one["p_flags"]


def _with_dynamic(binary: Binary, elf: _Elf) -> Binary:
    """Return `binary` with what the dynamic section says."""
    header = elf.first("SHT_DYNAMIC")
    dynamic: Dynamic = decode_dynamic(
        elf.read(header), elf.names(header), elf.order, is_64=elf.is_64
    )
    return replace(
        binary,
        soname=dynamic.soname,
        needed=dynamic.needed,
        runpaths=dynamic.runpaths,
        binds_now=dynamic.binds_now,
        text_relocations=dynamic.text_relocations,
    )


def _with_symbols(binary: Binary, elf: _Elf) -> Binary:
    """Return `binary` with what the dynamic symbols and their versions say."""
    table, needs = elf.first("SHT_DYNSYM"), elf.first("SHT_GNU_verneed")
    versions = decode_needed_versions(elf.read(needs), elf.names(needs), elf.order)
    numbers = decode_symbol_versions(elf.read(elf.first("SHT_GNU_versym")), elf.order)
    symbols = decode_symbols(elf.read(table), elf.names(table), elf.order, is_64=elf.is_64)
    imports: list[Import] = []
    exports: list[ElfSymbol] = []
    for at, one in enumerate(symbols):
        if one.is_import:
            number = numbers[at] if at < len(numbers) else 0
            imports.append(Import(one.name, *versions.get(number, ("", "")), one.is_weak))
        elif one.is_export:
            exports.append(one)
    return replace(
        binary,
        versions=tuple(sorted(set(versions.values()))),
        imports=tuple(sorted(imports)),
        exports=_sorted_names(exports),
        weak_exports=_sorted_names(one for one in exports if one.is_weak),
        unique_exports=_sorted_names(one for one in exports if one.is_unique),
    )


def _sorted_names(symbols: Iterator[ElfSymbol] | Sequence[ElfSymbol]) -> tuple[str, ...]:
    return tuple(sorted(one.name for one in symbols))


def _compilers(elf: _Elf) -> tuple[str, ...]:
    """Return the strings of `.comment`, each once, in their order."""
    comment = next((one for one in elf.headers if one.name == ".comment"), None)
    if not comment or comment.size > _COMMENT_LARGEST or comment.type == "SHT_NOBITS":
        return ()
    return tuple(dict.fromkeys(show_name(one) for one in elf.read(comment).split(b"\0") if one))


def _range(header: _Header) -> Range:
    return Range(header.offset, header.size, header.name)
