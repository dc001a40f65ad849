"""On which releases of the TVM-FFI runtime a library works, and what sets the bounds."""

from __future__ import annotations

from dataclasses import dataclass


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

    @property
    def specifier(self) -> str:
        """The range as in a requirement, such as `>=0.1.5,!=0.1.13`; empty without bounds."""
        return ",".join(bound.clause for bound in self.bounds)
