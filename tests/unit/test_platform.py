"""The lowest platform tag, and what forces it."""

from __future__ import annotations

import pytest

from ffiwheel.audit.platform import lowest_platform
from ffiwheel.model.binary import Binary, Import

LIBC, CXX = "libc.so.6", "libstdc++.so.6"


def binary(
    *versions: tuple[str, str], needed: tuple[str, ...] = (), arch: str = "x86_64"
) -> Binary:
    libraries = tuple(library for library, _ in versions)
    return Binary(
        arch=arch,
        needed=(*libraries, *needed),
        imports=tuple(Import("symbol", library, version) for library, version in versions),
    )


CASES = [
    ("an old glibc", binary((LIBC, "GLIBC_2.2.5")), "manylinux_2_5_x86_64"),
    ("glibc 2.17", binary((LIBC, "GLIBC_2.17")), "manylinux_2_17_x86_64"),
    ("between two tags", binary((LIBC, "GLIBC_2.18")), "manylinux_2_24_x86_64"),
    ("libstdc++ of gcc 9", binary((CXX, "GLIBCXX_3.4.26")), "manylinux_2_31_x86_64"),
    ("both", binary((LIBC, "GLIBC_2.34"), (CXX, "GLIBCXX_3.4.26")), "manylinux_2_34_x86_64"),
    ("the runtime is outside", binary(needed=("libtvm_ffi.so",)), "manylinux_2_5_x86_64"),
    ("the loader is everywhere", binary(needed=("ld-linux-x86-64.so.2",)), "manylinux_2_5_x86_64"),
    ("a foreign library", binary(needed=("libopenblas.so.0",)), "linux_x86_64"),
    ("another machine", binary((LIBC, "GLIBC_2.17"), arch="aarch64"), "manylinux_2_17_aarch64"),
    ("a machine without policies", binary(arch="EM_SPARCV9"), "linux_EM_SPARCV9"),
]


@pytest.mark.parametrize(("name", "given", "tag"), CASES, ids=[case[0] for case in CASES])
def test_lowest_tag(name: str, given: Binary, tag: str) -> None:
    assert lowest_platform({"pkg/lib.so": given}).tag == tag, name


def test_a_library_of_the_same_wheel_is_there() -> None:
    libraries = {"pkg/a.so": binary(needed=("b.so",)), "pkg/b.so": binary()}
    assert lowest_platform(libraries).tag == "manylinux_2_5_x86_64"


def test_the_deciding_symbol_is_named() -> None:
    platform = lowest_platform({"pkg/lib.so": binary((LIBC, "GLIBC_2.17"))})
    assert platform.reasons == ("lib.so needs symbol@GLIBC_2.17 of libc.so.6",)
