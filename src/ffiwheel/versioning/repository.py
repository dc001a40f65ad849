"""Ask git about one folder: the same question gets the same answer, and nothing is changed.

The environment is scrubbed: the `GIT_DIR` of a hook, local replacements or a translated message
must not change the answer. `GIT_OPTIONAL_LOCKS=0` keeps `git status` from writing the index, and
no file-system monitor is started. A repository above the project counts only if it tracks the
project; otherwise it belongs to something else.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, TypeAlias

from ffiwheel.system.environment import git_environment
from ffiwheel.system.question import asking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from _typeshed import StrPath

    from ffiwheel.system.question import Answer, Asked

Absence: TypeAlias = Literal["no repository", "not tracked", "no git"]
"""Why there is no repository to ask."""

# An empty value turns the monitor off in every git: `false` was the name of a hook before 2.36.
_QUIET = ("-c", "core.fsmonitor=")
_PROJECT_FILES = ("pyproject.toml", "CMakeLists.txt", "setup.py")


class Repository:
    """Read-only questions to git in one folder."""

    def __init__(self, folder: StrPath, *, is_own: bool = True) -> None:
        """Ask in `folder`; if the repository is its own, git looks for none above it."""
        self.folder = folder
        self.is_own = is_own
        above = os.path.dirname(os.path.realpath(folder))
        limit = {"GIT_CEILING_DIRECTORIES": above} if is_own else {}
        self._environment = git_environment(**limit)

    @contextmanager
    def asking(self, *arguments: str) -> Iterator[Asked]:
        """Ask git, and let it work until its answer is wanted."""
        command = ("git", "-C", os.fspath(self.folder), *_QUIET, *arguments)
        with asking(command, self._environment) as asked:
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
            from ffiwheel.versioning.refusal import explain_refusal  # noqa: PLC0415 - rarely

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
        with self.asking(*arguments) as asked:
            complaint: list[bytes] = []
            code = asked.hear(sink, complaint.append)
        self.check((b"", b"".join(complaint).decode(errors="replace"), code), *arguments)


def find_repository(root: StrPath) -> Repository | Absence:
    """Return the repository that the project in `root` is part of, or why there is none.

    Raises:
        VersionError: if there is one that git does not read.
    """
    git = os.path.join(root, ".git")
    if os.path.exists(git) or os.path.islink(git):
        return Repository(root)
    if not any(os.path.exists(os.path.join(folder, ".git")) for folder in _list_parents(root)):
        return "no repository"
    repository = Repository(root, is_own=False)
    present = [name for name in _PROJECT_FILES if os.path.isfile(os.path.join(root, name))]
    question = ("ls-files", "-z", "--", *(present[:1] or ["."]))
    try:
        answer = repository.hear(*question)
    except FileNotFoundError:
        return "no git"
    if "not a git repository (or any" in answer[1]:  # an empty `.git` somewhere above
        return "no repository"
    return repository if repository.check(answer, *question) else "not tracked"


def find_future_repository(root: StrPath) -> Repository | None:
    """Return the repository around a project that it does not track yet, but does not ignore.

    That is a new project, which somebody is about to add.
    """
    repository = Repository(root, is_own=False)
    _, _, code = repository.hear("check-ignore", "--quiet", "pyproject.toml")
    return repository if code == 1 else None


def _list_parents(root: StrPath) -> Iterator[str]:
    folder = os.path.realpath(root)
    while (parent := os.path.dirname(folder)) != folder:
        yield (folder := parent)
