"""The C++ compiler for another system: the user's choice for it, else zig's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.errors import MissingToolError
from ffiwheel.system.environment import compiler_choice_for
from ffiwheel.system.process import query
from ffiwheel.toolchain.native import describe_compiler
from ffiwheel.toolchain.targets import names_of
from ffiwheel.toolchain.zig import find_zig_for

if TYPE_CHECKING:
    from ffiwheel.model.target import Target
    from ffiwheel.model.toolchain import Compiler

_ARCHES = {"amd64": "x86_64", "arm64": "aarch64"}
_SYSTEMS = {
    "linux": "linux",
    "mingw": "windows",
    "windows": "windows",
    "darwin": "macos",
    "macos": "macos",
}
_C_COMPILERS = (("clang++", "clang"), ("g++", "gcc"), ("c++", "cc"))


def find_cross_compiler(target: Target) -> Compiler:
    """Return the compiler to build with for a target that is not `native`.

    `CXX_<target>` decides, with `CC_<target>` beside it, such as
    `CXX_linux_aarch64="aarch64-linux-gnu-g++"`; then zig.

    Raises:
        MissingToolError: if there is none, or the chosen one is for another system.
    """
    variable, cxx, cc = compiler_choice_for(names_of(target))
    if not variable:
        return find_zig_for(target)
    compiler = describe_compiler(variable, cxx, cc or name_c_compiler(cxx))
    machine = (query((*compiler.cxx, "-dumpmachine")) or "").strip()
    if said := explain_machine(machine, target):
        raise MissingToolError(
            f"`{cxx}` {said}",
            where=variable,
            hint=f"name a compiler for {target.name}, or unset {variable} to use zig",
        )
    return compiler


def name_c_compiler(cxx: str) -> str:
    """Return the C compiler of the same make as a C++ compiler, with the same options.

    >>> name_c_compiler("/opt/bin/aarch64-linux-gnu-g++-12 --sysroot=/c++")
    '/opt/bin/aarch64-linux-gnu-gcc-12 --sysroot=/c++'
    """
    program, *options = cxx.split(" ")
    folder, name = Path(program).parent, Path(program).name
    for plus, plain in _C_COMPILERS:
        if plus in name:
            beside = name.replace(plus, plain)
            path = str(folder / beside) if "/" in program else beside
            return " ".join([path, *options])
    return cxx


def explain_machine(machine: str, target: Target) -> str:
    """Return why a compiler that answers `-dumpmachine` so is none for `target`; empty if it is.

    >>> from ffiwheel.toolchain.targets import parse_target
    >>> arm = parse_target("linux-aarch64", {})
    >>> explain_machine("aarch64-linux-gnu", arm), explain_machine("x86_64-linux-gnu", arm)
    ('', 'compiles for x86_64-linux-gnu, not for linux-aarch64')
    """
    arch, _, rest = machine.partition("-")
    system = next((ours for word, ours in _SYSTEMS.items() if word in rest), "")
    is_musl = "musl" in rest
    wanted = _ARCHES.get(target.arch, target.arch)
    fits_libc = target.system != "linux" or is_musl == (target.libc == "musl")
    if _ARCHES.get(arch, arch) == wanted and system == target.system and fits_libc:
        return ""
    if not machine:
        return f"does not say what it compiles for, so it may not be {target.name}"
    return f"compiles for {machine}, not for {target.name}"
