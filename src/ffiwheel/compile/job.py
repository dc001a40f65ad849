"""What every engine is given."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ffiwheel.model.overlay import Overlay
    from ffiwheel.model.target import Target
    from ffiwheel.model.toolchain import Compiler, Launcher, Runtime

CMAKE_DATA = Path(__file__).parent / "data" / "cmake"
"""Our CMake packages: `ffiwheel`, and `tvm_ffi` that stands in for the runtime's own."""

HEADERS_SOURCE = CMAKE_DATA / "ffiwheel" / "headers.cc.in"
"""The source, but for the version, that records which TVM-FFI headers a library is made with."""


ACCELERATOR = Path(__file__).parent / "data" / "accelerator" / "accelerator.cc"
"""The source that calls functions from Python."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One compilation: from where, to where, with what."""

    root: Path
    """The project's folder, which is only read."""
    folder: Path
    """The build folder, kept between builds."""
    target: Target
    runtime: Runtime
    """The TVM-FFI release of the target."""
    compiler: Compiler
    debug: bool
    """Whether to keep symbols and leave optimisation out."""
    verbose: bool = False
    share: int = 0
    """How many compilers it may run at once; 0 if nothing else is built beside it."""
    launcher: Launcher | None = None
    """What starts the compiler, if that is not Ninja itself."""
    accelerate: bool = False
    """Whether libraries get what calls their functions from Python."""
    overlay: Overlay | None = None
    """The files that state the version, where the project wants some."""

    @property
    def prefix_maps(self) -> tuple[tuple[Path, str], ...]:
        """Folders whose names must not get into the binary, and what stands for them.

        The runtime comes last: compilers take the last map that fits, and a virtual environment
        may lie inside the project.
        """
        return ((self.root, "."), (self.folder, "build"), (self.runtime.root, "tvm_ffi"))
