"""A build of plain sources, before anything is done."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ffiwheel.compile.job import Job
    from ffiwheel.config.schema import CompileTable
    from ffiwheel.model.toolchain import CudaCompiler


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
    def host_compiler(self) -> Path:
        """The C++ compiler as nvcc wants it: one program."""
        cxx = self.job.compiler.cxx
        return Path(cxx[0]) if len(cxx) == 1 else self.job.folder / "tools" / "c++"

    @property
    def runtime_folder(self) -> str:
        """Where the runtime's library lies once both are installed, from this library's folder.

        Loaders look there that do not take a library for one of the same name that is loaded.
        """
        up = "/".join(".." for _ in PurePosixPath(self.library).parent.parts)
        return f"{up}/tvm_ffi/lib"


def shown(root: Path, path: Path) -> str:
    """Return a path as the compiler is to see it: relative to the project where it lies inside."""
    return str(path.relative_to(root) if path.is_relative_to(root) else path)
