"""Shared libraries for tests: one source, built for every system by zig, without any library."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

from workshop import check, require
from zig import zig

if TYPE_CHECKING:
    from collections.abc import Mapping

SAMPLE = Path(__file__).parents[1] / "data" / "binaries" / "sample.c"
_DEFINITIONS = "LIBRARY tvm_ffi.dll\nEXPORTS\nTVMFFIGetVersion\n"
_WAYS: Mapping[str, tuple[str, ...]] = {
    "sample.so": ("x86_64-linux-gnu.2.17", "-Wl,-rpath,/home/ada/lib:$ORIGIN"),
    "sample.dylib": ("aarch64-macos.11.0", "-undefined", "dynamic_lookup"),
    "intel.dylib": ("x86_64-macos.10.15", "-undefined", "dynamic_lookup"),
    "sample.dll": ("x86_64-windows-gnu", "tvm_ffi.lib"),
}


def build_samples(folder: Path) -> dict[str, bytes]:
    """Return file name -> bytes of the sample for each system, and of a fat one."""
    require("zig", present=importlib.util.find_spec("ziglang") is not None)
    (folder / "tvm_ffi.def").write_text(_DEFINITIONS)
    check(
        *zig("dlltool"), "-m", "i386:x86-64", "-d", "tvm_ffi.def", "-l", "tvm_ffi.lib", cwd=folder
    )
    for name, (target, *options) in _WAYS.items():
        common = ("-O2", "-shared", "-nostdlib", str(SAMPLE), *options, "-o", name)
        check(*zig("cc"), "-target", target, *common, cwd=folder)
    built = {name: (folder / name).read_bytes() for name in _WAYS}
    return {**built, "fat.dylib": make_fat(built["intel.dylib"], built["sample.dylib"])}


def make_fat(intel: bytes, arm: bytes) -> bytes:
    """Return a file with both, as `lipo -create` makes it."""
    start, step = 0x4000, 0x4000
    second = start + -(-len(intel) // step) * step
    entries = [(0x01000007, 3, start, len(intel), 14), (0x0100000C, 0, second, len(arm), 14)]
    numbers = [0xCAFEBABE, len(entries), *(number for entry in entries for number in entry)]
    header = b"".join(number.to_bytes(4, "big") for number in numbers)
    return (header.ljust(start, b"\0") + intel).ljust(second, b"\0") + arm
