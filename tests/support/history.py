"""Replay a small history in a repository of its own, and ask for the version at its end.

A history is a data file: what happened as a list of steps, each a line in the words of `_STEPS`
or a git command, and what the version has to be then.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import stat
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workshop import REPOSITORY, check, run

from ffiwheel.versioning.archive import render_archive_files

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

DATA = REPOSITORY / "tests" / "data"
_GITCONFIG = """\
[user]
name = Test
email = test@example.org
[init]
defaultBranch = main
[protocol "file"]
allow = always
[advice]
detachedHead = false
[gc]
auto = 0
"""
_PYPROJECT = """\
[build-system]
requires = ["ffiwheel"]
build-backend = "ffiwheel.backend"

[project]
name = "demo"
dynamic = ["version"]
dependencies = ["apache-tvm-ffi"]

[tool.ffiwheel.version]
"""


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What is to be known at the end; what a file does not say is not looked at."""

    version: str = ""
    """With `{node}` for the commit's ten digits and `{edits}` for any eight."""
    error: str = ""
    """A part of the message that is to come instead."""
    note: str = ""
    """A part of one of the notes."""
    source: str = "git"
    wheel: str = ""
    """The version that a wheel carries, if that is to be looked at."""
    tag: str | None = None
    distance: int | None = None
    dirty_files: list[str] | None = None
    untracked: int | None = None


@dataclass(frozen=True, kw_only=True)
class Case:
    """One data file."""

    name: str
    trap: str
    """What has gone wrong there, in this tool or another."""
    row: str = ""
    """The row of `tests/data/traps.toml` that it shows."""
    differs: str = ""
    """Why the answer is not the one that stands there."""
    writes: str = ""
    """What git itself writes on being asked, where it cannot be kept from that."""
    config: str = ""
    """The lines of `[tool.ffiwheel.version]`."""
    format: str = "sha1"
    """The repository's object format."""
    steps: list[str]
    expect: Expected


def read_cases() -> list[Case]:
    """Return every history in the folder."""
    cases = []
    for file in sorted(DATA.glob("histories/*.toml")):
        table = tomllib.loads(file.read_text())
        expect = Expected(**table.pop("expect"))
        cases.append(Case(name=file.stem, expect=expect, **table))
    return cases


