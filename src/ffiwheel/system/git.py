"""Questions to git, in an environment in which a hook's variables do not change the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.system.environment import git_environment
from ffiwheel.system.process import query

if TYPE_CHECKING:
    from pathlib import Path


def ask_git(folder: Path, *arguments: str) -> str | None:
    """Return what git answers in `folder`, or None where it fails or is not installed.

    It has all the time it takes: to look at a large repository on a network drive takes minutes.
    """
    return query(("git", "-C", folder, *arguments), env=git_environment(), hurried=False)


def ask_git_for_files(folder: Path, *options: str) -> list[str]:
    """Return the files that `git ls-files` lists, relative to `folder`; none outside of git."""
    listed = ask_git(folder, "ls-files", "-z", *options) or ""
    return sorted({name for name in listed.split("\0") if name})
