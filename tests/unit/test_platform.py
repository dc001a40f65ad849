"""The lowest platform tag, and what forces it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from auditwheel.architecture import Architecture
from auditwheel.libc import Libc
from auditwheel.policy import WheelPolicies

from ffiwheel.audit.platform import lowest_platform
from ffiwheel.model.binary import Binary, Format, Import
from ffiwheel.system.libraries import list_policies

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
    ("CUDA is outside", binary(needed=("libcudart.so.12", "libcuda.so.1")), "manylinux_2_5_x86_64"),
    ("PyTorch is outside", binary(needed=("libtorch_cpu.so", "libc10.so")), "manylinux_2_5_x86_64"),
    ("a foreign library", binary(needed=("libopenblas.so.0",)), "linux_x86_64"),
    ("another machine", binary((LIBC, "GLIBC_2.17"), arch="aarch64"), "manylinux_2_17_aarch64"),
    ("a machine without policies", binary(arch="EM_SPARCV9"), "linux_EM_SPARCV9"),
]


@pytest.mark.parametrize(("name", "given", "tag"), CASES, ids=[case[0] for case in CASES])
def test_lowest_tag(name: str, given: Binary, tag: str) -> None:
    assert lowest_platform({"pkg/lib.so": given}).tag == tag, name


@pytest.mark.parametrize("libc", [Libc.GLIBC, Libc.MUSL])
@pytest.mark.parametrize(
    "arch", ["aarch64", "armv7l", "i686", "ppc64le", "riscv64", "s390x", "x86_64"]
)
def test_the_policies_are_those_of_auditwheel(arch: str, libc: Libc) -> None:
    is_musl = libc is Libc.MUSL
    theirs = [
        (one.name, one.whitelist, dict(one.symbol_versions), dict(one.blacklist))
        for one in WheelPolicies(
            libc=libc, arch=Architecture(arch), musl_policy="musllinux_1_2" if is_musl else None
        )
        if not one.name.startswith("linux_")
    ]
    ours = [
        (one.name, one.libraries, one.versions, one.forbidden)
        for one in list_policies(arch, is_musl=is_musl)
    ]
    assert ours == theirs[::-1]


def test_a_library_of_the_same_wheel_is_there() -> None:
    libraries = {"pkg/a.so": binary(needed=("b.so",)), "pkg/b.so": binary()}
    assert lowest_platform(libraries).tag == "manylinux_2_5_x86_64"


def test_the_deciding_symbol_is_named() -> None:
    platform = lowest_platform({"pkg/lib.so": binary((LIBC, "GLIBC_2.17"))})
    assert tuple(map(str, platform.reasons)) == (
        "lib.so needs GLIBC_2.17 of libc.so.6 for `symbol`: build on an older system, or with zig",
    )


def test_musl_is_told_by_its_name() -> None:
    for name in ("libc.musl-x86_64.so.1", "libc.so"):
        platform = lowest_platform({"pkg/a.so": binary(needed=(name,))})
        assert platform.tag == "musllinux_1_2_x86_64"
        assert platform.also == ("musllinux_1_1_x86_64",), "nothing tells its releases apart"


def test_what_needs_no_libc_runs_with_every_libc() -> None:
    platform = lowest_platform({"pkg/a.so": binary()})
    assert platform.tag == "manylinux_2_5_x86_64"
    assert platform.also == ("musllinux_1_2_x86_64", "musllinux_1_1_x86_64")


def test_a_version_without_a_symbol_counts() -> None:
    one = Binary(arch="x86_64", needed=(LIBC,), versions=((LIBC, "GLIBC_ABI_DT_RELR"),))
    platform = lowest_platform({"pkg/a.so": one})
    assert platform.tag == "manylinux_2_36_x86_64"
    assert tuple(map(str, platform.reasons)) == (
        "a.so needs GLIBC_ABI_DT_RELR of libc.so.6: build on an older system, or with zig",
    )


def test_many_symbols_of_a_version_are_one_reason() -> None:
    imports = tuple(Import(name, CXX, "GLIBCXX_3.4.26") for name in ("a", "b", "c"))
    platform = lowest_platform(
        {"pkg/lib.so": Binary(arch="x86_64", needed=(CXX,), imports=imports)}
    )
    assert platform.tag == "manylinux_2_31_x86_64"
    assert tuple(map(str, platform.reasons)) == (
        "lib.so needs GLIBCXX_3.4.26 of libstdc++.so.6 for `a` and 2 more:"
        " build on an older system, or with zig",
    )


def test_a_library_that_nobody_brings() -> None:
    [missing] = lowest_platform({"pkg/lib.so": binary(needed=("libopenblas.so.0",))}).missing
    assert (missing.path, missing.library) == ("pkg/lib.so", "libopenblas.so.0")
    assert missing.text == "lib.so needs libopenblas.so.0, which not every system has"


def macho(arch: str, oldest: str, *needed: str) -> Binary:
    return Binary(arch=arch, format=Format.MACHO, minimum_os=oldest, needed=needed)


def universal(intel: str, arm: str) -> Binary:
    slices = (macho("x86_64", intel), macho("arm64", arm))
    return Binary(arch="universal2", format=Format.MACHO, slices=slices)


def dll(arch: str, *needed: str) -> Binary:
    return Binary(arch=arch, format=Format.PE, needed=needed)


ARM_11, ARM_14 = "macosx_11_0_arm64", "macosx_14_0_arm64"
OTHERS = [
    ("the oldest of arm64", {"a": macho("arm64", "11.0")}, "macosx_11_0_arm64"),
    ("nothing said", {"a": macho("arm64", "")}, "macosx_11_0_arm64"),
    ("the newest decides", {"a": macho("arm64", "11.0"), "b": macho("arm64", "14.0")}, ARM_14),
    ("no minor release", {"a": macho("x86_64", "12.3")}, "macosx_12_0_x86_64"),
    ("before 11 there is", {"a": macho("x86_64", "10.15")}, "macosx_10_15_x86_64"),
    ("both machines", {"a": universal("10.9", "11.0")}, "macosx_10_9_universal2"),
    ("a newer arm64", {"a": universal("10.9", "12.0")}, "macosx_12_0_universal2"),
    ("what all are for", {"a": universal("10.9", "11.0"), "b": macho("arm64", "11.0")}, ARM_11),
    ("Windows", {"a": dll("amd64", "KERNEL32.dll")}, "win_amd64"),
    ("Windows on Arm", {"a": dll("arm64")}, "win_arm64"),
    ("Windows of 32 bits", {"a": dll("x86")}, "win32"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "given", "tag"), OTHERS, ids=[case[0] for case in OTHERS])
def test_lowest_tag_of_other_systems(name: str, given: dict[str, Binary], tag: str) -> None:
    assert lowest_platform(given).tag == tag, name


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"a.so": binary(), "b.so": binary(arch="aarch64")}, "several machines: aarch64, x86_64"),
        ({"a.so": binary(needed=(LIBC,)), "b.so": binary(needed=("libc.so",))}, "others for musl"),
        ({"a.so": binary(), "b.dll": dll("amd64")}, "several systems: ELF, PE"),
        ({"a": macho("arm64", "11.0"), "b": macho("x86_64", "11.0")}, "several machines"),
        ({"a": dll("arm64"), "b": dll("amd64")}, "several machines: amd64, arm64"),
        ({"a": dll("machine512")}, "no Python runs on its machine"),
    ],
)
def test_no_tag_is_true(given: dict[str, Binary], words: str) -> None:
    platform = lowest_platform(given)
    assert platform.tag == ""
    assert words in platform.conflict


def test_what_macos_does_not_have() -> None:
    needed = ("/usr/lib/libSystem.B.dylib", "@rpath/libtvm_ffi.dylib", "@rpath/b.dylib")
    system = "/System/Library/Frameworks/Metal.framework/Metal"
    a = macho("arm64", "13.1", *needed, system, "/opt/homebrew/lib/libomp.dylib")
    platform = lowest_platform({"pkg/a.dylib": a, "pkg/b.dylib": macho("arm64", "11.0")})
    assert [one.library for one in platform.missing] == ["/opt/homebrew/lib/libomp.dylib"]
    assert tuple(map(str, platform.reasons)) == (
        "a.dylib is built for macOS 13.1 and later: build with a lower MACOSX_DEPLOYMENT_TARGET",
        "tags cannot name macOS 13.1: build with MACOSX_DEPLOYMENT_TARGET=13.0",
    )


def test_a_function_that_is_newer_than_what_a_library_says() -> None:
    system = "/usr/lib/libSystem.B.dylib"
    asks = Import("aligned_alloc", system)
    old = replace(macho("x86_64", "10.13", system), imports=(asks, Import("malloc", system)))
    platform = lowest_platform({"pkg/a.dylib": old})
    assert platform.tag == "macosx_10_15_x86_64"
    assert tuple(map(str, platform.reasons)) == (
        "a.dylib needs `aligned_alloc`, which macOS has since 10.15: "
        "build with MACOSX_DEPLOYMENT_TARGET=10.15, or do without it",
    )
    for harmless in (
        replace(asks, weak=True),
        replace(asks, library="@rpath/libjemalloc.dylib"),
    ):
        fine = replace(old, imports=(harmless,))
        assert lowest_platform({"pkg/a.dylib": fine}).tag == "macosx_10_13_x86_64"
    enough = replace(old, minimum_os="10.15")
    assert lowest_platform({"pkg/a.dylib": enough}).tag == "macosx_10_15_x86_64"


def test_what_windows_does_not_have() -> None:
    system = ("KERNEL32.dll", "api-ms-win-crt-heap-l1-1-0.dll", "VCRUNTIME140.dll", "python311.dll")
    a = dll("amd64", *system, "B.DLL", "MSVCP140.dll")
    platform = lowest_platform({"pkg/a.dll": a, "pkg/b.dll": dll("amd64")})
    assert [one.library for one in platform.missing] == ["MSVCP140.dll"]
    beside = replace(a, needed=(*a.needed, "tvm_ffi.dll"))
    assert not lowest_platform({"pkg/a.dll": beside, "pkg/b.dll": dll("amd64")}).missing
