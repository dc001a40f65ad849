"""One source, built for three systems: the readers find the same things in all of them."""

from __future__ import annotations

import io
import random
import resource
import struct
import time
from typing import TYPE_CHECKING

import pytest
from binaries import build_samples

from ffiwheel.audit.binary.read import read_binary, read_symbols
from ffiwheel.audit.platform import lowest_platform
from ffiwheel.errors import WheelError
from ffiwheel.model.binary import Format, Import

if TYPE_CHECKING:
    from ffiwheel.model.binary import Binary

pytestmark = pytest.mark.zig

FORMATS = {"sample.so": Format.ELF, "sample.dylib": Format.MACHO, "sample.dll": Format.PE}
TAGS = {
    "sample.so": "manylinux_2_5_x86_64",
    "sample.dylib": "macosx_11_0_arm64",
    "intel.dylib": "macosx_10_15_x86_64",
    "fat.dylib": "macosx_10_15_universal2",
    "sample.dll": "win_amd64",
}
SIGNATURES = {"sample.dylib": "ad-hoc", "fat.dylib": "ad-hoc"}


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return build_samples(tmp_path_factory.mktemp("samples"))


def read(data: bytes, name: str) -> Binary:
    return read_binary(io.BytesIO(data), name)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_has_the_same_facts(name: str, samples: dict[str, bytes]) -> None:
    binary = read(samples[name], name)
    assert binary.format is FORMATS[name]
    assert binary.size == len(samples[name])
    assert "TVMFFIGetVersion" in binary.ffi_imports
    assert binary.ffi_symbols == ("add",)
    assert binary.is_extension
    assert not binary.uses_python
    assert binary.build_paths == ("/home/ada/src/lib",)
    assert binary.names == ("demo.add", "demo.sub.mul")
    assert binary.header_version == "0.1.16"
    assert not binary.executable_stack
    assert sum(one.size for one in binary.sections) <= binary.size
    assert [one.name for one in read_symbols(io.BytesIO(samples[name]), name) if "add" in one.name]


@pytest.mark.parametrize("name", TAGS)
def test_the_tag_is_that_of_the_target(name: str, samples: dict[str, bytes]) -> None:
    assert lowest_platform({f"pkg/{name}": read(samples[name], name)}).tag == TAGS[name]


def test_elf_facts(samples: dict[str, bytes]) -> None:
    binary = read(samples["sample.so"], "sample.so")
    assert binary.runpaths == ("/home/ada/lib", "$ORIGIN")
    assert binary.weak_exports == ("replaceable",)
    assert binary.relro
    assert any("LLD" in one for one in binary.compilers)


def test_macho_facts(samples: dict[str, bytes]) -> None:
    binary = read(samples["sample.dylib"], "sample.dylib")
    assert binary.minimum_os == "11.0"
    assert binary.needed == ("/usr/lib/libSystem.B.dylib",)
    assert Import("TVMFFIGetVersion") in binary.imports, "dynamic_lookup names no library"
    assert binary.weak_exports == ("replaceable",)


def test_fat_files_keep_what_each_slice_says(samples: dict[str, bytes]) -> None:
    binary = read(samples["fat.dylib"], "fat.dylib")
    assert binary.arch == "universal2"
    assert [(one.arch, one.minimum_os) for one in binary.slices] == [
        ("x86_64", "10.15"),
        ("arm64", "11.0"),
    ]


def test_pe_facts(samples: dict[str, bytes]) -> None:
    binary = read(samples["sample.dll"], "sample.dll")
    assert binary.soname == "sample.dll"
    assert binary.needed == ("tvm_ffi.dll",)
    assert binary.imports == (Import("TVMFFIGetVersion", "tvm_ffi.dll"),)


def test_a_changed_byte_breaks_the_signature(samples: dict[str, bytes]) -> None:
    assert read(samples["sample.dylib"], "whole").signature == "ad-hoc"
    changed = bytearray(samples["sample.dylib"])
    changed[changed.index(b"/usr/x/y.h")] = ord("+")
    assert read(bytes(changed), "changed").signature == "invalid"


@pytest.mark.parametrize("name", ["sample.so", "fat.dylib", "sample.dll"])
def test_damaged_files_are_errors_and_nothing_else(name: str, samples: dict[str, bytes]) -> None:
    """500 files with a few wrong numbers: read or refused, quickly, without much memory."""
    chance = random.Random(name)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcomes = []
    for _ in range(500):
        data = damage(bytearray(samples[name]), chance)
        started = time.process_time()
        outcomes.append(is_read(data, name))
        assert time.process_time() - started < 2
    assert True in outcomes
    assert False in outcomes
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def is_read(data: bytes, name: str) -> bool:
    """Tell whether a file is read; an error has to be about this file."""
    try:
        read(data, name)
        read_symbols(io.BytesIO(data), name)
    except WheelError as error:
        if error.problems[0].where != name:
            raise
        return False
    return True


def damage(data: bytearray, chance: random.Random) -> bytes:
    """Return a file with wrong bytes and numbers, most of them where tables are."""
    if chance.random() < 0.1:
        return bytes(data[: chance.randrange(len(data))])
    for _ in range(chance.choice([1, 2, 8])):
        at = chance.randrange(min(len(data), chance.choice([1024, 8192, len(data)])) - 8)
        number = chance.choice([0, 1, 0x7FFFFFFF, 0xFFFFFFFF, chance.randrange(len(data))])
        form = chance.choice(["<I", ">I", "<Q", "<H"])
        struct.pack_into(form, data, at, number & (0xFFFF if form == "<H" else 0xFFFFFFFF))
    return bytes(data)
