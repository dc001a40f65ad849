"""Wheels and facts of libraries that nobody built: made by hand, to have one fault each."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

from ffiwheel.audit.subject import Entry, Outline, Subject
from ffiwheel.model.binary import Binary, Format, Import
from ffiwheel.model.record import render_record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TAG = "py3-none-manylinux_2_17_x86_64"
INFO = "pkg-1.0.dist-info"
METADATA = """\
Metadata-Version: 2.4
Name: pkg
Version: 1.0
Summary: A package
License-Expression: MIT
Requires-Python: >=3.9
Requires-Dist: apache-tvm-ffi>=0.1.5

What it is.
"""
WHEEL = f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\nTag: {TAG}\n"
LIBRARY = Binary(
    arch="x86_64",
    needed=("libtvm_ffi.so", "libc.so.6"),
    imports=(Import("TVMFFIFunctionCall"), Import("clock_gettime", "libc.so.6", "GLIBC_2.17")),
    exports=("__tvm_ffi_add",),
    binds_now=True,
    header_version="0.1.15.post2",
)
PATH = "pkg/libpkg.so"
NAMES = ("pkg/__init__.py", PATH, "pkg/py.typed", "pkg/_ffi_api.pyi")
GOOD = Subject(
    file_name=f"pkg-1.0-{TAG}.whl",
    file_tag=TAG,
    wheel_tags=(TAG,),
    metadata=METADATA,
    binaries={PATH: LIBRARY},
    dist_info=INFO,
    wheel_text=WHEEL,
    sizes=dict.fromkeys(NAMES, 10),
    stubs={"pkg/_ffi_api.pyi": "def add(x: int) -> int: ...\n"},
    digests={PATH: "sha256=x"},
    outline=Outline(size=1000, entries=tuple(Entry(name, 10, 10, 0o100644) for name in NAMES)),
)


def library(**changes: object) -> Binary:
    """Return the good library with other facts."""
    return replace(LIBRARY, **changes)  # type: ignore[arg-type]  # checked by the cases


def with_library(**changes: object) -> Subject:
    """Return the good wheel with another library."""
    return replace(GOOD, binaries={PATH: library(**changes)})


def tagged(subject: Subject, tag: str) -> Subject:
    """Return the wheel under another tag."""
    return replace(subject, file_name=f"pkg-1.0-{tag}.whl", file_tag=tag, wheel_tags=(tag,))


def on_mac(**changes: object) -> Subject:
    """Return a wheel for macOS with a library."""
    facts: dict[str, object] = {
        "format": Format.MACHO,
        "arch": "arm64",
        "minimum_os": "11.0",
        "needed": ("@rpath/libtvm_ffi.dylib", "/usr/lib/libSystem.B.dylib"),
        "imports": (Import("TVMFFIFunctionCall"),),
        "signature": "ad-hoc",
    }
    return tagged(with_library(**{**facts, **changes}), "py3-none-macosx_11_0_arm64")


def on_windows(**changes: object) -> Subject:
    """Return a wheel for Windows with a library."""
    facts: dict[str, object] = {
        "format": Format.PE,
        "arch": "amd64",
        "needed": ("tvm_ffi.dll", "KERNEL32.dll"),
        "imports": (Import("TVMFFIFunctionCall"),),
    }
    return tagged(with_library(**{**facts, **changes}), "py3-none-win_amd64")


def wheel_files(more: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """Return the files of a small wheel without a library; `more` adds to them or replaces."""
    tag = "py3-none-any"
    files = {
        "pkg/__init__.py": b"",
        f"{INFO}/METADATA": METADATA.replace("Requires-Dist: apache-tvm-ffi>=0.1.5\n", "").encode(),
        f"{INFO}/WHEEL": WHEEL.replace(TAG, tag).encode(),
        **(more or {}),
    }
    record = f"{INFO}/RECORD"
    return {**files, record: files.get(record) or render_record(files, record)}


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return files as an archive."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return memory.getvalue()


def write_wheel(folder: Path, more: Mapping[str, bytes] | None = None, tag: str = "") -> Path:
    """Write a small wheel and return its path."""
    path = folder / f"pkg-1.0-{tag or 'py3-none-any'}.whl"
    path.write_bytes(zipped(wheel_files(more)))
    return path
