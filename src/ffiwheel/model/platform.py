"""The platform tag that is true for a set of libraries, and what forces it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What stands in the way of a lower tag, or of any."""

    text: str
    """What it is, for people."""
    help: str
    """What to do."""
    path: str = ""
    """The archive path of the library that it is about."""
    library: str = ""
    """The library that is needed, by the name that it is asked by; empty where none is."""
    version: str = ""
    """The version that is asked of that library, such as `GLIBC_2.17`."""
    symbols: tuple[str, ...] = ()
    """Those that are asked for, sorted."""

    def __str__(self) -> str:
        return f"{self.text}: {self.help}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """A platform tag and its reason."""

    tag: str
    """Empty where no tag is true; then there is a `conflict`."""
    also: tuple[str, ...] = ()
    """Tags that nothing in the libraries speaks against either, though this one is preferred: what
    needs no libc runs with musl as well, and no symbol tells one release of musl from another."""
    reasons: tuple[Reason, ...] = ()
    """What the next lower tag would not allow; empty for the lowest tag there is."""
    missing: tuple[Reason, ...] = ()
    """Libraries that neither the system, nor the wheel, nor a known package brings."""
    conflict: str = ""
    """Why no system can load all of its libraries."""
