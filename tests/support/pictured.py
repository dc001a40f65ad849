"""A small wheel as a value, with everything that a page can show."""

from __future__ import annotations

from dataclasses import replace

from ffiwheel.model.binary import (
    Binary,
    CodeKind,
    DeviceCode,
    Import,
    Section,
    SectionKind,
    Symbol,
)
from ffiwheel.model.finding import Finding, Report, Severity
from ffiwheel.model.picture import Entry, Origin, Picture
from ffiwheel.model.platform import Reason
from ffiwheel.model.runtime import Bound, Failure, RuntimeRange

WHEEL = "hello-1.2.0-py3-none-manylinux_2_17_x86_64.whl"
LIBRARY = "hello/libhello.so"
STUB = '''
"""What libhello.so offers."""

from typing import overload

__all__ = ["Pair", "add", "scale"]

def add(x: int, y: int = 1) -> int:
    """Add `y` to `x`.

    Args:
        x: a number.
        y: another one.
    """
def no_words(x: int) -> int: ...
@overload
def scale(x: int) -> int:
    """Multiply."""
@overload
def scale(
    x: float,
    factor: float = 2.0,
) -> float: ...

class Pair:
    """Two numbers."""

    a: int
    """The first."""
    @property
    def b(self) -> int: ...
    @b.setter
    def b(self, value: int) -> None: ...
    def __init__(self, a: int, b: int) -> None:
        """Make one."""
    def _hidden(self) -> None: ...
'''
BINARY = Binary(
    arch="x86_64",
    size=61_000,
    needed=("libtvm_ffi.so", "libcudart.so.12", "libc.so.6", "libdep.so", "libgone.so"),
    imports=(
        Import("TVMFFIFunctionCall"),
        Import("memcpy", "libc.so.6", "GLIBC_2.14"),
        Import("open", "libc.so.6", "GLIBC_2.2.5"),
        Import("secure_getenv", "libc.so.6", "GLIBC_2.17"),
    ),
    sections=(
        Section(".text", 30_000, SectionKind.CODE),
        Section(".rodata", 8_000, SectionKind.CONSTANT),
        Section(".nv_fatbin", 20_000, SectionKind.DEVICE),
        Section(".dynsym", 1_000, SectionKind.LINKING),
        Section(".bss", 0, SectionKind.DATA),
    ),
    device_code=(
        DeviceCode("sm_80", CodeKind.SASS, 12_000),
        DeviceCode("compute_90", CodeKind.PTX, 7_000),
    ),
)
DEPENDENCY = Binary(
    arch="x86_64",
    size=9_000,
    needed=("libc.so.6",),
    sections=(Section(".text", 8_000, SectionKind.CODE),),
)
SYMBOLS = (
    Symbol("_ZN5hello3addEii", ".text", 12_000),
    Symbol("__tvm_ffi_scale", ".text", 6_000),
    Symbol("_ZTIN5hello4PairE", ".rodata", 100),
)
RUNTIME = RuntimeRange(
    releases=("0.1.5", "0.1.9", "0.1.10"),
    newest_known="0.1.11",
    bounds=(
        Bound(clause=">=0.1.5", symbol="TVMFFINew", reason="it has no `TVMFFINew`"),
        Bound(clause="<0.1.11", symbol="_ZN3tvm3ffi4EnumE", reason="enums have another layout"),
    ),
    failures=(
        Failure(release="0.1.0", yanked=False, symbol="TVMFFINew", reason="it has no `TVMFFINew`"),
        Failure(release="0.1.4", yanked=True, symbol="TVMFFINew", reason="it has no `TVMFFINew`"),
        Failure(
            release="0.1.11",
            yanked=False,
            symbol="_ZN3tvm3ffi4EnumE",
            reason="enums have another layout",
        ),
    ),
)
FINDINGS = (
    Finding(
        rule="WHL001 platform-tag-false",
        severity=Severity.ERROR,
        subject=WHEEL,
        message="`manylinux_2_12_x86_64` is not true",
        help="rename it with `wheel tags`",
    ),
    *(
        Finding(
            rule="ELF017 unstripped",
            severity=Severity.NOTE,
            subject=f"hello/lib{index}.so",
            message=f"it has a table of symbols of {index} kB",
            help="link with `-s`",
        )
        for index in range(1, 6)
    ),
)
PICTURE = Picture(
    file_name=WHEEL,
    name="hello",
    version="1.2.0",
    tag="py3-none-manylinux_2_17_x86_64",
    size=24_000,
    entries=(
        Entry(path="hello-1.2.0.dist-info/METADATA", size=400, packed=200, digest="sha256=aa"),
        Entry(path="hello-1.2.0.dist-info/RECORD", size=300, packed=150),
        Entry(path="hello/__init__.py", size=0, packed=2, digest="sha256=bb"),
        Entry(path="hello/_ffi_api.py", size=3_000, packed=900, digest="sha256=cc"),
        Entry(path="hello/lib/libdep.so", size=9_000, packed=4_000, digest="sha256=dd"),
        Entry(path=LIBRARY, size=61_000, packed=18_000, digest="sha256=ee"),
    ),
    binaries={LIBRARY: BINARY, "hello/lib/libdep.so": DEPENDENCY},
    symbols={LIBRARY: SYMBOLS},
    origins={
        "libtvm_ffi.so": Origin.RUNTIME,
        "libcudart.so.12": Origin.CUDA,
        "libc.so.6": Origin.SYSTEM,
        "libgone.so": Origin.MISSING,
    },
    report=Report(rules=56, findings=FINDINGS),
    floor="manylinux_2_17_x86_64",
    reasons=(
        Reason(
            path=LIBRARY,
            library="libc.so.6",
            version="GLIBC_2.17",
            symbols=("secure_getenv",),
            text="libhello.so needs GLIBC_2.17 of libc.so.6 for `secure_getenv`",
            help="build on an older system, or with zig",
        ),
    ),
    runtime=RUNTIME,
    stubs={"hello._ffi_api": STUB},
    metadata=(
        ("Metadata-Version", "2.4"),
        ("Name", "hello"),
        ("Requires-Python", ">=3.9"),
        ("Requires-Dist", "apache-tvm-ffi>=0.1.5"),
        ("Requires-Dist", "numpy"),
    ),
)

