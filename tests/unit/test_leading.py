"""What a C++ file begins with, so that a precompiled header may stand for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ffiwheel.compile.leading import leading_includes, read_leading

if TYPE_CHECKING:
    from pathlib import Path

BEGINNINGS = {
    "": (),
    "#include <tvm/ffi/any.h>": ("<tvm/ffi/any.h>",),
    "\n\t# include<a> // why\n/* and\n#include <never>\n*/#include <b>\n": ("<a>", "<b>"),
    "#include <a>\nint i;\n#include <b>": ("<a>",),
    "#include <a>\n#ifdef X\n#include <b>\n#endif": ("<a>",),
    "#include <a>\n#define X\n#include <b>": ("<a>",),
    "#define X\n#include <a>": (),
    "#undef NDEBUG\n#include <a>": (),
    "#pragma GCC diagnostic push\n#include <a>": (),
    "#ifdef A\n#include <a>": (),
    "#pragma once\n#include <a>": ("<a>",),
    "// guarded\n#ifndef A_H_\n#define A_H_\n\n#include <a>": ("<a>",),
    "#ifndef A_H_\n#define B_H_\n#include <a>": (),
    "#ifndef A_H_\n#define A_H_ 1\n#include <a>": (),
    "// a comment that goes on \\\n#include <a>\n#include <b>": ("<b>",),
    "#include MACRO": (),
    "#include_next <a>": (),
    "#import <a>": (),
    "/* never closed #include <a>": (),
    'R"(\n#include <a>': (),
}


@pytest.mark.parametrize("text", BEGINNINGS, ids=range(len(BEGINNINGS)))
def test_only_what_stands_before_everything_else(text: str) -> None:
    assert leading_includes(text) == BEGINNINGS[text]


def test_headers_of_the_runtime_and_of_the_library_count(tmp_path: Path) -> None:
    source = tmp_path / "a.cc"
    source.write_text("#include <vector>\n#include <tvm/ffi/any.h>\n#include <string>\n")
    assert read_leading(source, []) == ("<vector>", "<tvm/ffi/any.h>")
    source.write_text("#include <vector>\n#include <mine/a.h>\n#include <tvm/ffi/any.h>\n")
    assert read_leading(source, []) == ()


def test_headers_of_the_project_are_looked_into(tmp_path: Path) -> None:
    source = tmp_path / "src" / "a.cc"
    source.parent.mkdir()
    source.write_text('#include "a.h"\n#include <tvm/ffi/function.h>\n')
    assert read_leading(source, []) == ()
    (tmp_path / "include").mkdir()
    (tmp_path / "include" / "a.h").write_bytes(
        b'\xef\xbb\xbf#pragma once\r\n#include <tvm/ffi/any.h>\r\n#include "b.h"\r\n'
    )
    assert read_leading(source, [tmp_path / "include"]) == ("<tvm/ffi/any.h>",)
    (source.parent / "a.h").write_text('#include "a.h"\n')  # by mistake: for ever
    assert read_leading(source, [tmp_path / "include"]) == ()


def test_what_cannot_be_read_begins_with_nothing(tmp_path: Path) -> None:
    assert read_leading(tmp_path / "gone.cc", []) == ()
    (tmp_path / "noise.cc").write_bytes(bytes(range(256)) * 100)
    assert read_leading(tmp_path / "noise.cc", []) == ()
