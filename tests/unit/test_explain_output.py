"""What clang, LLD and zig's own linkers print, in terms of the project.

The texts are those of zig 0.17, cut.
"""

from __future__ import annotations

import pytest

from ffiwheel.compile.explain import explain_failure, explain_output
from ffiwheel.errors import CompileError

ZIG = "/venv/ziglang/lib/include"
CASES = [
    (
        "src/a.cc:1:10: fatal error: 'Python.h' file not found\n1 error generated.",
        "src/a.cc:1",
        "the sources include `Python.h`, and there is no Python to compile for",
    ),
    (
        "In file included from src/a.cc:2:\nIn file included from /py/Python.h:8:\n"
        "/py/pyconfig.h:9:12: fatal error: 'aarch64-linux-gnu/python3.11/pyconfig.h' file not "
        "found",
        "src/a.cc:2",
        "the sources include `pyconfig.h`, and there is no Python to compile for",
    ),
    (
        "In file included from src/a.cc:2:\n/py/pyport.h:236:10: fatal error: 'sys/select.h' file "
        "not found",
        "src/a.cc:2",
        "the headers of a Python for this machine cannot be used: 'sys/select.h' file not found",
    ),
    (
        'error: target architecture aarch64 has no LLVM CPU feature named "avx2"',
        "",
        "the flag `-mavx2` is for another processor",
    ),
    (
        "error: unknown target CPU 'znver4'\nnote: valid target CPU values are: a64fx",
        "",
        "`znver4` is no processor of this target",
    ),
    (
        "info: available CPUs for architecture 'x86_64':\n alderlake\n",
        "",
        "`-march` or `-mcpu` names no processor of this target",
    ),
    (
        f"In file included from src/a.cc:1:\n{ZIG}/immintrin.h:14:2: error: "
        '"This header is only meant to be used on x86 and x64 architecture"',
        "src/a.cc:1",
        "the sources include a header for another processor",
    ),
    (
        "src/a.cc:2:19: error: always_inline function '_mm256_setzero_ps' requires target feature "
        "'avx', but would be inlined into function 'f'",
        "src/a.cc:2",
        "`_mm256_setzero_ps` needs `avx`, which not every processor of this target has",
    ),
    (
        "src/a.cc:1:35: error: invalid output constraint '=a' in asm",
        "src/a.cc:1",
        "the assembly is for another processor",
    ),
    (
        "src/a.cc:1:18: error: unknown use of instruction mnemonic without a size suffix",
        "src/a.cc:1",
        "the assembly is for another processor",
    ),
    (
        "lld-link: error: undefined symbol: PyErr_Clear\n>>> referenced by a.cc:1",
        "",
        "`PyErr_Clear` is Python's, and there is no Python to link with",
    ),
    (
        "lld-link: error: undefined symbol: nowhere(int)\n>>> referenced by a.cc:1",
        "",
        "`nowhere(int)` is used, and nothing defines it for this target",
    ),
    (
        'error: unable to find dynamic system library "foo" using strategy paths_first. '
        "searched paths: none",
        "",
        "there is no library `foo` for this target",
    ),
    (
        "ld.lld: error: lib/libfoo.so is incompatible with aarch64linux",
        "",
        "`lib/libfoo.so` is a library for another system",
    ),
    (
        "error: failed to parse TBD file: UnexpectedToken\n    note: while parsing ./libfoo.so",
        "",
        "`./libfoo.so` is a library for another system",
    ),
    (
        "lld-link: error: ./libfoo.so: unknown file type",
        "",
        "`./libfoo.so` is a library for another system",
    ),
    (
        "  Could NOT find Python (missing: Python_INCLUDE_DIRS Development.Module)\n  (found 3.11)",
        "",
        "the project asks for the headers of Python, and there is no Python to compile for",
    ),
    (
        "  Could NOT find ZLIB (missing: ZLIB_LIBRARY)",
        "",
        "the project needs `ZLIB`, which is not there for this target",
    ),
    (
        '  asked CMake to find a package configuration\n  file provided by "fmt", but',
        "",
        "the project needs `fmt`, which is not there for this target",
    ),
    (
        "  TRY_RUN() invoked in cross-compiling\n  mode, please set the following",
        "",
        "the project runs a program while it is configured, and this machine cannot run one of"
        " this target",
    ),
]


@pytest.mark.parametrize(("said", "where", "message"), CASES, ids=[row[2][:40] for row in CASES])
def test_output_is_explained(said: str, where: str, message: str) -> None:
    problem = explain_output(said, "linux-aarch64")
    assert problem
    assert (problem.message, problem.where) == (message, where)
    assert problem.hint
    assert "{" not in problem.hint


@pytest.mark.parametrize(
    "said",
    [
        "error: undefined symbol: __ZN3tvm3ffi4json5ParseEi\n    note: referenced by a.o:__Z1fv",
        "lld-link: error: undefined symbol: tvm::ffi::json::Parse(int)\n>>> referenced by a.cc:1",
    ],
)
def test_a_cxx_symbol_of_the_runtime_is_refused_with_the_reason(said: str) -> None:
    problem = explain_output(said, "macos-arm64")
    assert problem
    assert "an exception that comes from there ends the process" in problem.message
    assert "FFI021" in problem.hint


def test_what_is_not_known_stays_as_it_is() -> None:
    error = CompileError("the sources do not compile or link", output="a.cc:1: error: no such name")
    assert explain_failure(error, "macos-arm64") is error
