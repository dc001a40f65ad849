"""Read what git knows about a project, changing nothing, not even the index.

The environment is scrubbed: `GIT_DIR` of a hook, local grafts or a translated message must not
change the answer. A repository above the project counts unless it ignores the project's
`pyproject.toml`; then it belongs to something else.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from packaging.version import InvalidVersion
from packaging.version import Version as Pep440

from ffiwheel.errors import VersionError
from ffiwheel.system.process import query_bytes

_FEWEST_NUMBERS = 2  # `v2` names a branch or a milestone more often than a version


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A tag that names a version."""

    name: str
    version: Pep440


@dataclass(frozen=True, slots=True, kw_only=True)
class GitFacts:
    """What the version of a checkout is computed from."""

    node: str
    """The full hash of HEAD, empty while there is no commit."""
    tag: Tag | None
    """The highest version tag that HEAD contains."""
    distance: int
    """Commits since `tag`, or since the beginning where there is no tag."""
    diff: str = ""
    """The hash of the edits to tracked files, empty in a clean tree."""


class _Git:
    """Read-only queries in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
        self.env |= {"LC_ALL": "C", "GIT_NO_REPLACE_OBJECTS": "1", "GIT_OPTIONAL_LOCKS": "0"}

    def run(self, *arguments: str) -> tuple[str, str, int]:
        out, err, code = self.run_bytes(*arguments)
        return out.decode(errors="replace"), err, code

    def run_bytes(self, *arguments: str) -> tuple[bytes, str, int]:
        command = ("git", "-C", str(self.folder), *arguments)
        return query_bytes(command, env=self.env)

    def answer(self, *arguments: str) -> str:
        out, err, code = self.run(*arguments)
        if code != 0:
            said = err.strip().splitlines() or ["git said nothing"]
            raise VersionError(f"git failed: {said[-1]}", where=f"git {' '.join(arguments)}")
        return out


def read_git(root: Path, tag_prefix: str) -> GitFacts | None:
    """Return the facts about the checkout in `root`, or None where it is not one.

    Raises:
        VersionError: if there is a repository that cannot be read or counted.
    """
    git = _Git(root)
    if not _holds_project(git, root):
        return None
    node, is_dirty = _read_status(git)
    if not node:
        return GitFacts(node="", tag=None, distance=0)
    tag, distance = _find_tag(git, tag_prefix)
    return GitFacts(
        node=node, tag=tag, distance=distance, diff=_hash_edits(git) if is_dirty else ""
    )


def _holds_project(git: _Git, root: Path) -> bool:
    try:
        out, err, code = git.run("rev-parse", "--show-toplevel")
    except FileNotFoundError:
        return False  # no git on this machine
    if code != 0 and "dubious ownership" in err:
        raise VersionError(
            "git does not trust this repository: it belongs to another user",
            where=str(root),
            hint=f"git config --global --add safe.directory '{root}'",
        )
    if code != 0 and (root / ".git").is_file():
        raise VersionError(
            "`.git` points to a repository that is not here",
            where=str(root / ".git"),
            hint="mount or restore the repository that the file names",
        )
    if code != 0:
        return False
    if Path(out.rstrip("\n")).resolve() == root.resolve():
        return True
    return git.run("check-ignore", "--quiet", "pyproject.toml")[2] != 0


def _read_status(git: _Git) -> tuple[str, bool]:
    """Return HEAD's hash (empty before the first commit) and whether tracked files differ."""
    status = git.answer(
        "status", "--porcelain=v2", "--branch", "--untracked-files=no", "--ignore-submodules=none"
    )
    lines = status.splitlines()
    node = next(line.split()[-1] for line in lines if line.startswith("# branch.oid"))
    is_dirty = any(not line.startswith("#") for line in lines)
    return ("", is_dirty) if node == "(initial)" else (node, is_dirty)


def _find_tag(git: _Git, prefix: str) -> tuple[Tag | None, int]:
    """Return the highest version tag that HEAD contains, and the commits since."""
    listed = git.answer("for-each-ref", "--format=%(refname:lstrip=2)", f"refs/tags/{prefix}*")
    tags = [tag for name in listed.splitlines() if (tag := parse_tag(name, prefix))]
    for tag in sorted(tags, key=lambda tag: tag.version, reverse=True):
        span = f"refs/tags/{tag.name}...HEAD"
        counts = git.answer("rev-list", "--left-right", "--count", span).split()
        if counts[0] == "0":
            return _prefer_release(tag, tags, int(counts[1]), git), int(counts[1])
    if git.answer("rev-parse", "--is-shallow-repository").strip() == "true":
        raise VersionError(
            "the clone is shallow and holds no version tag, so commits cannot be counted",
            where=str(git.folder),
            hint="git fetch --unshallow --tags",
        )
    return None, int(git.answer("rev-list", "--count", "HEAD"))


def _prefer_release(tag: Tag, tags: list[Tag], distance: int, git: _Git) -> Tag:
    """At a tagged commit, prefer a release to a `.dev` anchor for the next one beside it."""
    if distance or not tag.version.is_devrelease:
        return tag
    here = set(git.answer("tag", "--points-at", "HEAD").splitlines())
    releases = [one for one in tags if one.name in here and not one.version.is_devrelease]
    return max(releases, key=lambda one: one.version, default=tag)


def parse_tag(name: str, prefix: str) -> Tag | None:
    """Return the version that a tag names, or None if it names none.

    >>> parse_tag("v1.2.0-rc1", "v").version
    <Version('1.2.0rc1')>
    >>> parse_tag("v2", "v"), parse_tag("v1.0+cuda", "v"), parse_tag("nightly", "v")
    (None, None, None)
    """
    try:
        version = Pep440(name.removeprefix(prefix))
    except InvalidVersion:
        return None
    if not name.startswith(prefix) or len(version.release) < _FEWEST_NUMBERS or version.local:
        return None
    return Tag(name=name, version=version)


def _hash_edits(git: _Git) -> str:
    """Return a hash of the edits: the same edits give the same hash on every day and machine."""
    out, err, code = git.run_bytes("diff-index", "-p", "--binary", "--full-index", "HEAD")
    if code != 0:
        raise VersionError(f"git failed: {err.strip()}", where="git diff-index HEAD")
    return hashlib.sha1(out, usedforsecurity=False).hexdigest()
