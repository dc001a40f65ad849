"""Tables that were made to trap a reader: chains without end, trees that are none, false sizes."""

from __future__ import annotations

import io
import struct

import pytest

from ffiwheel.audit.binary.elf_tables import (
    decode_dynamic,
    decode_needed_levels,
    decode_needed_versions,
    decode_symbols,
)
from ffiwheel.audit.binary.fatbin import read_device_code, show_device_code
from ffiwheel.audit.binary.image import DamageError, Image, Names
from ffiwheel.audit.binary.macho_symbols import Export, decode_trie
from ffiwheel.audit.binary.read import detect_format, read_binary
from ffiwheel.errors import WheelError
from ffiwheel.model.binary import CodeKind, DeviceCode


def image(data: bytes) -> Image:
    return Image.of(io.BytesIO(data))


def entry(kind: int, arch: int, flags: int, size: int) -> bytes:
    head = struct.pack("<HHIQIIIIIIQQQ", kind, 0x101, 64, size, 0, 0, 0, arch, 0, 0, flags, 0, 0)
    return head + b"\1" * size


def container(*entries: bytes, size: int = -1) -> bytes:
    body = b"".join(entries)
    return struct.pack("<IHHQ", 0xBA55ED50, 1, 16, size if size >= 0 else len(body)) + body


def test_device_code_is_summed_per_architecture() -> None:
    data = container(entry(2, 90, 0x100011, 40), entry(1, 100, 0x200011, 24)) + b"\0" * 5000
    data += container(entry(2, 90, 0x100011, 60), entry(2, 120, 0x1000011, 8), entry(8, 80, 17, 3))
    assert show_device_code(read_device_code(image(data))) == (
        DeviceCode("compute_80", CodeKind.LTOIR, 3),
        DeviceCode("compute_100f", CodeKind.PTX, 24),
        DeviceCode("sm_90a", CodeKind.SASS, 100),
        DeviceCode("sm_120", CodeKind.SASS, 8),
    )


@pytest.mark.parametrize(
    "data",
    [
        b"\x7fELF" * 100,
        container(entry(2, 90, 0, 8), size=1 << 40),
        container(entry(2, 90, 0, 8)[:-1]),
        container(struct.pack("<HHIQ", 2, 1, 0, 0).ljust(48, b"\0") * 3),
    ],
    ids=["no fat binary", "a container too large", "an entry too large", "an entry without size"],
)
def test_damaged_device_code(data: bytes) -> None:
    with pytest.raises(DamageError):
        read_device_code(image(data))


def test_a_chain_of_versions_that_crosses_itself_ends() -> None:
    again = struct.pack("<HHIII", 1, 0xFFFF, 1, 16, 16)
    with pytest.raises(DamageError, match="more entries than fit"):
        decode_needed_versions(again * 4000, Names(bytes(64)), "<")


def test_names_that_share_their_ends_have_a_budget() -> None:
    table = b"\0" + b"x" * 100_000 + b"\0"
    symbols = struct.pack("<IBBHQQ", 1, 0x12, 0, 1, 0, 0) * 10_000
    with pytest.raises(DamageError, match="longer than the table"):
        list(decode_symbols(symbols, Names(table), "<", is_64=True))


def test_a_name_outside_of_its_table() -> None:
    needed = struct.pack("<qQqQ", 1, 1 << 40, 0, 0)
    with pytest.raises(DamageError, match="outside"):
        decode_dynamic(needed, Names(b"\0libc.so.6\0"), "<", is_64=True)


def test_a_dynamic_section_without_an_end() -> None:
    needed = struct.pack("<qQ", 1, 1) * 2
    assert decode_dynamic(needed, Names(b"\0a.so\0"), "<", is_64=True).needed == ("a.so", "a.so")


def test_both_byte_orders_and_sizes() -> None:
    big = struct.pack(">iIiI", 30, 0x8 | 0x4, 0, 0)
    dynamic = decode_dynamic(big, Names(b"\0"), ">", is_64=False)
    assert dynamic.binds_now
    assert dynamic.text_relocations


def test_the_level_of_the_processor() -> None:
    properties = struct.pack("<III4sIII4x", 4, 16, 5, b"GNU\0", 0xC0008002, 4, 0b101)
    assert decode_needed_levels(properties, "<") == 0b101
    assert decode_needed_levels(properties[:20], "<") == 0


TRIE = bytes([0, 1]) + b"_add\0" + bytes([8]) + bytes([2, 4, 0, 0])


def test_a_trie_of_exports() -> None:
    assert list(decode_trie(TRIE)) == [Export("add", is_weak=True)]


@pytest.mark.parametrize(
    "data",
    [bytes([0, 1]) + b"a\0" + bytes([0]), TRIE[:-1], b"\xff" * 20, bytes([0, 200])],
    ids=["a circle", "cut off", "a number without end", "edges that are not there"],
)
def test_damaged_tries(data: bytes) -> None:
    with pytest.raises(DamageError):
        list(decode_trie(data))


def test_java_is_not_macho() -> None:
    assert detect_format(b"\xca\xfe\xba\xbe\0\0\0\x34") is None


@pytest.mark.parametrize("data", [b"", b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe", b"#!/bin/sh\n" * 9])
def test_what_is_no_library_is_an_error(data: bytes) -> None:
    with pytest.raises(WheelError) as error:
        read_binary(io.BytesIO(data), "pkg/lib.so")
    assert error.value.problems[0].where == "pkg/lib.so"
    assert error.value.problems[0].hint
