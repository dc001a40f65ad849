"""What the words of compilers, linkers and CMake mean for a project built for another system.

A project that builds here may ask for what there is only on this machine. The words are clang's,
LLD's, zig's own linkers' and CMake's. Each row of the table knows one way to fail; what no row
knows is shown as it was printed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ffiwheel.errors import CompileError, Problem

_PLACE = r"^(?P<file>[^\s:][^:\n]*):(?P<line>\d+)(?::\d+)?: (?:fatal )?error: "
_FLAGS = (
    'say for which targets it is:\n[tool.ffiwheel.compile.flags-for]\n"*-x86_64" = ["-mavx2"]'
    "\nand in CMake for which processors: `if (CMAKE_SYSTEM_PROCESSOR MATCHES ...)`"
)
_LINK = (
    "put a library for this target into the project, and say that it is for it:\n"
    '[tool.ffiwheel.compile.link-flags-for]\n"{target}" = ["-Llib/{target}", "-l..."]\n'
    "in CMake, get its sources with `FetchContent`"
)
_PACKAGE = (
    "what this machine has of it is for this machine: get its sources with `FetchContent`,\n"
    "or put a build of it for {target} into the project, and that folder on `CMAKE_PREFIX_PATH`"
)
_GUARD = (
    "put it behind `#if defined(__x86_64__)` or `#if defined(__aarch64__)`,\n"
    "with plain C++ for the others"
)


@dataclass(frozen=True, slots=True)
class _Row:
    """One way to fail; `{what}` is the group of that name, `{target}` the target.

    The message does not name the target: it stands before it, with others that fail alike. A space
    in the pattern is any blanks, for CMake breaks its lines.
    """

    pattern: str
    message: str
    hint: str


_ROWS = (
    _Row(
        _PLACE + r"'(?:[^'\n]*/)?(?P<what>Python\.h|pyconfig\.h|patchlevel\.h)' file not found",
        "the sources include `{what}`, and there is no Python to compile for",
        "an extension that speaks the TVM-FFI C ABI needs no Python: leave them out,\n"
        "or include them only where they are, `#if __has_include(<Python.h>)`",
    ),
    _Row(
        r"^(?P<file>[^\s:][^:\n]*/(?:py[a-z]+|Python)\.h):(?P<line>\d+)(?::\d+)?: (?:fatal )?"
        r"error: (?P<what>[^\n]+)",
        "the headers of a Python for this machine cannot be used: {what}",
        "an extension that speaks the TVM-FFI C ABI needs no Python: take them off the search path",
    ),
    _Row(
        r"target architecture \w+ has no LLVM CPU feature named \"(?P<what>[^\"]+)\"",
        "the flag `-m{what}` is for another processor",
        _FLAGS,
    ),
    _Row(
        r"unsupported option '(?P<what>-m[^']+)' for target",
        "the flag `{what}` is for another processor",
        _FLAGS,
    ),
    _Row(
        r"unknown (?:target )?CPU:? ['\"](?P<what>[^'\"]+)['\"]",
        "`{what}` is no processor of this target",
        _FLAGS,
    ),
    _Row(
        r"^info: available CPUs for architecture '(?P<what>[^']+)'",
        "`-march` or `-mcpu` names no processor of this target",
        _FLAGS,
    ),
    _Row(
        _PLACE + r"\"(?:This header is only meant|<arm_neon\.h> is intended only)",
        "the sources include a header for another processor",
        _GUARD,
    ),
    _Row(
        _PLACE + r"always_inline function '(?P<what>\w+)' requires target feature '(?P<more>\w+)'",
        "`{what}` needs `{more}`, which not every processor of this target has",
        _FLAGS,
    ),
    _Row(
        _PLACE + r"(?:invalid (?:input|output) constraint '(?P<what>[^']+)' in asm"
        r"|unknown register name '(?P<register>[^']+)' in asm|unrecognized instruction mnemonic"
        r"|unknown use of instruction mnemonic|invalid instruction mnemonic"
        r"|unknown token in expression|invalid operand for instruction)",
        "the assembly is for another processor",
        _GUARD,
    ),
    _Row(
        r"undefined symbol: (?P<what>tvm::ffi::[^\n]+|_+ZNK?3tvm3ffi\w+)",
        "`{what}` cannot be taken from the TVM-FFI runtime: it is C++, and an exception that comes"
        " from there ends the process, because the C++ runtime of zig is another one",
        "call it through the C ABI (`tvm::ffi::Function::GetGlobal`), or build for this machine\n"
        "with g++: the rule is FFI021",
    ),
    _Row(
        r"undefined symbol: (?P<what>_*Py[A-Z]\w*)",
        "`{what}` is Python's, and there is no Python to link with",
        "an extension that speaks the TVM-FFI C ABI needs no Python: call it through TVM-FFI,\n"
        "as a `tvm::ffi::Function` that Python hands in",
    ),
    _Row(
        r"undefined symbol: (?P<what>[^\n]+)",
        "`{what}` is used, and nothing defines it for this target",
        "add the source that defines it, or\n" + _LINK,
    ),
    _Row(
        r"unable to find (?:dynamic|static)?\s*(?:system )?library ['\"](?P<what>[^'\"]+)['\"]",
        "there is no library `{what}` for this target",
        _LINK,
    ),
    _Row(
        r"error: (?P<what>[^\s:]+) is incompatible with \S+",
        "`{what}` is a library for another system",
        _LINK,
    ),
    _Row(
        r"Could NOT find Python3? \(missing:[^)]*(?:Development|INCLUDE_DIR)",
        "the project asks for the headers of Python, and there is no Python to compile for",
        "a library that speaks the TVM-FFI C ABI needs none: ask for\n"
        "`find_package(Python COMPONENTS Interpreter)` alone, and do not include `<Python.h>`",
    ),
    _Row(
        r"(?i:try_run\(\) invoked in cross-compiling mode)",
        "the project runs a program while it is configured, and this machine cannot run one of"
        " this target",
        "give the answers: CMake's message names the variables for `cmake.define`",
    ),
    _Row(
        r"(?:Could NOT find |package configuration file provided by \"|None of the required ')"
        r"(?P<what>[\w.+-]+)",
        "the project needs `{what}`, which is not there for this target",
        _PACKAGE,
    ),
    _Row(
        r"failed to parse TBD file[^\n]*\n\s*note: while parsing (?P<what>[^\n]+)",
        "`{what}` is a library for another system",
        _LINK,
    ),
    _Row(
        r"error: (?P<what>[^\s:]+): unknown file type",
        "`{what}` is a library for another system",
        _LINK,
    ),
)


def explain_failure(error: CompileError, target: str) -> CompileError:
    """Return an error of a compiler or linker in terms of the project's files, where it is known.

    Args:
        error: what happened; its output stays.
        target: the name of the target that it happened for.
    """
    problem = explain_output(error.output, target)
    if problem is None:
        return error
    explained = CompileError.of([problem._replace(where=problem.where or error.problems[0].where)])
    explained.output = error.output
    return explained


def explain_output(output: str, target: str) -> Problem | None:
    r"""Return what a compiler's or linker's output means, if that is known.

    >>> explain_output("a.cc:3:2: error: unrecognized instruction mnemonic", "macos-arm64")[:2]
    ('the assembly is for another processor', 'a.cc:3')
    """
    found = [
        (match.start(), row, match)
        for row in _ROWS
        if (match := re.search(row.pattern.replace(" ", r"\s+"), output, re.MULTILINE))
    ]
    if not found:
        return None
    _, row, match = min(found, key=lambda one: one[0])
    words = {"target": target, **match.groupdict()}
    where = _includer(output[: match.start()]) if "file" in words else ""
    if "file" in words and not where:
        where = f"{words['file']}:{words['line']}"
    return Problem(row.message.format(**words), where, row.hint.format(**words))


def _includer(before: str) -> str:
    r"""Return the line of a source through which a header came, if one did.

    >>> _includer("In file included from src/a.cc:1:\nIn file included from x.h:2:\n")
    'src/a.cc:1'
    """
    where = ""
    for line in reversed(before.splitlines()):
        if not line.startswith("In file included from "):
            break
        where = line.removeprefix("In file included from ").rstrip(":")
    return where
