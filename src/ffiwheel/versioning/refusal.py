"""What git says instead of an answer, and what we make of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
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
            names["git"] = _git_of(Path(folder))
            message, where, hint = (
                text.format(**names) for text in (refusal.message, refusal.where, refusal.hint)
            )
            return refusal.error(message, where=where, hint=hint)
    lines = said.strip().splitlines() or ["it said nothing"]
    reason = next((line for line in reversed(lines) if line.startswith("fatal: ")), lines[-1])
    return VersionError(
        f"git failed: {reason.removeprefix('fatal: ')}",
        where=f"{folder}: {' '.join(command.split()[:2])}",
        hint="`git status` there may say more; or set FFIWHEEL_VERSION",
    )


def _git_of(folder: Path) -> Path:
    """Return the `.git` that counts for a folder, be it in one above."""
    places = [place / ".git" for place in (folder, *folder.parents)]
    return next((git for git in places if git.exists()), places[0])


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
        where="{git}",
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
        said=r"fatal: ([^\n]*(?:outside repository|pathspec)[^\n]*)",
        message="git cannot use these paths: {it}",
        where="tool.ffiwheel.version.paths in {folder}/pyproject.toml",
        hint="the paths are relative to the project's folder, and inside the repository",
    ),
    _Refusal(
        said=r"ignoring broken ref refs/tags/(\S+)",
        message="the tag `{it}` is broken",
        hint='rm "$(git rev-parse --git-path refs/tags/{it})" && git fetch --tags',
    ),
    _Refusal(
        said=r"(could not fetch \S+ from promisor|lazy fetching disabled)",
        message="the clone is partial, and what git would have to fetch now is not fetched",
        hint="git fetch --refetch --no-filter",
    ),
    _Refusal(
        said=r"(?:fatal: |ignoring )((?:loose|packed|bad) object [^\n]+|[^\n]*index file [^\n]+"
        r"|unexpected line in [^\n]+|broken ref [^\n]+|unable to read \w+)",
        message="git's own files are damaged: {it}",
        hint="`git fsck --full` names the damage; restore the files or clone anew,\n"
        "or set FFIWHEEL_VERSION",
    ),
    _Refusal(
        said=r"fatal: (bad [^\n]*config [^\n]+)",
        message="git's settings cannot be read: {it}",
        hint="correct what `git config --list --show-origin` stops at",
    ),
    _Refusal(
        said=r"(must be run in a work tree)",
        message="the repository says that it has no files but its own: it is bare",
        where="{git}",
        hint="work in a clone or a worktree, or run `git config core.bare false`",
    ),
    _Refusal(
        said=r"(?:invalid gitfile format|no path in gitfile): ([^\n]+)",
        message="`.git` is a file that names no repository",
        where="{it}",
        hint="restore it, take it away, or set FFIWHEEL_VERSION",
    ),
    _Refusal(
        said=r"(unknown repository extension|Expected git repo version)",
        message="git is too old for the repository, which uses what it does not know",
        where="{git}",
        hint="install a newer git, or set FFIWHEEL_VERSION",
        error=MissingToolError,
    ),
    _Refusal(
        said=r"(unknown option|unrecognized argument)",
        message="git is too old: version 2.18 is needed, or a later one",
        where="{command}",
        hint="install a newer git, or set FFIWHEEL_VERSION",
        error=MissingToolError,
    ),
)
