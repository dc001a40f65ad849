"""The engine for projects with a `CMakeLists.txt`, driven by scikit-build-core.

We hand scikit-build-core a small project of our own making that lies in the build folder: it has
the real name and version, the user's `[tool.scikit-build]`, and points at the real CMake sources.
What its wheel contains are the files that CMake installs, and nothing else.
"""

from __future__ import annotations

import hashlib
import shlex
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import tomli_w
from pyproject_hooks import BuildBackendHookCaller

from ffiwheel.compile.hook import hook_runner
from ffiwheel.compile.inputs import read_inputs
from ffiwheel.compile.job import ACCELERATOR, CMAKE_DATA, Job
from ffiwheel.compile.share import find_share
from ffiwheel.compile.toolchain_file import (
    plan_programs,
    toolchain_definitions,
    tools_folder,
    write_toolchain,
)
from ffiwheel.config.decode import subtable
from ffiwheel.errors import ProjectError
from ffiwheel.model.compiled import Compiled
from ffiwheel.model.provenance import Part, part_of
from ffiwheel.system.environment import is_set
from ffiwheel.system.files import make_private_folder, write_if_changed
from ffiwheel.system.foreign_zip import extract_zip

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ffiwheel.model.progress import Step
    from ffiwheel.model.version import Version

T = TypeVar("T")

_BACKEND = "scikit_build_core.build"


@dataclass(frozen=True, slots=True, kw_only=True)
class CMakePlan:
    """A build of a project with a `CMakeLists.txt`."""

    job: Job
    name: str
    version: Version
    settings: Mapping[str, object]
    """The user's table `[tool.scikit-build]`."""
    exports: tuple[str, ...] | None
    """The export list to force on extensions, or None to leave them alone."""


def compile_cmake(plan: CMakePlan, step: Step) -> Compiled:
    """Configure, build and install the CMake project.

    Raises:
        CompileError: with the compiler's lines, or CMake's.
        ProjectError: if it installs no file.
    """
    folder = make_private_folder(plan.job.folder)
    stage = folder / "stage"
    stage.mkdir(exist_ok=True)
    write_if_changed(stage / "pyproject.toml", tomli_w.dumps(stage_project(plan)).encode())
    env = compiler_environment(plan.job)
    forget_stubs(plan.job)
    failure = "CMake could not build the project"
    runner = hook_runner(step, root=plan.job.root, failure=failure, env=env)
    hooks = BuildBackendHookCaller(str(stage), _BACKEND, runner=runner)
    wheel = stage / hooks.build_wheel(str(stage))
    installed = _unpack(wheel, folder / "installed")
    if not installed:
        raise ProjectError(
            "the CMake project installs no file",
            where=str(plan.job.root / "CMakeLists.txt"),
            hint="add `install(TARGETS ... DESTINATION <package>)`,\n"
            "or use `ffiwheel_add_extension`",
        )
    return Compiled(
        files=installed,
        tools=(Part("CMake"), part_of(plan.job.compiler.label)),
        sources=read_cmake_inputs(plan.job, plan.exports),
    )


def stage_project(plan: CMakePlan) -> dict[str, object]:
    """Return the `pyproject.toml` of the project that scikit-build-core gets to see."""
    cmake = dict(subtable(plan.settings, "cmake"))
    cmake["source-dir"] = str(plan.job.root / str(cmake.get("source-dir", ".")))
    cmake["define"] = {
        **subtable(cmake, "define"),
        **definitions(plan.job, plan.exports),
        "FFIWHEEL_PROJECT_VERSION": plan.version.full,  # for ffiwheel_version()
    }
    install = dict(subtable(plan.settings, "install"))
    if plan.job.debug:
        cmake["build-type"] = "Debug"
        install["strip"] = False
    wheel = {
        **subtable(plan.settings, "wheel"),
        "packages": [],
        "license-files": [],
        "py-api": "py3",
    }
    settings = {
        **plan.settings,
        "cmake": cmake,
        "install": install,
        "wheel": wheel,
        "build-dir": str(cmake_folder(plan.job, plan.exports)),
    }
    return {
        "build-system": {"requires": [], "build-backend": _BACKEND},
        "project": {"name": plan.name, "version": plan.version.for_wheel},
        "tool": {"scikit-build": settings},
    }


