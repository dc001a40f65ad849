"""Compiler options that are for some targets, and those that are for none but this machine."""

from __future__ import annotations

import pytest

from ffiwheel.compile.fitting import check_cross, check_patterns, fit_table
from ffiwheel.config.schema import CompileTable

NAMES = ("linux-x86_64", "macos-x86_64", "windows-amd64")


def test_flags_of_every_pattern_that_matches_are_added() -> None:
    table = CompileTable(
        flags=("-Wall",),
        flags_for={"*-x86_64": ("-mavx2",), "linux-*": ("-pthread",), "windows-*": ("-DW",)},
        link_flags_for={"windows-*": ("-lws2_32",)},
    )
    assert fit_table(table, "linux-x86_64").flags == ("-Wall", "-mavx2", "-pthread")
    assert fit_table(table, "linux-x86_64").link_flags == ()
    assert fit_table(table, "windows-amd64").flags == ("-Wall", "-DW")
    assert fit_table(table, "windows-amd64").link_flags == ("-lws2_32",)


def test_a_pattern_that_matches_nothing_is_an_error() -> None:
    table = CompileTable(flags_for={"win-*": ()}, link_flags_for={"linux-*": (), "x": ()})
    found = [(one.message, one.where) for one in check_patterns(table, NAMES)]
    assert found == [
        ("no target is called `win-*`", "tool.ffiwheel.compile.flags-for"),
        ("no target is called `x`", "tool.ffiwheel.compile.link-flags-for"),
    ]


@pytest.mark.parametrize(
    ("table", "count"),
    [
        (CompileTable(flags=("-march=native",)), 1),
        (CompileTable(flags=("-mtune=native", "-mcpu=native")), 2),
        (CompileTable(cuda_flags=("-Xcompiler=-march=native",)), 1),
        (CompileTable(flags=("-march=x86-64-v3", "-DNAME=native", "-O3")), 0),
    ],
)
def test_this_machines_processor_is_refused_for_all_others(table: CompileTable, count: int) -> None:
    assert len([*check_cross(table, "linux-x86_64", is_like_host=True)]) == count


@pytest.mark.parametrize(
    ("key", "flags"),
    [
        ("flags", ("-I/usr/include/x",)),
        ("flags", ("-isystem", "/usr/include")),
        ("flags", ("-isystem/usr/include",)),
        ("link_flags", ("-L/usr/lib",)),
        ("link_flags", ("/usr/lib/x86_64-linux-gnu/libm.so",)),
        ("include_dirs", ("/usr/local/include",)),
    ],
)
def test_this_machines_libraries_are_refused_for_other_systems(
    key: str, flags: tuple[str, ...]
) -> None:
    table = CompileTable()._replace(**{key: flags})
    assert len([*check_cross(table, "macos-arm64", is_like_host=False)]) == 1
    assert not [*check_cross(table, "linux-x86_64", is_like_host=True)]


def test_the_projects_own_folders_are_fine() -> None:
    table = CompileTable(include_dirs=("include",), link_flags=("-Llib/macos-arm64", "-lm"))
    assert not [*check_cross(table, "macos-arm64", is_like_host=False)]
