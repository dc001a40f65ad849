"""A Mach-O library that no linker made: small enough to know every byte, whole enough to finish."""

from __future__ import annotations

from typing import TYPE_CHECKING

from macholib import mach_o

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXT, DATA, LINKEDIT = 0, 0x1000, 0x2000
ADD, NEW, OTHER, OWN, HELPER = 0x800, 0x900, 0xA00, 0xB00, 0x700
"""Addresses: a function of the C ABI, a weak `operator new`, a plain function, one of its own, and
the code that looks for a function at its first call."""

LAZY_SLOT, MALLOC_SLOT = 8, 16
REBASE = bytes.fromhex("11 21 00 52 00")
"""Type pointer; segment 1 at 0; two slots."""
BIND = b"\x12\x40_malloc\0\x51\x71\x10\x90\x00"
WEAK_BIND = b"\x40__Znwm\0\x51\x71\x00\x90\x00"
LAZY_BIND = b"\x71\x08\x11\x40_TVMFFIFunctionCall\0\x90\x00"
TRIE = (
    b"\x00\x01_\0\x05"  # 0: one edge, to 5
    b"\x00\x02_\0\x11other\0\x31"  # 5: two edges, to 17 and 49
    b"\x00\x02_tvm_ffi_add\0\x27Znwm\0\x2c"  # 17: to 39 and 44
    b"\x03\x00\x80\x10\x00"  # 39: ADD
    b"\x03\x04\x80\x12\x00"  # 44: NEW, weak
    b"\x03\x00\x80\x14\x00"  # 49: OTHER
)
STRINGS = b"\0_own\0___tvm_ffi_add\0__Znwm\0_other\0_TVMFFIFunctionCall\0_malloc\0"
_SYMBOLS = (
    (b"_own", 0x0E, 1, 0, OWN),
    (b"___tvm_ffi_add", 0x0F, 1, 0, ADD),
    (b"__Znwm", 0x0F, 1, 0x80, NEW),
    (b"_other", 0x0F, 1, 0, OTHER),
    (b"_TVMFFIFunctionCall", 0x01, 0, 0x100, 0),
    (b"_malloc", 0x01, 0, 0x200, 0),
)
_FLAGS = 0x4 | 0x80 | 0x8000 | 0x10000
"""For dyld, two levels of names; has weak definitions, binds to weak ones."""


def make_dylib(
    parts: Mapping[str, bytes] | None = None,
    *,
    slots: tuple[int, ...] = (NEW, HELPER, 0),
    more: bytes = b"",
) -> bytes:
    """Return a library.

    Args:
        parts: tables of `__LINKEDIT` that differ from the usual: `rebase`, `bind`, `weak_bind`,
            `lazy_bind`, `export`.
        slots: what the slots at the beginning of `__DATA` hold.
        more: another load command.
    """
    usual = {
        "rebase": REBASE,
        "bind": BIND,
        "weak_bind": WEAK_BIND,
        "lazy_bind": LAZY_BIND,
        "export": TRIE,
    }
    info: dict[str, int] = {}
    body = b""
    for name, content in {**usual, **(parts or {})}.items():
        info |= {f"{name}_off": LINKEDIT + len(body), f"{name}_size": len(content)}
        body += content.ljust(-(-len(content) // 8) * 8, b"\0")
    symbols = {"symoff": LINKEDIT + len(body), "nsyms": len(_SYMBOLS), "strsize": len(STRINGS)}
    body += b"".join(map(_symbol, _SYMBOLS))
    indirect = LINKEDIT + len(body)
    body += b"".join(one.to_bytes(4, "little") for one in (2, 4, 5))
    symbols["stroff"] = LINKEDIT + len(body)
    body += STRINGS
    commands = [
        _segment("__TEXT", TEXT, 0x1000),
        _segment("__DATA", DATA, 0x1000),
        _segment("__LINKEDIT", LINKEDIT, len(body)),
        _command(mach_o.LC_DYLD_INFO_ONLY, **info),
        _command(mach_o.LC_SYMTAB, **symbols),
        _command(
            mach_o.LC_DYSYMTAB,
            nlocalsym=1,
            iextdefsym=1,
            nextdefsym=3,
            iundefsym=4,
            nundefsym=2,
            indirectsymoff=indirect,
            nindirectsyms=3,
        ),
        _named(mach_o.LC_ID_DYLIB, b"@rpath/liba.dylib"),
        _named(mach_o.LC_LOAD_DYLIB, b"@rpath/libtvm_ffi.dylib"),
        _named(mach_o.LC_LOAD_DYLIB, b"/usr/lib/libSystem.B.dylib"),
        *([more] if more else []),
    ]
    head = mach_o.mach_header_64(_endian_="<")
    head.magic, head.cputype, head.filetype = mach_o.MH_MAGIC_64, 0x0100000C, mach_o.MH_DYLIB
    head.ncmds, head.sizeofcmds = len(commands), sum(map(len, commands))
    head.flags = _FLAGS
    text = (head.to_str() + b"".join(commands)).ljust(DATA, b"\0")
    data = b"".join(one.to_bytes(8, "little") for one in slots).ljust(0x1000, b"\0")
    return bytes(text + data + body)


def _symbol(row: tuple[bytes, int, int, int, int]) -> bytes:
    name, kind, section, description, value = row
    at = STRINGS.index(b"\0" + name + b"\0") + 1
    return (
        at.to_bytes(4, "little")
        + bytes((kind, section))
        + description.to_bytes(2, "little")
        + value.to_bytes(8, "little")
    )


def _segment(name: str, start: int, size: int) -> bytes:
    """Return a segment that holds code or data in one section."""
    section = mach_o.section_64(_endian_="<")
    section.segname, section.sectname = name.encode(), b"__all"
    section.addr = section.offset = start or HELPER
    section.size = start + size - section.addr
    sections = b"" if start == LINKEDIT else bytes(section.to_str())
    command = _command(
        mach_o.LC_SEGMENT_64,
        segname=name.encode(),
        vmaddr=start,
        vmsize=-(-size // 0x1000) * 0x1000,
        fileoff=start,
        filesize=size,
        nsects=1 if sections else 0,
    )
    length = len(command) + len(sections)
    return command[:4] + length.to_bytes(4, "little") + command[8:] + sections


def _command(number: int, **fields: object) -> bytes:
    structure = mach_o.LC_REGISTRY[number](_endian_="<")
    for name, value in fields.items():
        setattr(structure, name, value)
    body = structure.to_str()
    return number.to_bytes(4, "little") + (8 + len(body)).to_bytes(4, "little") + bytes(body)


def _named(number: int, name: bytes) -> bytes:
    body = _command(number, name=24)
    text = name.ljust(-(-(len(name) + 1) // 8) * 8, b"\0")
    return body[:4] + (len(body) + len(text)).to_bytes(4, "little") + body[8:] + text
