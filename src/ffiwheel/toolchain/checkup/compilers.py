"""Are there compilers for C++, C and CUDA, and do they compile?"""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.errors import MissingToolError
from ffiwheel.model.tool import Fault, Tool
from ffiwheel.system.process import impatient, run
from ffiwheel.toolchain.checkup.ask import (
    SECONDS,
    check_program,
    explain_silence,
    find_on_path,
    install_command,
    last_line,
)
from ffiwheel.toolchain.cuda import find_nvcc
from ffiwheel.toolchain.native import (
    find_compiler,
    find_linker,
    has_compiler,
    parse_compiler_version,
)
from ffiwheel.toolchain.zig import find_zig

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ffiwheel.model.toolchain import Compiler
    from ffiwheel.system.process import Completed

CXX, C, NVCC = "C++ compiler", "C compiler", "nvcc"
_CXX = Tool(group="compilers", name=CXX, purpose="compiles and links the library")
_C = Tool(group="compilers", name=C, purpose="compiles C in CMake projects")
_NVCC = Tool(group="compilers", name=NVCC, purpose="compiles CUDA")
_TRIAL = """\
#include <string>
extern "C" int ffiwheel_trial() { return static_cast<int>(std::string("trial").size()); }
"""
_CUDA_TRIAL = "__global__ void trial() {}\n"


def check_compilers() -> tuple[Tool, ...]:
    """Look at the compilers for this machine: those that a build would take."""
    started = time.monotonic()
    zig = find_zig()
    if zig and not has_compiler():  # asking zig for a compiler would copy its sources
        stands_in = replace(_CXX, detail="zig, for there is no other")
        return (check_program(stands_in, zig, "pip install 'ffiwheel[zig]'", ("version",)),)
    try:
        with impatient(SECONDS):
            compiler = find_compiler()
            linker = find_linker(compiler)
    except MissingToolError as error:
        problem = error.problems[0]
        if time.monotonic() - started >= SECONDS:
            return (_CXX.with_trouble(*explain_silence([problem.message.split("`")[1]])),)
        fault = Fault.BROKEN if has_compiler() else Fault.MISSING
        return (_CXX.with_trouble(fault, problem.message, problem.hint),)
    detail = f"links with {linker.name} {linker.version}" if linker else ""
    found = replace(_CXX, version=compiler.label, path=Path(compiler.cxx[0]), detail=detail)
    return (_try_cxx(found, compiler), _check_c(compiler))


def _try_cxx(found: Tool, compiler: Compiler) -> Tool:
    """Let it make a small library: one that only says its version may lack headers or a linker."""
    done = _try("trial.cc", _TRIAL, [*compiler.cxx, "-std=c++17", "-shared", "-fPIC", "-o", "made"])
    if done.timed_out:
        return found.with_trouble(*explain_silence(compiler.cxx))
    if not done.code:
        return found
    message = f"it cannot make a library of one line: {_first_error(done)}"
    return found.with_trouble(Fault.BROKEN, message, install_command("build-essential"))


def _try(name: str, source: str, command: Sequence[str | Path]) -> Completed:
    with tempfile.TemporaryDirectory(prefix="ffiwheel-") as folder:
        (Path(folder) / name).write_text(source, encoding="utf-8")
        return run([*command, name], cwd=Path(folder), timeout=SECONDS)


def _first_error(done: Completed) -> str:
    said = next((line for line in done.lines if "error" in line.lower()), "")
    return said.strip() or last_line(done.lines) or done.ending


def _check_c(compiler: Compiler) -> Tool:
    if compiler.cc == compiler.cxx:
        path = Path(compiler.cc[0])
        return replace(_C, path=path, version=compiler.label, detail="the C++ compiler")
    program, options = Path(compiler.cc[0]), (*compiler.cc[1:], "--version")
    return check_program(_C, program, install_command("gcc"), options, _name_c_version)


def _name_c_version(said: str) -> str:
    return parse_compiler_version(said)[1].replace("g++", "gcc")


def check_nvcc(*, is_needed: bool) -> tuple[Tool, ...]:
    """Look at the CUDA compiler; where it is needed, also whether it takes the C++ compiler."""
    started = time.monotonic()
    try:
        with impatient(SECONDS):
            nvcc = find_nvcc()
    except MissingToolError as error:
        problem = error.problems[0]
        if time.monotonic() - started >= SECONDS:
            return (_NVCC.with_trouble(*explain_silence(["nvcc", "--version"])),)
        if problem.where == "CUDACXX":
            return (_NVCC.with_trouble(Fault.BROKEN, problem.message, problem.hint),)
        return (check_program(_NVCC, find_on_path("nvcc"), problem.hint),)
    found = replace(_NVCC, version=nvcc.label.removeprefix("nvcc "), path=nvcc.nvcc)
    return (_try_cuda(found) if is_needed else found,)


def _try_cuda(found: Tool) -> Tool:
    """Let it read a file with the C++ compiler: it refuses those that are too new for it."""
    try:
        with impatient(SECONDS):
            cxx = find_compiler().cxx
    except MissingToolError:
        return found
    done = _try("trial.cu", _CUDA_TRIAL, [str(found.path), "-E", "-o", "made", "-ccbin", cxx[0]])
    if not done.code:
        return found
    message = f"it does not work with {cxx[0]}: {_first_error(done)}"
    fix = "set CXX to a compiler that this release of CUDA takes, such as CXX=g++-12"
    return found.with_trouble(Fault.BROKEN, message, fix)
