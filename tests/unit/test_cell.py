"""When a cell is another cell, and what it is compiled by."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ffiwheel.errors import ReflectError
from ffiwheel.ipython import explain_taken
from ffiwheel.model.api import Api, Function
from ffiwheel.workflow.cell import Cell, name_cell, render_project, require_names

if TYPE_CHECKING:
    from pathlib import Path

CELL = Cell(source="int x;")


def test_anything_else_is_another_cell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = name_cell(CELL)
    assert name == name_cell(Cell(source="int x;"))
    others = [
        replace(CELL, source="int y;"),
        replace(CELL, name="other"),
        replace(CELL, flags=("-O3",)),
        replace(CELL, link_flags=("-lm",)),
        replace(CELL, include_dirs=(tmp_path,)),
        replace(CELL, debug=True),
    ]
    names = {name, *map(name_cell, others)}
    assert len(names) == len(others) + 1
    assert all(one.isidentifier() for one in names)
    monkeypatch.setenv("CXX", "another-compiler")
    assert name_cell(CELL) not in names


def test_header_counts_and_notebook_does_not(tmp_path: Path) -> None:
    cell = replace(CELL, include_dirs=(tmp_path,))
    (tmp_path / "a.h").write_text("one")
    before = name_cell(cell)
    (tmp_path / "work.ipynb").write_text("saved again and again")
    assert name_cell(cell) == before
    (tmp_path / "a.h").write_text("three")
    assert name_cell(cell) != before


def test_project_of_a_cell(tmp_path: Path) -> None:
    cell = replace(CELL, include_dirs=(tmp_path,), flags=("-O3",), link_flags=("-lm",))
    assert (
        render_project(cell, "cell_12")
        == f"""\
[build-system]
requires = [
    "ffiwheel",
]
build-backend = "ffiwheel.backend"

[project]
name = "cell_12"
version = "0"
dependencies = [
    "apache-tvm-ffi",
]

[tool.ffiwheel]
sources = [
    "cell.cc",
]

[tool.ffiwheel.compile]
include-dirs = [
    "{tmp_path}",
]
defines = [
    "FFI_CELL=\\"cell_12\\"",
]
flags = [
    "-include",
    "tvm/ffi/tvm_ffi.h",
    "-O3",
]
link-flags = [
    "-lm",
]
"""
    )


def test_cell_that_offers_nothing() -> None:
    some = Api(functions=(Function(name="add"),))
    assert require_names(some) is some
    with pytest.raises(ReflectError) as caught:
        require_names(Api())
    assert str(caught.value) == (
        "error: the cell offers nothing\n"
        " help: export a function: `TVM_FFI_DLL_EXPORT_TYPED_FUNC(name, Function)`,\n"
        '       or register one as `FFI_CELL ".name"` with `GlobalDef()`'
    )


def test_class_cannot_be_registered_again() -> None:
    said = str(explain_taken(["demo.Pair", "demo.add"], {"demo.add"}))
    assert said == (
        "error: `demo.Pair`, `demo.add`: registered already, for as long as the session lasts\n"
        ' help: register it in the cell\'s own namespace: `FFI_CELL ".Pair"`'
    )
