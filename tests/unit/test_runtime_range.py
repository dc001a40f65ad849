"""On which releases a library works, computed from crafted symbols."""

from __future__ import annotations

import json
import urllib.request
from dataclasses import replace

import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from ffiwheel.audit.runtime import compute_range, intersect_ranges, read_table
from ffiwheel.model.binary import Binary, Format, Import

KNOWN = [one.version for one in read_table().releases]
ALWAYS = "TVMFFIFunctionCall"
ALLOCATOR = "TVMFFIGetCustomAllocator"
GET_FUNCTION = "_ZN3tvm3ffi9ModuleObj11GetFunctionERKNS0_6StringEb"
MISMATCH = "_ZN3tvm3ffi15StructuralEqual16GetFirstMismatchERKNS0_3AnyES4_bb"
OLD_STRINGIFY = "_ZN3tvm3ffi4json9StringifyERKNS0_3AnyENS0_8OptionalIivEE"
NEW_STRINGIFY = "_ZN3tvm3ffi4json9StringifyERKNS0_3AnyERKNS0_8OptionalIivEE"
PE_FUNCTION = "?GetFunction@ModuleObj@ffi@tvm@@QEAA?AVFunction@23@AEBVString@23@_N@Z"
MODULE_TYPE = "_ZTIN3tvm3ffi9ModuleObjE"


def library(*symbols: str, headers: str = "", form: Format = Format.ELF) -> Binary:
    imports = tuple(Import(symbol) for symbol in sorted({ALWAYS, *symbols}))
    return Binary(arch="x86_64", format=form, imports=imports, header_version=headers)


# One of every kind of bound; what happened with each on real releases is in test_runtimes.py.
CASES = [
    ("nothing special", library(), "", ""),
    ("since a release", library("TVMFFIHandleInitOnce"), ">=0.1.5", "TVMFFIHandleInitOnce"),
    (
        "since a yanked one",
        library("TVMFFIErrorCreateWithCauseAndExtraContext"),
        ">=0.1.8.post0",
        "TVMFFIErrorCreateWithCauseAndExtraContext",
    ),
    (
        "since a post-release",
        library("TVMFFIBigIntFromByteArray", ALLOCATOR),
        ">=0.1.14.post0",
        "TVMFFIBigIntFromByteArray",
    ),
    ("a C++ symbol that went", library(OLD_STRINGIFY), "<0.1.13", OLD_STRINGIFY),
    ("a C++ symbol that came", library(NEW_STRINGIFY), ">=0.1.13.post2", NEW_STRINGIFY),
    ("a layout", library(GET_FUNCTION), "!=0.1.13,!=0.1.13.post0", GET_FUNCTION),
    (
        "a layout, derived from",
        library(MODULE_TYPE, headers="0.1.15.post2"),
        "!=0.1.13,!=0.1.13.post0",
        MODULE_TYPE,
    ),
    (
        "a layout of yanked headers",
        library(GET_FUNCTION, headers="0.1.13.post0"),
        ">=0.1.13,<0.1.13.post1",
        GET_FUNCTION,
    ),
    (
        "the same, headers unknown",
        library(GET_FUNCTION, ALLOCATOR),
        ">=0.1.13,<0.1.13.post1",
        GET_FUNCTION,
    ),
    (
        "another layout",
        library(MISMATCH),
        "!=0.1.13,!=0.1.13.post0,!=0.1.13.post1",
        MISMATCH,
    ),
    ("of the C++ runtime", library("__cxa_call_terminate"), "<0.1.2", "__cxa_call_terminate"),
    ("PE, came and went", library(PE_FUNCTION, form=Format.PE), ">=0.1.13.post1,<0.1.13.post2", ""),
    ("C++ of another format", library(PE_FUNCTION), "", ""),
    ("C++ of another library", library("_ZN3tvm3ffi5OtherEv"), "", ""),
]