class History:
    """A project whose history is being made."""

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, ask: Callable[[Path], str]
    ) -> None:
        """Begin with an empty folder and a git that knows nothing of its user's habits."""
        self.folder = folder
        self.monkeypatch = monkeypatch
        self.project = folder / "project"
        self.answers: list[str] = []
        self.ask = ask
        self.date = 1_700_000_000
        self.project.mkdir()
        (folder / "gitconfig").write_text(_GITCONFIG)
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(folder / "gitconfig"))
        monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        self.node = ""

    def begin(self, config: str, object_format: str) -> None:
        """Make the project and its repository."""
        (self.project / "pyproject.toml").write_text(_PYPROJECT + config)
        (self.project / "file.txt").write_text("text\n")
        self.git("init", "--quiet", f"--object-format={object_format}")

    def replay(self, step: str) -> None:
        """Do one step."""
        word, *arguments = shlex.split(step.replace("{folder}", str(self.folder)))
        action = getattr(self, f"do_{word.replace('-', '_')}", None)
        if action is None:
            self.git(word, *arguments)
        else:
            action(*arguments)

    def git(self, *arguments: str) -> str:
        """Run git in the project, at the history's own time."""
        date = dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), f"{self.date} +0000")
        return check("git", *arguments, cwd=self.project, env=date)

    # Commits, and what is not a git command of the same name.

    def do_commit(self, count: str = "1", message: str = "change") -> None:
        for _ in range(int(count)):
            self.date += 60
            self.git("add", "--all")
            self.git("commit", "--quiet", "--allow-empty", "--message", message)
        self.node = self.git("rev-parse", "HEAD").strip()

    def do_commit_as_is(self) -> None:
        """Commit what was added, and nothing else."""
        self.git("commit", "--quiet", "--message", "change")
        self.node = self.git("rev-parse", "HEAD").strip()

    def do_merge(self, branch: str) -> None:
        self.date += 60
        self.git("merge", "--quiet", "--no-ff", "--message", "merge", branch)
        self.node = self.git("rev-parse", "HEAD").strip()

    def do_merge_conflict(self, branch: str) -> None:
        result = run("git", "merge", "--quiet", branch, cwd=self.project)
        assert result.code == 1, result.err

    def do_grafts_file(self, child: str, parent: str) -> None:
        line = self.git("rev-parse", child, parent).split()
        (self.project / ".git" / "info" / "grafts").write_text(f"{' '.join(line)}\n")

    def do_annotate(self, tag: str) -> None:
        self.date += 60
        self.git("tag", "--annotate", "--message", "release", tag)

    def do_branch(self, name: str, start: str = "HEAD") -> None:
        self.git("switch", "--quiet", "--create", name, start)

    def do_switch(self, *arguments: str) -> None:
        self.git("switch", "--quiet", *arguments)
        head = run("git", "rev-parse", "--verify", "--quiet", "HEAD", cwd=self.project)
        self.node = head.out.strip()  # nothing on a branch without commits

    def do_years_back(self, years: str) -> None:
        """The clock of whoever commits next is wrong."""
        self.date -= int(years) * 365 * 86400

    # Edits.

    def do_write(self, name: str, text: str = "text") -> None:
        r"""Write a file of one line, or of more with `\n` between them."""
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode().decode("unicode_escape").encode() + b"\n")

    def do_link(self, name: str, target: str) -> None:
        (self.project / name).symlink_to(target)

    def do_touch(self, name: str) -> None:
        later = time.time() + 86400
        os.utime(self.project / name, (later, later))

    def do_chmod(self, name: str) -> None:
        (self.project / name).chmod(0o755)

    def do_delete(self, name: str) -> None:
        path = self.project / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    # Other places: each becomes the project that is asked.

    def do_inside(self, name: str) -> None:
        self.project /= name

    def do_clone(self, *options: str) -> None:
        place = self.folder / "clone"
        self.git("clone", "--quiet", *options, f"file://{self.project}", str(place))
        self.project = place

    def do_worktree(self) -> None:
        place = self.folder / "worktree"
        self.git("worktree", "add", "--quiet", "--detach", str(place))
        self.project = place

    def do_archive(self, treeish: str = "HEAD") -> None:
        """Unpack what `git archive` makes."""
        place = self.folder / "archive"
        place.mkdir()
        archive = self.folder / "archive.tar"
        self.git("archive", f"--output={archive}", treeish)
        check("tar", "-xf", archive, cwd=place)
        self.project = place

    def do_copy(self, place: str = "copy") -> None:
        """Copy the files without the repository."""
        target = self.folder / place
        shutil.copytree(self.project, target, ignore=shutil.ignore_patterns(".git"))
        self.project = target

    def do_archive_file(self) -> None:
        """Add what a project needs for its archives."""
        for name, content in render_archive_files("v").items():
            (self.project / name).write_bytes(content)

    def do_around(self, tag: str) -> None:
        """Make a repository around the project that does not track it."""
        check("git", "init", "--quiet", cwd=self.folder)
        check("git", "commit", "--quiet", "--allow-empty", "-m", "around", cwd=self.folder)
        check("git", "tag", tag, cwd=self.folder)

    def do_committed_anew(self) -> None:
        """Commit what is there to a repository of its own."""
        node = self.node
        self.git("init", "--quiet")
        self.do_commit()
        self.node = node

    def do_other_repository(self, tag: str) -> None:
        other = self.folder / "other"
        other.mkdir()
        check("git", "init", "--quiet", cwd=other)
        check("git", "commit", "--quiet", "--allow-empty", "-m", "other", cwd=other)
        check("git", "tag", tag, cwd=other)

    def do_git_in(self, name: str, *arguments: str) -> None:
        check("git", *arguments, cwd=self.project / name)

    def do_submodule(self) -> None:
        """Add a submodule `sub` with one file."""
        library = self.folder / "library"
        library.mkdir()
        (library / "code.txt").write_text("code\n")
        for command in ("init --quiet", "add --all", "commit --quiet -m code"):
            check("git", *command.split(), cwd=library)
        self.git("submodule", "--quiet", "add", str(library), "sub")

    # The machine.

    def do_sh(self, command: str) -> None:
        """Do in the project what git would not do."""
        check("sh", "-e", "-c", command, cwd=self.project)

    def do_set(self, name: str, value: str) -> None:
        self.monkeypatch.setenv(name, value)

    def do_unset(self, name: str) -> None:
        self.monkeypatch.delenv(name, raising=False)

    def do_without_git(self) -> None:
        self.monkeypatch.setenv("PATH", str(self.folder))

    def do_another_owner(self) -> None:
        """Git is told to believe that somebody else owns every file."""
        real = shutil.which("git")
        self.do_git_is(f'GIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec {real} "$@"')

    def do_git_that_fails(self, saying: str) -> None:
        self.do_git_is(f"printf {shlex.quote(saying)} >&2; exit 128")

    def do_git_is(self, script: str) -> None:
        """Put another git first on the search path."""
        wrapper = self.folder / "bin" / "git"
        wrapper.parent.mkdir()
        wrapper.write_text(f"#!/bin/sh\n{script}\n")
        wrapper.chmod(0o755)
        self.monkeypatch.setenv("PATH", str(wrapper.parent), prepend=os.pathsep)

    # Questions on the way.

    def do_ask(self) -> None:
        self.answers.append(self.ask(self.project))

    def do_same(self) -> None:
        self.do_ask()
        assert self.answers[-1] == self.answers[-2]

    def do_different(self) -> None:
        self.do_ask()
        assert self.answers[-1] not in self.answers[:-1]


def snapshot(folder: Path) -> dict[str, tuple[object, ...]]:
    """Return everything in a folder, with times: what is written and taken away leaves a trace."""
    found: dict[str, tuple[object, ...]] = {}
    for place, folders, files in os.walk(os.fsencode(folder)):
        for name in (*folders, *files, b"."):
            path = os.path.join(place, name)  # noqa: PTH118 - names may be any bytes
            status = os.lstat(path)
            content = b""
            if stat.S_ISREG(status.st_mode):
                with open(path, "rb") as file:  # noqa: PTH123 - the same
                    content = file.read()
            found[os.fsdecode(path)] = (status.st_mode, status.st_mtime_ns, content)
    return found


def pattern_of(version: str, node: str) -> re.Pattern[str]:
    """Return what the text of an expected version stands for."""
    text = re.escape(version.replace("{node}", node[:10]))
    return re.compile(text.replace(r"\{edits\}", "[0-9a-f]{8}"))
