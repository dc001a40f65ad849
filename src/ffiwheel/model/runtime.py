"""On which releases of the TVM-FFI runtime a library works, and what sets the bounds."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PYTHON_SINCE: Mapping[str, str] = MappingProxyType(
    {
        "tvm_ffi.List": "0.1.9",
        "tvm_ffi.Dict": "0.1.9",
        "tvm_ffi.StructuralKey": "0.1.9",
        "tvm_ffi.dataclasses.Enum": "0.1.11",
        "tvm_ffi.dataclasses.IntEnum": "0.1.11",
        "tvm_ffi.dataclasses.StrEnum": "0.1.11",
        "tvm_ffi.StructuralVisitor": "0.1.13",
        "tvm_ffi.VisitInterrupt": "0.1.13",
        "tvm_ffi.StructuralMutator": "0.1.14",
    }
)
"""Names in Python that generated classes derive from -> the first release that has them.

Names that every known release has are not listed.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A known release of `apache-tvm-ffi`."""

    version: str
    """In full, such as `0.1.13.post2`."""
    headers: str
    """What its headers and `TVMFFIGetVersion` say; several releases may say the same."""
    yanked: bool
    """Whether installers take it only where it is asked for by name."""
    date: str
    """When it appeared, such as `2026-08-04`."""
    platforms: tuple[str, ...]
    """The systems it has wheels for, such as `linux_x86_64` and `macosx_arm64`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A release on which a library does not work."""

    release: str
    yanked: bool
    symbol: str
    """The symbol that decides: one that is missing, or that behaves differently."""
    reason: str
    """What happens there, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """Why one release, or all on one side of it, are outside of a range."""

    clause: str
    """The clause of the requirement that keeps them out, such as `>=0.1.13.post2` or `!=0.1.14`."""
    symbol: str = ""
    """The symbol that decides, where one does."""
    reason: str
    """What happens there, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeRange:
    """The releases of `apache-tvm-ffi` on which a library works."""

    releases: tuple[str, ...]
    """Every known release on which it works, the oldest first; empty where there is none."""
    newest_known: str
    """The newest release that the table has; of later ones nothing is known."""
    bounds: tuple[Bound, ...] = ()
    """What keeps other releases out, the lower bound first."""
    failures: tuple[Failure, ...] = ()
    """Every known release on which it fails, the oldest first."""

    @property
    def is_closed(self) -> bool:
        """Whether releases that nothing is known of are taken for ones that fail."""
        return bool(self.bounds) and self.bounds[-1].clause.startswith("<")

    @property
    def specifier(self) -> str:
        """The range as in a requirement, such as `>=0.1.5,!=0.1.13`; empty without bounds."""
        return ",".join(bound.clause for bound in self.bounds)

    @property
    def summary(self) -> str:
        """The range for people: it has a lower bound even where every known release will do."""
        if self.specifier or not self.releases:
            return self.specifier or "no known release"
        return f">={self.releases[0]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What happened when a wheel was loaded with a release."""

    release: str
    loads: bool
    said: str
    """How it failed: the last line of output, or how the process ended."""
    expected: str
    """Why it is known to fail; empty where it should work."""

    @property
    def is_surprise(self) -> bool:
        """Whether it fails where nothing is known against it."""
        return not self.loads and not self.expected
