"""Finishing a Mach-O library: what leaves it, how it binds, and what is refused."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

import pytest
from dyld import find_faults, read_signature
from dylibs import (
    DATA,
    HELPER,
    LAZY_SLOT,
    LINKEDIT,
    MALLOC_SLOT,
    NEW,
    OTHER,
    REBASE,
    make_dylib,
)
from hypothesis import given
from hypothesis import strategies as st
from macholib import mach_o
from macholib.MachO import MachO

from ffiwheel.audit.binary.macho_symbols import decode_trie
from ffiwheel.audit.binary.read import read_binary
from ffiwheel.errors import WheelError
from ffiwheel.wheel.macho.dylib import LayoutError, Segment, read_dylib
from ffiwheel.wheel.macho.finish import Wanted, finish_dylib
from ffiwheel.wheel.macho.library import finish_library
from ffiwheel.wheel.macho.opcodes import (
    Bind,
    Slot,
    decode_binds,
    decode_rebases,
    encode_binds,
    encode_number,
)
from ffiwheel.wheel.macho.trie import decode_exports, encode_exports

if TYPE_CHECKING:
    from pathlib import Path

    from ffiwheel.model.binary import Binary

ONLY_ABI = Wanted(("__tvm_ffi_*",), symbols=True)
WEAK_FLAGS = 0x8000 | 0x10000


def finish(data: bytes, wanted: Wanted = ONLY_ABI) -> bytes:
    return finish_dylib(read_dylib(data), wanted)


def facts(data: bytes) -> Binary:
    """What the reader of the audit, which shares no code with the writer, finds."""
    return read_binary(io.BytesIO(data), "liba.dylib")


def table(data: bytes, name: str) -> bytes:
    command = read_dylib(data).one(mach_o.LC_DYLD_INFO_ONLY)
    return data[command.integer(f"{name}_off") :][: command.integer(f"{name}_size")]


def binds(data: bytes) -> dict[int, bytes]:
    segments = read_dylib(data).segments
    return {
        one.slot.offset: one.name for one in decode_binds(table(data, "bind"), segments) if one.slot
    }


def test_the_crafted_library_is_what_it_says() -> None:
    before = facts(make_dylib())
    assert before.exports == ("_Znwm", "__tvm_ffi_add", "other")
    assert before.weak_exports == ("_Znwm",)
    assert not before.binds_now


def test_only_the_wanted_leaves() -> None:
    after = facts(finish(make_dylib()))
    assert after.exports == ("__tvm_ffi_add",)
    assert after.weak_exports == ()
    assert facts(finish(make_dylib(), Wanted(("__tvm_ffi_*", "oth*")))).exports == (
        "__tvm_ffi_add",
        "other",
    )


def test_where_nothing_is_said_weak_symbols_stay_inside_unless_somebody_takes_them() -> None:
    loose = Wanted(("__tvm_ffi_*",), weak_only=True)
    assert facts(finish(make_dylib(), loose)).exports == ("__tvm_ffi_add", "other")
    taken = finish(make_dylib(), loose._replace(names={"_Znwm"}))
    assert facts(taken).weak_exports == ("_Znwm",)
    assert read_dylib(taken).flags & WEAK_FLAGS == WEAK_FLAGS, "dyld still has to look for it"
    assert table(taken, "weak_bind")


def test_everything_binds_at_once_and_nothing_to_weak_symbols() -> None:
    after = finish(make_dylib())
    assert binds(after) == {LAZY_SLOT: b"_TVMFFIFunctionCall", MALLOC_SLOT: b"_malloc"}
    assert not table(after, "lazy_bind")
    assert not table(after, "weak_bind")
    assert not read_dylib(after).flags & WEAK_FLAGS
    assert facts(after).binds_now
    assert {one.name: one.library for one in facts(after).imports} == {
        "TVMFFIFunctionCall": "@rpath/libtvm_ffi.dylib",
        "malloc": "/usr/lib/libSystem.B.dylib",
    }


def test_a_definition_that_goes_before_all_others_stays_inside_too() -> None:
    data = make_dylib({"weak_bind": b"\x48__Znwm\0\x00"})
    assert not table(finish(data), "weak_bind")
    taken = finish(data, ONLY_ABI._replace(names={"_Znwm"}))
    assert decode_binds(table(taken, "weak_bind"), ()) == (Bind(0, b"__Znwm", None, flags=8),)


def test_what_another_library_has_is_still_looked_for() -> None:
    """A weak symbol that is not defined here: its slot is bound, and does not move."""
    parts = {
        "rebase": bytes.fromhex("11 21 08 51 00"),
        "weak_bind": b"\x40_malloc\0\x51\x71\x10\x90",
    }
    after = finish(make_dylib(parts))
    [bound] = decode_binds(table(after, "weak_bind"), read_dylib(after).segments)
    assert (bound.name, bound.slot) == (b"_malloc", Slot(1, MALLOC_SLOT))
    assert read_dylib(after).flags & WEAK_FLAGS == 0x10000


def test_code_data_and_what_moves_stay() -> None:
    before, after = make_dylib(), finish(make_dylib())
    end = 32 + int.from_bytes(before[20:24], "little")
    assert after[end:LINKEDIT] == before[end:LINKEDIT]
    assert table(after, "rebase") == REBASE.ljust(8, b"\0")
    assert after[DATA : DATA + 16] == struct.pack("<QQ", NEW, HELPER)


def test_the_table_of_symbols_agrees_with_its_groups(tmp_path: Path) -> None:
    (tmp_path / "liba.dylib").write_bytes(finish(make_dylib()))
    [header] = MachO(str(tmp_path / "liba.dylib")).headers
    dynamic = next(cmd for load, cmd, _ in header.commands if load.cmd == mach_o.LC_DYSYMTAB)
    groups = (dynamic.nlocalsym, dynamic.iextdefsym, dynamic.nextdefsym, dynamic.iundefsym)
    assert (*groups, dynamic.nundefsym) == (3, 3, 1, 4, 2)
    symbols = read_symbols(finish(make_dylib()))
    assert symbols == [
        ("_own", 0x0E, 0),
        ("__Znwm", 0x1E, 0),
        ("_other", 0x1E, 0),
        ("___tvm_ffi_add", 0x0F, 0),
        ("_TVMFFIFunctionCall", 0x01, 0x100),
        ("_malloc", 0x01, 0x200),
    ]
    assert read_indirect(finish(make_dylib())) == [0x80000000, 4, 5]


def test_without_its_own_symbols() -> None:
    stripped = finish(make_dylib(), ONLY_ABI._replace(symbols=False))
    assert [name for name, _, _ in read_symbols(stripped)] == [
        "___tvm_ffi_add",
        "_TVMFFIFunctionCall",
        "_malloc",
    ]
    assert read_indirect(stripped) == [0x80000000, 1, 2]
    assert b"Znwm" not in stripped
    assert not facts(stripped).has_symbols


def read_symbols(data: bytes) -> list[tuple[str, int, int]]:
    command = read_dylib(data).one(mach_o.LC_SYMTAB)
    strings = data[command.integer("stroff") :][: command.integer("strsize")]
    rows = struct.iter_unpack(
        "<IBBHQ", data[command.integer("symoff") :][: command.integer("nsyms") * 16]
    )
    return [
        (strings[at:].partition(b"\0")[0].decode(), kind, about) for at, kind, _, about, _ in rows
    ]


def read_indirect(data: bytes) -> list[int]:
    command = read_dylib(data).one(mach_o.LC_DYSYMTAB)
    at, count = command.integer("indirectsymoff"), command.integer("nindirectsyms")
    return list(struct.unpack(f"<{count}I", data[at : at + 4 * count]))


@pytest.mark.parametrize("wanted", [ONLY_ABI, ONLY_ABI._replace(symbols=False)])
def test_a_finished_library_stays_as_it_is(wanted: Wanted) -> None:
    once = finish(make_dylib(), wanted)
    assert finish(make_dylib(), wanted) == once
    assert finish(once, wanted) == once


BUILD_VERSION_OF_TOMORROW = (0x80000099).to_bytes(4, "little") + (8).to_bytes(4, "little")
CHAINED = (0x80000034).to_bytes(4, "little") + (16).to_bytes(4, "little") + bytes(8)
REFUSED = {
    "a fat file": (
        b"\xca\xfe\xba\xbe" + bytes(100),
        "it is no library for one 64-bit processor",
    ),
    "an unknown command": (
        make_dylib(more=BUILD_VERSION_OF_TOMORROW),
        "it has a load command that we do not know: 0x80000099",
    ),
    "chained fixups": (
        make_dylib(more=CHAINED),
        "it has a load command that we do not know: 0x80000034",
    ),
    "a slot with another address": (
        make_dylib(slots=(OTHER, HELPER, 0)),
        "a slot for `__Znwm` does not hold its address",
    ),
    "a slot that does not move": (
        make_dylib({"rebase": bytes.fromhex("11 21 08 51 00")}),
        "a slot for `__Znwm` does not hold its address",
    ),
    "threaded binds": (
        make_dylib({"bind": b"\xd1"}),
        "it has an opcode for the loader that we do not know: 0xd1",
    ),
    "a slot outside": (
        make_dylib({"rebase": b"\x11\x21" + encode_number(0xFFF) + b"\x51"}),
        "the loader is told to write outside of a segment",
    ),
    "a table without an end": (
        make_dylib({"bind": b"\x40_malloc"}),
        "a table for the loader ends too early",
    ),
    "a trie that bites its tail": (
        make_dylib({"export": b"\x00\x01_\0\x00"}),
        "its trie of exports is damaged",
    ),
    "something behind it": (make_dylib() + b"more", "something follows its last segment"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_understood_is_refused(name: str) -> None:
    data, reason = REFUSED[name]
    with pytest.raises(LayoutError) as error:
        finish(data)
    assert str(error.value) == reason


def test_a_refused_library_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    library, finished = tmp_path / "liba.dylib", tmp_path / "finished" / "liba.dylib"
    library.write_bytes(REFUSED["chained fixups"][0])
    with pytest.raises(WheelError) as error:
        finish_library(library, finished, ONLY_ABI)
    assert str(error.value) == (
        "error: it cannot be made safe for macOS: "
        "it has a load command that we do not know: 0x80000034\n"
        f"   at: {library}\n"
        " help: link it with zig for one processor; a library from elsewhere does not belong here"
    )
    assert not finished.parent.exists()


def test_a_finished_file_is_signed_and_named(tmp_path: Path) -> None:
    library, finished = tmp_path / "made" / "x.dylib", tmp_path / "finished" / "liba.dylib"
    library.parent.mkdir()
    library.write_bytes(make_dylib())
    finish_library(library, finished, ONLY_ABI)
    assert library.read_bytes() == make_dylib()
    assert facts(finished.read_bytes()).signature == "ad-hoc"
    assert b"liba.dylib\0" in finished.read_bytes()[LINKEDIT:]
    again = tmp_path / "again" / "liba.dylib"
    finish_library(finished, again, ONLY_ABI)
    assert again.read_bytes() == finished.read_bytes()
    assert {one.name for one in again.parent.iterdir()} <= {"liba.dylib", ".gitignore"}


def test_the_checks_of_dyld_find_faults(tmp_path: Path) -> None:
    """Those by which libraries for macOS are judged in `test_macos_targets.py`."""
    library, finished = tmp_path / "x.dylib", tmp_path / "finished" / "liba.dylib"
    library.write_bytes(make_dylib())
    finish_library(library, finished, ONLY_ABI)
    whole = finished.read_bytes()
    missing = {"0 load commands 0x1b", "0 load commands 0x32", "load commands 0x8000001c name []"}
    small = {f"{name} does not begin with a page" for name in ("__DATA", "__LINKEDIT")}
    rights = {f"{name} has other rights" for name in ("__TEXT", "__DATA", "__LINKEDIT")}
    assert {*find_faults(finished)} == missing | small | rights
    assert read_signature(finished).is_true
    at = whole.index(struct.pack("<I", mach_o.LC_DYLD_INFO_ONLY))
    rebase, bind = whole[at + 8 : at + 16], whole[at + 16 : at + 24]
    finished.write_bytes(whole[: at + 8] + bind + rebase + whole[at + 24 :])
    assert {*find_faults(finished)} == missing | small | rights | {"rebase is not before bind"}
    assert not read_signature(finished).is_true


@pytest.mark.parametrize("wanted", [ONLY_ABI, Wanted((), weak_only=True)])
def test_a_damaged_library_is_refused_or_finished(wanted: Wanted) -> None:
    """Cut at every 64th byte, and with wrong numbers in every field of header and tables."""
    whole = make_dylib()
    for size in range(0, len(whole), 64):
        with pytest.raises(LayoutError):
            finish(whole[:size], wanted)
    finished = 0
    end = 32 + int.from_bytes(whole[20:24], "little")
    for at in [*range(0, end, 4), *range(LINKEDIT, len(whole) - 4, 3)]:
        for number in (0x7F, 0xFFFFFFFF):
            data = whole[:at] + number.to_bytes(4, "little") + whole[at + 4 :]
            try:
                finish(data, wanted)
            except LayoutError:
                continue
            finished += 1
    assert finished, "many fields do not matter here"


names = st.binary(min_size=1, max_size=12).filter(lambda name: 0 not in name)


@given(st.dictionaries(names, st.binary(min_size=1, max_size=200), max_size=30))
def test_tries_keep_what_is_put_into_them(symbols: dict[bytes, bytes]) -> None:
    assert decode_exports(encode_exports(symbols)) == symbols
    assert encode_exports(dict(reversed(symbols.items()))) == encode_exports(symbols)


def test_the_reader_of_the_audit_reads_large_tries() -> None:
    """Offsets of one, two and three bytes."""
    symbols = {f"_symbol{index:05}".encode(): b"\x00\x80\x10" for index in range(3000)}
    assert {one.name for one in decode_trie(encode_exports(symbols))} == {
        name.decode()[1:] for name in symbols
    }


slots = st.builds(Slot, st.integers(0, 2), st.integers(0, 0xFF8))
made = st.builds(
    Bind,
    ordinal=st.integers(-3, 300),
    name=names,
    slot=slots,
    flags=st.sampled_from([0, 1]),
    addend=st.integers(-(1 << 40), 1 << 40),
)


@given(st.lists(made, max_size=20))
def test_binds_keep_what_they_do(wanted: list[Bind]) -> None:
    room = (Segment("__DATA", 0, 0x1000, 0, 0x1000),) * 3
    assert set(decode_binds(encode_binds(wanted), room)) == set(wanted)


def test_every_opcode_that_repeats_is_understood() -> None:
    segments = read_dylib(make_dylib()).segments
    skipping = b"\x11\x40_f\0\x51\x71\x00\xc0\x02\x08\x90\x00"
    found = decode_binds(skipping, segments)
    assert [one.slot for one in found] == [Slot(1, 0), Slot(1, 16), Slot(1, 32)]
    stepping = (
        b"\x11\x40_f\0\x51\x71\x10\xb1\xa0\x08\x80\xf0\xff\xff\xff\xff\xff\xff\xff\xff\x01\x90"
    )
    assert [one.slot for one in decode_binds(stepping, segments)] == [
        Slot(1, 16),
        Slot(1, 32),
        Slot(1, 32),
    ]
    rebases = bytes.fromhex("11 21 00 41 51 30 08 60 02 70 08 80 02 08 51 00")
    assert {one.offset for one in decode_rebases(rebases, segments)} == {
        8,
        24,
        32,
        40,
        56,
        72,
        88,
    }