@pytest.mark.parametrize(
    ("binary", "specifier", "symbol"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_symbols_set_the_bounds(binary: Binary, specifier: str, symbol: str) -> None:
    found = compute_range(binary)
    assert found.specifier == specifier
    if symbol:
        assert symbol in {bound.symbol for bound in found.bounds}


@pytest.mark.parametrize("binary", [case[1] for case in CASES], ids=[case[0] for case in CASES])
def test_every_release_works_or_fails_and_the_specifier_says_so(binary: Binary) -> None:
    found = compute_range(binary)
    failed = [failure.release for failure in found.failures]
    assert sorted([*found.releases, *failed], key=Version) == KNOWN
    admitted = {one for one in KNOWN if SpecifierSet(found.specifier).contains(one)}
    assert admitted <= set(found.releases)
    yanked = {one.version for one in read_table().releases if one.yanked}
    assert set(found.releases) - admitted <= yanked


def test_a_weak_symbol_and_one_of_another_library_set_no_bound() -> None:
    binary = Binary(
        arch="x86_64",
        imports=(
            Import("TVMFFIBigIntFromByteArray", weak=True),
            Import("TVMFFIHandleInitOnce", library="libother.so.1", version="V1"),
            Import("__cxa_call_terminate", library="libstdc++.so.6", version="CXXABI_1.3.15"),
        ),
    )
    assert compute_range(binary).bounds == ()


def test_a_symbol_that_no_release_has_leaves_nothing() -> None:
    found = compute_range(library("TVMFFIFlyToTheMoon"))
    assert found.releases == ()
    assert found.bounds == ()
    assert {failure.symbol for failure in found.failures} == {"TVMFFIFlyToTheMoon"}


def test_headers_newer_than_the_table_are_a_lower_bound() -> None:
    found = compute_range(library("TVMFFIFlyToTheMoon", headers="99.1"))
    assert found.specifier == ">=99.1"
    assert "TVMFFIFlyToTheMoon" in found.bounds[0].reason
    assert intersect_ranges([compute_range(library()), found]).specifier == ">=99.1"


def test_several_libraries_work_where_all_of_them_do() -> None:
    both = intersect_ranges(map(compute_range, [library("TVMFFIHandleInitOnce"), CASES[4][1]]))
    assert both.specifier == ">=0.1.5,<0.1.13"
    assert intersect_ranges([]).specifier == ""


def test_a_range_of_only_yanked_releases_names_them() -> None:
    found = compute_range(library(GET_FUNCTION, headers="0.1.13"))
    assert found.releases == ("0.1.13", "0.1.13.post0")


def test_each_break_names_what_the_table_knows() -> None:
    table = read_table()
    for one in table.breaks:
        assert one.apart
        for mark in one.marks - {"__cxa_call_terminate"}:
            assert any(table.knows(mark, form) for form in Format), mark


def test_releases_are_in_order_and_their_dates_too() -> None:
    releases = read_table().releases
    assert sorted(KNOWN, key=Version) == KNOWN
    assert min(one.date for one in releases) == "2025-10-21"
    assert {one.headers for one in releases if one.version.startswith("0.1.13.")} == {"0.1.14"}


@pytest.mark.network
def test_the_table_is_up_to_date() -> None:
    """A failure says: `./dev runtimes`, then look at what changed besides symbols."""
    with urllib.request.urlopen("https://pypi.org/pypi/apache-tvm-ffi/json", timeout=60) as answer:
        listed = json.load(answer)["releases"]
    yanked = {
        version: all(file["yanked"] for file in files)
        for version, files in listed.items()
        if files and not Version(version).is_prerelease
    }
    known = {one.version: one.yanked for one in read_table().releases}
    assert {version: known.get(version) for version in yanked} == yanked


def test_a_library_of_another_format_has_the_same_c_symbols() -> None:
    for form in Format:
        assert compute_range(replace(CASES[1][1], format=form)).specifier == ">=0.1.5"
