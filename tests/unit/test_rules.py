"""Every rule speaks where it should, and only there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ffiwheel.audit.rules import RULES, Subject
from ffiwheel.model.binary import Binary, Import

GOOD_LIBRARY = Binary(
    arch="x86_64",
    needed=("libtvm_ffi.so", "libc.so.6"),
    imports=(Import("TVMFFIFunctionCall"), Import("clock_gettime", "libc.so.6", "GLIBC_2.17")),
    exports=("__tvm_ffi_add",),
    binds_now=True,
)
TOO_LOW, TOO_HIGH = "py3-none-manylinux_2_5_x86_64", "py3-none-manylinux_2_28_x86_64"
TAG = "py3-none-manylinux_2_17_x86_64"
GOOD = Subject(
    file_name=f"pkg-1.0-{TAG}.whl",
    file_tag=TAG,
    wheel_tags=(TAG,),
    metadata="Name: pkg\nRequires-Dist: apache-tvm-ffi>=0.1.5\n",
    binaries={"pkg/libpkg.so": GOOD_LIBRARY},
    unrecorded=(),
    exports=(),
    debug=False,
)


def with_library(**changes: object) -> Subject:
    library = replace(GOOD_LIBRARY, **changes)  # type: ignore[arg-type]  # checked by the cases
    return replace(GOOD, binaries={"pkg/libpkg.so": library})


CASES = [
    ("WHL001", replace(GOOD, file_tag=TOO_LOW, wheel_tags=(TOO_LOW,))),
    ("WHL001", replace(GOOD, file_tag=TOO_HIGH, wheel_tags=(TOO_HIGH,))),
    ("WHL003", replace(GOOD, wheel_tags=("py3-none-any",))),
    ("WHL003", replace(GOOD, wheel_tags=())),
    ("WHL004", replace(GOOD, unrecorded=("pkg/libpkg.so",))),
    ("WHL005", replace(GOOD, metadata="Name: pkg\nRequires-Dist: numpy\n")),
    ("WHL005", replace(GOOD, metadata="Requires-Dist: apache-tvm-ffi; extra == 'x'\n")),
    (
        "ELF001",
        replace(GOOD, binaries={**GOOD.binaries, "p/libtvm_ffi.so": Binary(arch="x86_64")}),
    ),
    ("ELF002", with_library(imports=(Import("PyLong_AsLong"), *GOOD_LIBRARY.imports))),
    ("ELF003", with_library(binds_now=False)),
    ("ELF004", with_library(exports=("__tvm_ffi_add", "_ZN3pkg3addEii"))),
    ("ELF005", with_library(unique_exports=("_ZGVN3pkg1xE",))),
    ("ELF006", with_library(runpaths=("$ORIGIN", "/home/me/lib"))),
    ("ELF007", with_library(has_debug=True)),
    ("ELF008", replace(GOOD, exports=("more_*",))),
]


def findings(subject: Subject) -> list[str]:
    return [found.rule[:6] for rule in RULES for found in rule(subject)]


def test_a_good_wheel_has_no_findings() -> None:
    assert findings(GOOD) == []


@pytest.mark.parametrize(("code", "subject"), CASES, ids=[case[0] for case in CASES])
def test_a_fault_is_found_by_its_rule_alone(code: str, subject: Subject) -> None:
    assert findings(subject) == [code]


def test_a_wheel_for_no_index_is_told_why() -> None:
    subject = replace(
        with_library(needed=("libopenblas.so.0",), imports=()),
        file_tag="py3-none-linux_x86_64",
        wheel_tags=("py3-none-linux_x86_64",),
    )
    assert findings(subject) == ["WHL002"]


def test_exports_and_symbols_that_were_asked_for_are_fine() -> None:
    wanted = with_library(exports=("__tvm_ffi_add", "pkg_more"), has_debug=True)
    assert findings(replace(wanted, exports=("pkg_*",), debug=True)) == []