EVIL = "</style></script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&\u202e{{7*7}}`a`"


def evil_picture(evil: str) -> Picture:
    """Return a wheel in which everything is called `evil`."""
    binary = Binary(
        arch=evil,
        size=100,
        needed=(evil, f"{evil}2"),
        imports=(Import(evil, evil, f"{evil}_1.0"), Import("TVMFFI" + evil)),
        sections=tuple(replace(one, name=evil) for one in BINARY.sections),
        device_code=tuple(replace(one, arch=evil) for one in BINARY.device_code),
    )
    finding = Finding(
        rule=f"{evil} {evil}", severity=Severity.NOTE, subject=evil, message=evil, help=evil
    )
    bound, failure = RUNTIME.bounds[0], RUNTIME.failures[0]
    return Picture(
        file_name=evil,
        name=evil,
        version=evil,
        tag=f"{evil.replace('-', '')}-none-any",
        size=100,
        entries=(Entry(path=evil.replace("/", ""), size=100, packed=50, digest=evil),),
        binaries={evil.replace("/", ""): binary},
        symbols={evil.replace("/", ""): (Symbol(evil, evil, 10),)},
        origins={evil: Origin.SYSTEM},
        report=Report(rules=1, findings=(finding,)),
        floor=evil,
        reasons=(Reason(path=evil, library=evil, version=evil, text=evil, help=evil),),
        runtime=replace(
            RUNTIME,
            newest_known=evil,
            bounds=(replace(bound, clause=evil),),
            failures=(replace(failure, release=evil, symbol=evil, reason=evil),),
        ),
        stubs={evil: f"def f(x=1) -> {evil!r}:\n    {evil!r}\n"},
        metadata=((evil, evil),),
    )
