"""Ask git about one folder: the same question gets the same answer, and nothing is changed.

The environment is scrubbed: the `GIT_DIR` of a hook, local replacements or a translated message
must not change the answer. `GIT_OPTIONAL_LOCKS=0` keeps `git status` from writing the index, and
no file-system monitor is started. A repository above the project counts only if it tracks the
project; otherwise it belongs to something else.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from ffiwheel.errors import FfiwheelError, MissingToolError, VersionError
from ffiwheel.system.environment import git_environment
from ffiwheel.system.process import asking, feed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ffiwheel.system.process import Answer, Asked

Absence: TypeAlias = Literal["no repository", "not tracked", "no git"]
"""Why there is no repository to ask."""

# An empty value turns the monitor off in every git: `false` was the name of a hook before 2.36.
_QUIET = ("-c", "core.fsmonitor=")
_PROJECT_FILES = ("pyproject.toml", "CMakeLists.txt", "setup.py")


class Repository:
    """Read-only questions to git in one folder."""

    def __init__(self, folder: Path, *, is_own: bool = True) -> None:
        """Ask in `folder`; if the repository is its own, git looks for none above it."""
        self.folder = folder
        self.is_own = is_own
        above = {"GIT_CEILING_DIRECTORIES": str(folder.resolve().parent)} if is_own else {}
        self._environment = git_environment(**above)

    @contextmanager
    def asking(self, *arguments: str) -> Iterator[Asked]:
        """Ask git, and let it work until its answer is wanted."""
        command = ("git", *_QUIET, *arguments)
        with asking(command, cwd=self.folder, env=self._environment) as asked:
            yield asked

    def hear(self, *arguments: str) -> Answer:
        """Return what git says, be it an answer or a refusal."""
        with self.asking(*arguments) as asked:
            return asked.answer()

    def check(self, answer: Answer, *arguments: str) -> bytes:
        """Return git's answer to `arguments`.

        Raises:
            VersionError: if it is a refusal.
        """
        out, err, code = answer
        if code != 0 or "ignoring broken ref" in err:  # git goes on, with a lower tag
            raise explain_refusal(err, self.folder, f"git {' '.join(arguments)}")
        return out

    def ask(self, *arguments: str) -> bytes:
        """Return git's answer.

        Raises:
            VersionError: if it is a refusal.
        """
        return self.check(self.hear(*arguments), *arguments)

    def ask_text(self, *arguments: str) -> str:
        """Return git's answer as text without the last line's end."""
        return self.ask(*arguments).decode(errors="replace").rstrip("\n")

    def feed(self, sink: Callable[[bytes], None], *arguments: str) -> None:
        """Hand git's answer, however long, to `sink`."""
        command = ("git", *_QUIET, *arguments)
        if feed(command, sink, cwd=self.folder, env=self._environment) != 0:
            _, err, _ = self.hear(*arguments)
            raise explain_refusal(err, self.folder, f"git {' '.join(arguments)}")


def find_repository(root: Path) -> Repository | Absence:
    """Return the repository that the project in `root` is part of, or why there is none.

    Raises:
        VersionError: if there is one that git does not read.
    """
    if (root / ".git").exists() or (root / ".git").is_symlink():
        return Repository(root)
    if not any((folder / ".git").exists() for folder in root.resolve().parents):
        return "no repository"
    repository = Repository(root, is_own=False)
    present = [name for name in _PROJECT_FILES if (root / name).is_file()]
    question = ("ls-files", "-z", "--", *(present[:1] or ["."]))
    try:
        answer = repository.hear(*question)
    except FileNotFoundError:
        return "no git"
    if "not a git repository (or any" in answer[1]:  # an empty `.git` somewhere above
        return "no repository"
    return repository if repository.check(answer, *question) else "not tracked"


def find_future_repository(root: Path) -> Repository | None:
    """Return the repository around a project that it does not track yet, but does not ignore.

    That is a new project, which somebody is about to add.
    """
    repository = Repository(root, is_own=False)
    _, _, code = repository.hear("check-ignore", "--quiet", "pyproject.toml")
    return repository if code == 1 else None


def explain_refusal(said: str, folder: Path, command: str) -> FfiwheelError:
    """Return the error for what git said on stderr instead of an answer.

    >>> from pathlib import Path
    >>> said = "fatal: missing object 1f2e for refs/tags/v1.0"
    >>> explain_refusal(said, Path("/hello"), "git for-each-ref").problems[0].hint
    'git fetch --tags --force, or git tag --delete v1.0'
    """
    for refusal in _REFUSALS:
        if found := re.search(refusal.said, said, re.DOTALL):
            names = {"it": found[1], "folder": folder, "command": command}
            names["git"] = _git_of(folder)
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
