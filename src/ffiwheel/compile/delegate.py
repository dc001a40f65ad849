"""Let a project's own build backend make the wheel, from a tree that it cannot soil.

scikit-build-core leaves the source tree alone once its build folder is ours and the stub step of
the TVM-FFI guide works on a copy; other backends (setuptools writes `build/` and `*.egg-info`)
get a copy of the whole tree. If the packages that the project wants for its build are installed
here, they are used; otherwise pip puts them into a temporary environment.
"""

from __future__ import annotations

import shutil
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from build import BuildBackendException, BuildException, ProjectBuilder
from build.env import DefaultIsolatedEnv

from ffiwheel.compile.cmake import (
    cmake_folder,
    compiler_environment,
    definitions,
    forget_stubs,
)
from ffiwheel.compile.exports import render_export_map
from ffiwheel.compile.hook import hook_runner
from ffiwheel.errors import CompileError, FfiwheelError
from ffiwheel.system.environment import appended
from ffiwheel.system.files import make_private_folder, write_if_changed
from ffiwheel.system.git import ask_git_for_files
from ffiwheel.system.process import ChildFailed, output_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pyproject_hooks import SubprocessRunner

    from ffiwheel.compile.job import Job
    from ffiwheel.model.progress import Step

CMAKE_BACKEND = "scikit_build_core.build"
_NEVER_COPIED = shutil.ignore_patterns(
    "build", "dist", "*.egg-info", "__pycache__", ".venv", "venv"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked of another backend."""

    job: Job
    backend: str
    kind: Literal["wheel", "sdist"]
    """`wheel` or `sdist`, the words of PEP 517."""
    exports: tuple[str, ...] | None
    """The export list to force on extensions of a CMake project, or None."""

    @property
    def uses_cmake(self) -> bool:
        """Whether the backend is scikit-build-core."""
        return self.backend == CMAKE_BACKEND


def delegate(order: Order, step: Step) -> Path:
    """Return the wheel or sdist that the project's backend makes, in the build folder.

    Raises:
        CompileError: if the backend fails or cannot be had.
        ProjectError: if it cannot compile for the target.
    """
    made = make_private_folder(order.job.folder) / order.kind
    shutil.rmtree(made, ignore_errors=True)
    forget_stubs(order.job)
    source = order.job.root if order.uses_cmake else copy_tree(order.job)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # the hook's, which its log has as well
            return _build(order, source, made, step)
    except BuildBackendException as error:
        if isinstance(error.exception, FfiwheelError):
            raise error.exception from None
        raise CompileError(str(error), where=str(order.job.root)) from error
    except ChildFailed as error:
        raise CompileError(
            "what the project requires for its build cannot be installed",
            where=f"build-system.requires in {order.job.root / 'pyproject.toml'}",
            hint="correct the requirement, or install it here first",
            output=output_of(error),
        ) from error
    except BuildException as error:
        raise CompileError(str(error), where=str(order.job.root / "pyproject.toml")) from error


def _build(order: Order, source: Path, made: Path, step: Step) -> Path:
    settings = config_settings(order)
    here = ProjectBuilder(source, runner=_runner(order, source, step))
    if not here.check_dependencies(order.kind, settings):
        return Path(here.build(order.kind, made, settings))
    with DefaultIsolatedEnv() as isolated:
        runner = _runner(order, source, step, Path(isolated.path).resolve())
        builder = ProjectBuilder.from_isolated_env(isolated, source, runner)
        isolated.install(builder.build_system_requires)
        isolated.install(builder.get_requires_for_build(order.kind, settings))
        return Path(builder.build(order.kind, made, settings))


def _runner(order: Order, source: Path, step: Step, *temporary: Path) -> SubprocessRunner:
    maps = [(source, "."), *((folder, "environment") for folder in temporary)]
    env = {**compiler_environment(order.job), **linking_environment(order, maps)}
    failure = f"the build backend `{order.backend}` failed"
    return hook_runner(step, root=source, failure=failure, env=env)


def config_settings(order: Order) -> Mapping[str, str]:
    """Return the PEP 517 settings that bring our linking rules into scikit-build-core's build."""
    if not order.uses_cmake or order.kind == "sdist":
        return {}
    settings = {"build-dir": str(cmake_folder(order.job, order.exports))}
    if order.job.debug:
        settings |= {"cmake.build-type": "Debug", "install.strip": "false"}
    defines = definitions(order.job, order.exports)
    return settings | {f"cmake.define.{name}": value for name, value in defines.items()}


def linking_environment(order: Order, prefixes: Iterable[tuple[Path, str]]) -> dict[str, str]:
    """Return the compiler variables that bring our linking rules into a setuptools build.

    Args:
        order: what is built.
        prefixes: folders whose names must not get into the binary, and what stands for them.
    """
    if order.uses_cmake:
        return {}
    gcc_only = ["-fno-gnu-unique"] if order.job.compiler.family == "gcc" else []
    known = [*prefixes, (order.job.runtime.root, "tvm_ffi")]
    maps = [f"-ffile-prefix-map={folder}={name}" for folder, name in known]
    define = "-DTVM_FFI_DLL_EXPORT_INCLUDE_METADATA=1"
    strip = [] if order.job.debug else ["-s"]
    flags = [*gcc_only, *maps, define]
    exported: list[str] = []
    if order.exports is not None:
        listed = order.job.folder / "exports.map"
        write_if_changed(listed, render_export_map(order.exports).encode())
        exported = [f"-Wl,--version-script={listed}"]
    return appended(
        CFLAGS=flags, CXXFLAGS=flags, LDFLAGS=["-Wl,-z,now", "-Wl,-z,relro", *exported, *strip]
    )


def copy_tree(job: Job) -> Path:
    """Copy what git knows of the project, and its repository, into the build folder."""
    copy = job.folder / "source"
    shutil.rmtree(copy, ignore_errors=True)
    tracked = ask_git_for_files(job.root, "--cached", "--recurse-submodules")
    if not (job.root / ".git").exists() or not tracked:
        shutil.copytree(job.root, copy, ignore=_NEVER_COPIED, symlinks=True)
        return copy
    for name in [*tracked, *ask_git_for_files(job.root, "--others", "--exclude-standard")]:
        source = job.root / name
        if source.is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy / name, follow_symlinks=False)
    repository = job.root / ".git"
    if repository.is_dir():
        shutil.copytree(repository, copy / ".git", symlinks=True)
    else:
        shutil.copy2(repository, copy / ".git")
    return copy
