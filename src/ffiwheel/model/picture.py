"""Everything that was read from one wheel, for a page that shows it.

`workflow.picture` fills this value, and `ui.page` asks nobody else: the same value gives the same
bytes.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ffiwheel.model.binary import Binary, Symbol
    from ffiwheel.model.finding import Report
    from ffiwheel.model.platform import Reason
    from ffiwheel.model.runtime import RuntimeRange


class Origin(enum.Enum):
    """Where the loader finds a library that another one needs."""

    INSIDE = "in the wheel"
    RUNTIME = "in apache-tvm-ffi"
    CUDA = "with CUDA"
    """The driver, or a package of NVIDIA's."""
    PYTORCH = "in PyTorch"
    PYTHON = "in Python"
    SYSTEM = "in the system"
    MISSING = "not found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A file in the wheel."""

    path: str
    size: int
    """Bytes, unpacked."""
    packed: int
    """Bytes in the archive."""
    digest: str = ""
    """What `RECORD` says of it, such as `sha256=...`; empty where it says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Everything that the page shows of one wheel."""

    file_name: str
    name: str
    """Of the project; of a bare library, its file's."""
    version: str = ""
    tag: str = ""
    """The tag in the file name, such as `py3-none-manylinux_2_17_x86_64`; empty for a library."""
    size: int
    """Bytes of the file."""
    entries: tuple[Entry, ...] = ()
    """Sorted by path."""
    binaries: Mapping[str, Binary] = field(default_factory=dict)
    """By archive path."""
    symbols: Mapping[str, tuple[Symbol, ...]] = field(default_factory=dict)
    """Of those libraries that say where theirs are, by archive path."""
    origins: Mapping[str, Origin] = field(default_factory=dict)
    """Where each library that is needed and not inside is found, by the name it is asked by."""
    report: Report
    floor: str = ""
    """The lowest platform tag that is true."""
    reasons: tuple[Reason, ...] = ()
    """What forces that tag."""
    conflict: str = ""
    """Why no tag is true."""
    runtime: RuntimeRange | None = None
    """On which releases of `apache-tvm-ffi` it works; None where that is not known."""
    stubs: Mapping[str, str] = field(default_factory=dict)
    """The text of the stub of each bound module, by the module's name."""
    metadata: tuple[tuple[str, str], ...] = ()
    """The headers of `METADATA`, in their order."""

    @property
    def has_extension(self) -> bool:
        """Whether it has a library that speaks the TVM-FFI C ABI."""
        return any(binary.is_extension for binary in self.binaries.values())
