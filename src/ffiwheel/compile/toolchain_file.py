"""The toolchain file: what CMake is told about a target that is not this machine.

CMake wants programs, not commands with arguments, so compilers become small programs in the build
folder. What a target needs of every compilation is in these programs and not in `CMAKE_CXX_FLAGS`,
which belongs to the project. Programs are found on this machine; libraries, headers and packages
only inside the project and the build folder.

https://cmake.org/cmake/help/latest/manual/cmake-toolchains.7.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ffiwheel.compile.flags import target_flags
from ffiwheel.compile.safe_calls import safe_call_flags, write_safe_calls
from ffiwheel.model.binary import Format
from ffiwheel.system.files import write_if_changed
from ffiwheel.system.machine import loads_here
from ffiwheel.system.program import write_program

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ffiwheel.compile.job import Job
    from ffiwheel.model.target import Target

_SYSTEMS = {"linux": "Linux", "macos": "Darwin", "windows": "Windows"}
_PROCESSORS = {("windows", "amd64"): "AMD64", ("windows", "arm64"): "ARM64"}
"""The processors that CMake calls otherwise than platform tags do."""

_NO_INSTALL_NAME_TOOL = (
    "echo 'the names and paths in a library of macOS cannot be changed here:"
    " set CMAKE_BUILD_WITH_INSTALL_RPATH' >&2; exit 1"
)


def write_toolchain(job: Job) -> None:
    """Write the programs that another build system compiles with, and the toolchain file."""
    write_safe_calls(job)
    for name, command in plan_programs(job).items():
        write_program(tools_folder(job) / name, command)
    if not job.target.is_native:
        write_if_changed(toolchain_file(job), render_toolchain(job).encode())


def tools_folder(job: Job) -> Path:
    """Return the folder of the programs."""
    return job.folder / "tools"


def toolchain_file(job: Job) -> Path:
    """Return the place of the toolchain file."""
    return job.folder / "toolchain.cmake"


def plan_programs(job: Job) -> Mapping[str, tuple[str, ...]]:
    """Return program -> command of what stands for the compiler of a job and its tools.

    There is none for a compiler of this machine, which is a program already.
    """
    target, compiler = job.target, job.compiler
    if target.is_native and compiler.family != "zig":
        return {}
    flags = (*([] if target.is_native else _compiler_options(job)), *safe_call_flags(job))
    programs = {
        "cc": (*compiler.cc, *flags),
        "c++": (*compiler.cxx, *flags),
        **dict(compiler.archive_tools),
    }
    if target.is_native:
        return programs
    programs["strip"] = ("true",)  # the linker does it, for systems that `strip` does not know
    if target.format is Format.PE:
        programs["rc"] = (compiler.cc[0], "rc")
    if target.format is Format.MACHO:
        programs["install_name_tool"] = ("sh", "-c", _NO_INSTALL_NAME_TOOL)
    return programs


def _compiler_options(job: Job) -> list[str]:
    """Return what comes first in each command of the compiler, so that a project can override it.

    zig makes one C++ library for commands with symbols and another for those without, and CMake
    links a program as soon as it wants to know which compiler it has: so all are without, and with
    the level that the others of a release have. It links programs for musl with the whole of musl,
    and would have to make that first; `-dynamic` lets it be.
    """
    if job.compiler.family != "zig":
        return target_flags(job.target)
    level = [] if job.debug else ["-O2", "-s"]
    dynamic = ["-dynamic"] if job.target.libc == "musl" else []
    return [*level, *dynamic, "-fno-sanitize=all", *target_flags(job.target)]


def render_toolchain(job: Job) -> str:
    """Return the toolchain file of a job for another system than this machine's."""
    target, nowhere = job.target, job.folder / "root"
    named = _PROCESSORS.get((target.system, target.arch), target.arch)
    roots = " ".join(_quote(folder) for folder in (nowhere, job.root, job.folder, job.runtime.root))
    lines = [
        f"# How CMake builds for {target.name}.",
        f"set(CMAKE_SYSTEM_NAME {_SYSTEMS[target.system]})",
        f"set(CMAKE_SYSTEM_PROCESSOR {named})",
        *_compiler_lines(job),
        "",
        "# Of this machine programs are found, and nothing else.",
        f"set(CMAKE_FIND_ROOT_PATH {roots})",
        "set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)",
        "set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)",
        "set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)",
        "set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)",
        f"set(ENV{{PKG_CONFIG_LIBDIR}} {_quote(nowhere / 'lib' / 'pkgconfig')})",
        "# scikit-build-core names what belongs to the Python that it runs in.",
        "foreach (name IN ITEMS Python Python3 PYTHON)",
        "  unset(${name}_INCLUDE_DIR CACHE)",
        "  unset(${name}_LIBRARY CACHE)",
        "  unset(${name}_NumPy_INCLUDE_DIR CACHE)",
        "endforeach ()",
        *_system_lines(target),
        "",
        "# For the packages of ffiwheel.",
        f"set(FFIWHEEL_TARGET_LIBC {target.libc})",
        f"set(FFIWHEEL_LOADS_HERE {'ON' if loads_here(target) else 'OFF'})",
    ]
    return "\n".join([*lines, ""])


_VARIABLES = {
    "cc": "CMAKE_C_COMPILER",
    "c++": "CMAKE_CXX_COMPILER",
    "rc": "CMAKE_RC_COMPILER",
}
"""The variables of CMake that name programs, where they are not called as these are."""


def _compiler_lines(job: Job) -> list[str]:
    """Return what names the programs."""
    return [
        f"set({_VARIABLES.get(name, f'CMAKE_{name.upper()}')} {_quote(tools_folder(job) / name)})"
        for name in plan_programs(job)
    ]


def _system_lines(target: Target) -> list[str]:
    """Return what CMake has to be told of one system only."""
    if target.format is not Format.MACHO:
        return []
    return [
        "",
        "# There is no SDK: the compiler has headers of its own.",
        'set(CMAKE_OSX_SYSROOT "" CACHE STRING "")',
        f'set(CMAKE_OSX_DEPLOYMENT_TARGET "{target.minimum}" CACHE STRING "")',
    ]


def toolchain_definitions(job: Job) -> dict[str, str]:
    """Return the CMake variable that brings the toolchain of a target into a build."""
    return {} if job.target.is_native else {"CMAKE_TOOLCHAIN_FILE": str(toolchain_file(job))}


def _quote(path: Path) -> str:
    """Return a path as CMake reads it."""
    escaped = re.sub(r'([\\"$])', r"\\\1", str(path))
    return f'"{escaped}"'
