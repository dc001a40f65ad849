"""The lines that matter, out of what CMake, Ninja and compilers print."""

from __future__ import annotations

from ffiwheel.compile.errors import extract_errors

NINJA = """\
[1/3] compile good.cc
FAILED: [code=1] objects/src/bad.cc.o
/usr/bin/c++ -std=c++17 -c src/bad.cc -o objects/src/bad.cc.o
src/bad.cc:1:1: error: 'x' does not name a type
    1 | x
      | ^
[2/3] compile other.cc
ninja: build stopped: subcommand failed."""

CMAKE = """\
*** Configuring CMake...
-- The CXX compiler identification is GNU 12.2.0
CMake Error at CMakeLists.txt:5 (add_library):
  Cannot find source file:

    src/missing.cc

-- Generating done (0.0s)
CMake Generate step failed.  Build files cannot be regenerated correctly."""


def test_a_compiler_error_stands_alone() -> None:
    assert extract_errors(NINJA.splitlines()) == (
        "src/bad.cc:1:1: error: 'x' does not name a type\n    1 | x\n      | ^"
    )


def test_a_cmake_error_stands_alone() -> None:
    assert extract_errors(CMAKE.splitlines()) == (
        "CMake Error at CMakeLists.txt:5 (add_library):\n"
        "  Cannot find source file:\n\n    src/missing.cc"
    )


def test_anything_else_ends_in_the_last_lines() -> None:
    lines = [f"line {number}" for number in range(100)]
    assert extract_errors(lines).splitlines() == lines[-30:]
