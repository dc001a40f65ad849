"""The version of a project and how it came about."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One PEP 440 version, with the facts it was computed from."""

    public: str
    """The version without its local part, such as `0.7.0.dev912`."""
    local: str = ""
    """The local part without its `+`, such as `g1f2e3d4c5b.d0a1b2c3d`."""
    is_dirty: bool = False
    """Whether files that git tracks were edited."""
    reason: str = ""
    """How the number came about, in a few words."""

    @property
    def full(self) -> str:
        """The public and the local part."""
        return f"{self.public}+{self.local}" if self.local else self.public

    @property
    def for_wheel(self) -> str:
        """The version that a wheel or sdist carries.

        That is the public one, which an index accepts, unless the tree was edited: then two
        different trees must not share a version, and no index should take either.
        """
        return self.full if self.is_dirty else self.public
