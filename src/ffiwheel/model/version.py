"""The version of a project and how it came about.

This and every other value that a version query makes is a `NamedTuple`: to import `dataclasses`
takes a fifth of the time of a query, and each dataclass 1 ms where a `NamedTuple` takes 0.2.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

Source: TypeAlias = Literal[
    "environment", "pyproject", "sdist", "git", "archive", "fallback", "setuptools_scm"
]
"""Where a version was read or computed from."""


class Version(NamedTuple):
    """One PEP 440 version in its normal form, with the facts it was computed from."""

    public: str
    """The version without its local part, such as `0.7.0.dev912`."""
    local: str = ""
    """The local part without its `+`, such as `g1f2e3d4c5b.d0a1b2c3d`."""
    tag: str = ""
    """The tag that was counted from, empty where there is none."""
    distance: int = 0
    """Commits since `tag`, or since the beginning where there is none."""
    node: str = ""
    """The full hash of the commit, empty outside of git and before the first commit."""
    is_dirty: bool = False
    """Whether files that git tracks were edited."""
    dirty_files: tuple[str, ...] = ()
    """Those files, relative to the repository."""
    is_shallow: bool = False
    """Whether the clone lacks history."""
    source: Source = "pyproject"
    reason: str = ""
    """How the number came about, in a few words."""
    notes: tuple[str, ...] = ()
    """What else people may want to know: tags that were passed over, files that look edited."""
    keeps_local: bool = False
    """Whether a wheel carries the local part in any case: another tool decided on it."""

    @property
    def full(self) -> str:
        """The public and the local part."""
        return f"{self.public}+{self.local}" if self.local else self.public

    @property
    def for_wheel(self) -> str:
        """The version that a wheel or sdist carries.

        A local part that only names the commit is left out, for an index refuses it. It stays if
        the tree was edited: two different trees must not share a version, and no index should
        take either. One that people wrote themselves, or another tool, stays, too.
        """
        names_commit = self.node and not self.is_dirty and not self.keeps_local
        return self.public if names_commit else self.full
