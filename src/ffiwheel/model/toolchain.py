"""The programs and files that a compile step works with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiler:
    """A C and C++ compiler that also links."""

    family: Literal["gcc", "clang", "zig"]
    label: str
    """Its name and version for people, such as `g++ 12.2`."""
    cc: tuple[str, ...]
    """The command that compiles C."""
    cxx: tuple[str, ...]
    """The command that compiles and links C++."""
    archive_tools: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Commands for `ar` and `ranlib` where the system's own will not do."""
    link: tuple[str, ...] = ()
    """What makes it link with a faster linker than its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Launcher:
    """A program that starts compilers: a cache, or what hands work to other machines."""

    name: str
    """Its name, by which it is found on the search path; empty if the compiler's command has it."""
    header_variables: Mapping[str, str] | None = None
    """The variables that it needs where a precompiled header is used; None if it cannot take such
    a header."""
    slots: int = 0
    """How many compilers its machines can run at once, all together; 0 if it does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CudaCompiler:
    """The CUDA compiler."""

    nvcc: Path
    label: str
    """Its name and version for people, such as `nvcc 13.0`."""
    include_dirs: tuple[Path, ...]
    """Its headers, for C++ files that call the CUDA runtime."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """The `apache-tvm-ffi` release that is compiled against."""

    version: str
    root: Path
    """The folder of the Python package `tvm_ffi`."""
    library: Path
    """`libtvm_ffi`, which the extension links to and never contains."""

    @property
    def include_dir(self) -> Path:
        """Headers of TVM-FFI and of DLPack."""
        return self.root / "include"

    @property
    def cmake_dir(self) -> Path:
        """Its own CMake package."""
        return self.root / "share" / "cmake" / "tvm_ffi"
