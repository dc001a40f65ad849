"""What git says instead of an answer, and what we make of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ffiwheel.errors import FfiwheelError, MissingToolError, VersionError

if TYPE_CHECKING:
    from _typeshed import StrPath


def explain_refusal(said: str, folder: StrPath, command: str) -> FfiwheelError:
    """Return the error for what git said on stderr instead of an answer.

    >>> said = "fatal: missing object 1f2e for refs/tags/v1.0"
    >>> explain_refusal(said, "/hello", "git for-each-ref").problems[0].hint
    'git fetch --tags --force, or git tag --delete v1.0'
    """
    for refusal in _REFUSALS:
        if found := re.search(refusal.said, said, re.DOTALL):
            names = {"it": found[1], "folder": folder, "command": command}
            message, where, hint = (
                text.format(**names) for text in (refusal.message, refusal.where, refusal.hint)
            )
            return refusal.error(message, where=where, hint=hint)
    lines = said.strip().splitlines() or ["it said nothing"]
    return VersionError(f"git failed: {lines[-1].removeprefix('fatal: ')}", where=command)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Refusal:
    """A reason for git not to answer, and what we make of it."""

    said: str
    """A regular expression; its group is `{it}` in the texts."""
    message: str
    where: str = "{folder}"
    hint: str
    error: type[FfiwheelError] = VersionError


_REFUSALS = (
    _Refusal(
        said=r"(?:dubious ownership|unsafe repository).*(git config [^\n]+ safe\.directory [^\n]+)",
        message="git does not trust this repository: it belongs to another user",
        hint="{it}",
    ),
    _Refusal(
        said=r"not a git repository: ([^\n]+)",
        message="`.git` points to a repository that is not here: {it}",
        where="{folder}/.git",
        hint="mount or restore that folder, or set FFIWHEEL_VERSION",
    ),
    _Refusal(
        said=r"(not a git repository)",
        message="git sees no repository in `.git`",
        where="{folder}/.git",
        hint="restore it, take it away, or set FFIWHEEL_VERSION",
    ),
    _Refusal(
        said=r"missing object \S+ for refs/tags/(\S+)",
        message="the tag `{it}` points to a commit that is not here",
        hint="git fetch --tags --force, or git tag --delete {it}",
    ),
    _Refusal(
        said=r"pathspec '([^\n]+)' did not match",
        message="git tracks nothing under `{it}`",
        where="tool.ffiwheel.version.paths in {folder}/pyproject.toml",
        hint="the paths are relative to the project's folder",
    ),
    _Refusal(
        said=r"(unknown option|unrecognized argument)",
        message="git is too old: version 2.18 is needed, or a later one",
        where="{command}",
        hint="install a newer git, or set FFIWHEEL_VERSION",
        error=MissingToolError,
    ),
)
