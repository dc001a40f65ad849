"""A build of plain sources, before anything is done."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ffiwheel.compile.job import ACCELERATOR
from ffiwheel.compile.sources import CUDA_SUFFIX
from ffiwheel.compile.units import plan_units

if TYPE_CHECKING:
    from ffiwheel.compile.job import Job
    from ffiwheel.compile.precompiled import Precompiled
    from ffiwheel.compile.units import Unit
    from ffiwheel.config.schema import CompileTable
    from ffiwheel.model.toolchain import Compiler, CudaCompiler

CUDA_DATA = Path(__file__).parent / "data" / "cuda"
"""Sources of ours for device code that is compiled once for all targets."""

EMBED = CUDA_DATA / "embed.S"
"""What turns a fatbin into an object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernels:
    """Device code, which is the same for every target and compiled once for all of them."""

    sources: tuple[Path, ...]
    folder: Path
    """Where it is made."""
    host: Compiler
    """The C++ compiler of this machine, which nvcc starts to read the sources."""

    @property
    def file(self) -> Path:
        """The file for Ninja that makes it."""
        return self.folder / "kernels.ninja"

    def fatbin(self, source: Path) -> Path:
        """Return what a source is compiled into."""
        return self.folder / f"{source.stem}.fatbin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A build of plain sources."""

    job: Job
    sources: tuple[Path, ...]
    library: str
    """The archive path of the library, such as `hello/libhello.so`."""
    table: CompileTable
    exports: tuple[str, ...]
    """Symbols that leave the library besides `__tvm_ffi_*`."""
    cuda: CudaCompiler | None
    """The CUDA compiler, where there is something for it to compile."""
    kernels: Kernels | None = None
    precompiled: Precompiled | None = None
    """The header that is compiled before the sources, where that is worth it."""

    @property
    def units(self) -> tuple[Unit, ...]:
        """What the compiler is given of the project."""
        return tuple(plan_units(self.sources, self.unity_folder if self.table.unity else None))

    @property
    def unity_folder(self) -> Path:
        """Where the files are made that include several sources."""
        return self.job.folder / "unity"

    @property
    def header(self) -> Path:
        """The text of the precompiled header."""
        return self.job.folder / "precompiled" / "headers.h"

    @property
    def compiled_header(self) -> Path:
        """The precompiled header itself, where g++ looks for it."""
        return self.header.with_name("headers.h.gch")

    @property
    def built(self) -> Path:
        """The library in the build folder."""
        return self.job.folder / Path(self.library).name

    @property
    def export_map(self) -> Path:
        """The linker's list of the symbols that leave the library."""
        return self.job.folder / "exports.map"

    @property
    def headers_source(self) -> Path:
        """A source of ours: it records the version of the TVM-FFI headers in the library."""
        return self.job.folder / "headers.cc"

    @property
    def links_cuda(self) -> bool:
        """Whether nvcc links, because it compiles C++ and device code in one."""
        return any(source.suffix == CUDA_SUFFIX for source in self.sources)

    @property
    def own_sources(self) -> tuple[Path, ...]:
        """The sources of ours that are compiled besides those of the project."""
        names = [path.name for path in given_sources(self)]
        return (self.headers_source, *(self.job.folder / name for name in names))

    @property
    def host_compiler(self) -> Path:
        """The C++ compiler as nvcc wants it."""
        return one_program(self.job.compiler, self.job.folder)

    @property
    def runtime_folder(self) -> str:
        """Where the runtime's library lies once both are installed, from this library's folder.

        Loaders look there that do not take a library for one of the same name that is loaded.
        """
        up = "/".join(".." for _ in PurePosixPath(self.library).parent.parts)
        return f"{up}/tvm_ffi/lib"


def given_sources(plan: Plan) -> tuple[Path, ...]:
    """Return the sources of ours that are compiled as we have them."""
    return (*([ACCELERATOR] if plan.job.accelerate else []), *_driver_sources(plan))


def _driver_sources(plan: Plan) -> tuple[Path, ...]:
    """Return what looks up the CUDA driver at run time, as we have it.

    Where nvcc links, it links the CUDA runtime itself.
    """
    if not plan.kernels:
        return ()
    return (CUDA_DATA / "driver.cc", *(() if plan.links_cuda else (CUDA_DATA / "runtime.cc",)))


def one_program(compiler: Compiler, folder: Path) -> Path:
    """Return a C++ compiler as nvcc wants it: one program, perhaps one to be made in `folder`."""
    return Path(compiler.cxx[0]) if len(compiler.cxx) == 1 else folder / "tools" / "c++"


def shown(root: Path, path: Path) -> str:
    """Return a path as the compiler is to see it: relative to the project where it lies inside."""
    return str(path.relative_to(root) if path.is_relative_to(root) else path)
