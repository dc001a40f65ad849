"""Build whenever a file is saved, and run a command after each build that succeeds.

A build that fails changes nothing: the error is told, and the next save tries again. What is saved
while a build runs is built when that is over, before the command begins.
"""

from __future__ import annotations

import os
import shlex
import shutil
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from ffiwheel.config.project import read_project
from ffiwheel.errors import FfiwheelError, ProjectError
from ffiwheel.system.environment import inherited
from ffiwheel.system.git import ask_git, ask_git_for_files
from ffiwheel.system.process import Background
from ffiwheel.system.watching import find_changes, take_snapshot, wait_for_change
from ffiwheel.workflow.watch_build import refresh

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ffiwheel.model.progress import Progress
    from ffiwheel.system.watching import Snapshot
    from ffiwheel.workflow.build import BuildOptions


class Attend(Protocol):
    """Begins with the command, or looks after it."""

    def __call__(self, *, is_first: bool) -> None:
        """Do so."""


_SHOWN = 3
_MOST_ASKED = 500
"""How many changed files git is asked about; of more than that some will be of interest."""
_OWN = {"build", "dist"}
"""Where builds write, outside of git as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What is watched, and what for."""

    root: Path
    """The project."""
    command: tuple[str, ...]
    """What to run after each build; nothing if it is empty."""
    options: BuildOptions
    progress: Progress
    tell: Callable[[FfiwheelError], None]
    """Shows the error of a build."""


class Runner:
    """The command that runs after each build: one at a time."""

    def __init__(self, command: Sequence[str], progress: Progress) -> None:
        """Run nothing yet."""
        self.command = command
        self.progress = progress
        self.running: Background | None = None

    def restart(self, programs: Path) -> None:
        """Start the command anew; one that still runs is ended first.

        Args:
            programs: the folder with the programs of the environment, which come first.

        Raises:
            ProjectError: if there is no such program.
        """
        if not self.command:
            return
        if self.running:
            self.progress.note(f"{self._name}: ended, for there is a new build")
            self.end()
        env = inherited(PATH=f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}")
        if not shutil.which(self.command[0], path=env["PATH"]):
            raise ProjectError(
                f"there is no program `{self.command[0]}`",
                where="-- COMMAND",
                hint=f"install it into the environment of {programs}, or give its path",
            )
        self.running = Background(self.command, env=env)

    def look(self) -> None:
        """Say how the command ended, once it has."""
        if self.running and (ended := self.running.ending()):
            said = "succeeded" if ended.code == 0 else ended.ending
            self.end()
            self.progress.note(f"{self._name}: {said}")

    def end(self) -> None:
        """End the command, if it runs, and all that it has started."""
        if self.running:
            self.running.end()
            self.running = None

    @property
    def _name(self) -> str:
        return shlex.join(self.command)


def watch(given: Watch) -> None:
    """Build now and after each change, until somebody interrupts.

    Raises:
        ProjectError: if there is no project.
    """
    read_project(given.root)
    runner = Runner(given.command, given.progress)
    try:
        while True:
            look = partial(take_snapshot, given.root, _list_skipped(given.root))
            before = look()
            programs = _build(given)
            changed = _wait_for_news(given, look, before, partial(_run, given, runner, programs))
            given.progress.note(f"changed: {_shorten(changed)}")
    finally:
        runner.end()


def _build(given: Watch) -> Path | None:
    """Return the folder of the environment's programs; None if the build failed, and say why."""
    try:
        return refresh(read_project(given.root), given.options, given.progress)
    except FfiwheelError as error:
        given.tell(error)
        return None


def _run(given: Watch, runner: Runner, programs: Path | None, *, is_first: bool) -> None:
    """Begin with the command, or look after it."""
    if not is_first or not programs:
        runner.look()
        return
    try:
        runner.restart(programs)
    except FfiwheelError as error:
        given.tell(error)


def _wait_for_news(
    given: Watch, look: Callable[[], Snapshot], before: Snapshot, attend: Attend
) -> list[str]:
    """Return what has changed, once something has that git does not ignore."""
    now = look()
    if changed := _list_relevant(given.root, find_changes(before, now)):
        return changed  # was saved while the build ran
    attend(is_first=True)
    given.progress.note(f"watching {given.root.name} ({len(now)} files); Ctrl-C ends")
    while not changed:
        last, now = now, wait_for_change(look, now, partial(attend, is_first=False))
        changed = _list_relevant(given.root, find_changes(last, now))
    return changed


def _list_skipped(root: Path) -> frozenset[str]:
    """Return the folders that nobody saves files in: those that git ignores, and ours."""
    wanted = ("--others", "--ignored", "--exclude-standard", "--directory")
    ignored = ask_git_for_files(root, *wanted)
    return frozenset((*_OWN, *(name.rstrip("/") for name in ignored if name.endswith("/"))))


def _list_relevant(root: Path, changed: Sequence[str]) -> list[str]:
    """Return those of the changed files that git does not ignore; outside of git, all of them."""
    if not changed or len(changed) > _MOST_ASKED:
        return list(changed)
    plain = ("-c", "core.quotePath=off")
    told = ask_git(root, *plain, "check-ignore", "--", *changed) or ""
    ignored = set(told.splitlines())
    return [name for name in changed if name not in ignored]


def _shorten(names: Sequence[str]) -> str:
    """Return the first of the names.

    >>> _shorten(["a", "b", "c"]), _shorten(["a", "b", "c", "d", "e"])
    ('a, b, c', 'a, b, c and 2 more')
    """
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
