"""Compiler options that are for some targets, and those that are for none but this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ffiwheel.compile.fitting import check_cross, check_patterns, fit_table
from ffiwheel.config.schema import CompileTable

if TYPE_CHECKING:
    from pathlib import Path

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
    "table",
    [
        CompileTable(flags=("-I/usr/include/x",)),
        CompileTable(flags=("-isystem", "/usr/include")),
        CompileTable(flags=("-isystem/usr/include",)),
        CompileTable(link_flags=("-L/usr/lib",)),
        CompileTable(link_flags=("/usr/lib/x86_64-linux-gnu/libm.so",)),
        CompileTable(include_dirs=("/usr/local/include",)),
    ],
)
def test_this_machines_libraries_are_refused_for_other_systems(table: CompileTable) -> None:
    assert len([*check_cross(table, "macos-arm64", is_like_host=False)]) == 1
    assert not [*check_cross(table, "linux-x86_64", is_like_host=True)]


def test_the_headers_of_a_python_are_refused_wherever_they_are(tmp_path: Path) -> None:
    table = CompileTable(flags=(f"-I{tmp_path}",))
    assert not [*check_cross(table, "macos-arm64", is_like_host=False)]
    (tmp_path / "Python.h").touch()
    [problem] = check_cross(table, "macos-arm64", is_like_host=False)
    assert "the headers of a Python for this machine" in problem.message


def test_the_projects_own_folders_are_fine() -> None:
    table = CompileTable(include_dirs=("include",), link_flags=("-Llib/macos-arm64", "-lm"))
    assert not [*check_cross(table, "macos-arm64", is_like_host=False)]