def definitions(job: Job, exports: tuple[str, ...] | None) -> dict[str, str]:
    """Return the CMake variables that make `find_package(tvm_ffi)` and `(ffiwheel)` find ours."""
    tools = toolchain_definitions(job)
    emitted = {"FFIWHEEL_VERSION_DIR": str(job.overlay.folder)} if job.overlay else {}
    added = {"FFIWHEEL_ACCELERATOR": str(ACCELERATOR)} if job.accelerate else {}
    # zig links the C++ library into each extension, and no other one may ever see it.
    is_forced = exports is not None or job.compiler.family == "zig"
    forced = {"FFIWHEEL_EXPORTS": ";".join(exports or ())} if is_forced else {}
    if job.target.is_native and job.compiler.family == "zig":
        folder = tools_folder(job)
        tools = {
            f"CMAKE_{name.upper()}": str(folder / name) for name, _ in job.compiler.archive_tools
        }
        if not job.debug:  # there may be no `strip` to call
            tools["CMAKE_SHARED_LINKER_FLAGS_RELEASE"] = "-s"
    # CMake would link with the build folder's path and blank it when it installs, and the length
    # of the gap would depend on the folder.
    return {
        "CMAKE_BUILD_WITH_INSTALL_RPATH": "ON",
        "CMAKE_EXPORT_COMPILE_COMMANDS": "ON",
        "tvm_ffi_DIR": str(CMAKE_DATA / "tvm_ffi"),
        "ffiwheel_DIR": str(CMAKE_DATA / "ffiwheel"),
        "FFIWHEEL_TVM_FFI_INCLUDE_DIRS": str(job.runtime.include_dir),
        "FFIWHEEL_TVM_FFI_LIBRARY": str(job.runtime.library),
        "FFIWHEEL_TVM_FFI_CMAKE_DIR": str(job.runtime.cmake_dir),
        "FFIWHEEL_TVM_FFI_VERSION": job.runtime.version,
        "FFIWHEEL_PROJECT_DIR": str(job.root),
        "FFIWHEEL_STUB_ROOT": str(stub_root(job)),
        **emitted,
        **added,
        **tools,
        **forced,
    }


def cmake_folder(job: Job, exports: tuple[str, ...] | None) -> Path:
    """Return CMake's build folder: another one for whatever its cache would keep for ever."""
    launcher = job.launcher.name if job.launcher else ""
    told = (
        *(job.compiler.cc, job.compiler.cxx, exports is None, plan_programs(job), launcher),
        job.accelerate,
    )
    kept = repr(told)
    return job.folder / f"cmake-{hashlib.sha256(kept.encode()).hexdigest()[:8]}"


def read_cmake_inputs(job: Job, exports: tuple[str, ...] | None) -> dict[str, Path]:
    """Return path from the project's folder -> file of each that CMake had compiled by Ninja."""
    folder = cmake_folder(job, exports)
    return read_inputs(job, folder / "build.ninja", folder)


def forget_stubs(job: Job) -> None:
    """Remove the notes on stubs that an earlier build left; configuring writes the valid ones."""
    for note in stub_root(job).glob("*/stub.json"):
        note.unlink()


def stub_root(job: Job) -> Path:
    """Return where our stand-in for `tvm_ffi` keeps the copies that the stub step edits."""
    return job.folder / "stubs"


def compiler_environment(job: Job) -> dict[str, str]:
    """Return what another build system is told, and write the programs that this names.

    It is `CC` and `CXX`; what starts them, which only CMake hears; and how many it may start where
    there are other builds beside it, or little memory.
    """
    write_toolchain(job)
    number = find_share(job)
    more = {"CMAKE_BUILD_PARALLEL_LEVEL": str(number)} if number else {}
    more |= launcher_variables(job)
    if not plan_programs(job):
        return {"CC": shlex.join(job.compiler.cc), "CXX": shlex.join(job.compiler.cxx), **more}
    return {"CC": str(tools_folder(job) / "cc"), "CXX": str(tools_folder(job) / "c++"), **more}


def launcher_variables(job: Job) -> dict[str, str]:
    """Return what CMake is told of a launcher, where the user has not told it already."""
    if not job.launcher or not job.launcher.name:
        return {}
    names = (f"CMAKE_{language}_COMPILER_LAUNCHER" for language in ("C", "CXX"))
    return {name: job.launcher.name for name in names if not is_set(name)}


def _unpack(wheel: Path, folder: Path) -> dict[str, Path]:
    """Unpack everything but the metadata of `wheel` into `folder`."""
    shutil.rmtree(folder, ignore_errors=True)
    files = extract_zip(wheel, folder)
    kept = {name: file for name, file in files.items() if ".dist-info/" not in name}
    return without_import_libraries(kept)


def without_import_libraries(files: Mapping[str, T]) -> dict[str, T]:
    """Return archive path -> content without what CMake installs beside each DLL for linking."""
    return {name: content for name, content in files.items() if not name.endswith(".dll.a")}
