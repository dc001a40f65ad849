"""Stable releases: check that one can be made of a commit, and make its tag."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion
from packaging.version import Version as Pep440

from ffiwheel.config.project import normalize_name
from ffiwheel.errors import MissingToolError, Problem, ReleaseError
from ffiwheel.system.environment import users_git_environment, version_override
from ffiwheel.system.process import run_for_user
from ffiwheel.versioning.changelog import has_heading
from ffiwheel.versioning.release import (
    check_clean,
    check_history,
    check_number,
    name_tag,
    note_fall,
    parse_release,
    plan_tag,
    read_standing,
)
from ffiwheel.versioning.repository import find_repository
from ffiwheel.workflow.literals import check_files
from ffiwheel.workflow.version import find_version

if TYPE_CHECKING:
    from ffiwheel.config.project import Project
    from ffiwheel.versioning.repository import Repository


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A release that can be made."""

    version: Pep440
    command: tuple[str, ...]
    """What makes the tag, to be run in the current folder."""
    push: tuple[str, ...]
    """What publishes it, empty where there is no remote."""
    note: str
    """What people should know before, empty if nothing."""


def plan_release(project: Project, wanted: str, place: Path) -> Release:
    """Check that the checkout can be released as `wanted`, and say how.

    Args:
        project: the project.
        wanted: the version.
        place: the project's folder as the user named it.

    Raises:
        ReleaseError: if it cannot, with everything that has to be done first.
        VersionError: if git does not say where the checkout stands.
    """
    table = project.config.version
    repository = require_repository(project)
    release = parse_release(wanted, table.tag_prefix)
    standing = read_standing(repository, table)
    where = str(project.root)
    problems = check_history(standing.facts, table, where)
    if isinstance(release, Problem):
        raise ReleaseError.of([release, *problems, *check_clean(standing.facts, where)])
    refused = [] if problems else check_number(release, standing, table)
    problems += [*refused, *check_clean(standing.facts, where)]
    if not refused:  # what files say of a version that will not be does not matter
        problems += [*_check_changelog(project, release), *check_files(project, release)]
        problems += _check_tracked(project, repository)
        problems += _check_other_sources(project, release)
    if problems:
        raise ReleaseError.of(problems)
    git = ("git",) if place.resolve() == Path.cwd() else ("git", "-C", str(place))
    name = name_tag(release, table.tag_prefix)
    remote = _choose_remote(repository)
    return Release(
        version=release,
        command=(*git, *plan_tag(release, project.name, table.tag_prefix, standing.facts.node)),
        push=(*git, "push", remote, name) if remote else (),
        note=note_fall(release, standing, table),
    )


def make_tag(project: Project, release: Release) -> str:
    """Make the tag of a release as the user would, and return the version that follows from it.

    Raises:
        ReleaseError: if git does not make it, or if the version is another one then.
    """
    shown = shlex.join(release.command)
    code = run_for_user(release.command, env=users_git_environment())
    if code:
        hint = "git says above what is in its way"
        raise ReleaseError(f"git made no tag (exit code {code})", where=shown, hint=hint)
    version = find_version(project).version.full
    if Pep440(version) != release.version:
        raise ReleaseError(
            f"the tag was made, but the version is {version}",
            where=shown,
            hint="`ffiwheel version --explain` says why; a hook may have edited a file",
        )
    return version


def require_repository(project: Project) -> Repository:
    """Return the repository that tracks the project.

    Raises:
        ReleaseError: if there is none: a release is a tag.
        MissingToolError: if git is not installed.
    """
    try:
        repository = find_repository(project.root)
        if not isinstance(repository, str):
            repository.hear("--version")
    except FileNotFoundError:
        repository = "no git"
    if repository == "no git":
        raise MissingToolError(
            "a release is a tag in git, which is not installed",
            where=str(project.root),
            hint="install git",
        )
    if isinstance(repository, str):
        raise ReleaseError(
            "a release is a tag in git, which does not track this folder",
            where=str(project.root),
            hint="work in a clone of the project, or commit it first",
        )
    return repository


def _choose_remote(repository: Repository) -> str:
    remotes = repository.ask_text("remote").splitlines()
    return "origin" if "origin" in remotes else "".join(remotes[:1])


def _check_changelog(project: Project, release: Pep440) -> list[Problem]:
    """Return a problem if the changelog does not know the release."""
    table = project.config.version
    if table.changelog is None:
        return []
    file = project.root / table.changelog
    if not file.is_file():
        place = f"tool.ffiwheel.version.changelog in {project.root / 'pyproject.toml'}"
        hint = "write one, or correct the key"
        return [Problem(f"there is no file `{table.changelog}`", place, hint)]
    if has_heading(file.read_bytes().decode(errors="replace"), release, table.tag_prefix):
        return []
    heading = f"`{release}` and a line of `-`" if file.suffix == ".rst" else f"`## {release}`"
    hint = f"add one: {heading}"
    return [Problem(f"the changelog has no heading for {release}", str(file), hint)]


def _check_tracked(project: Project, repository: Repository) -> list[Problem]:
    """Return a problem for each file that was looked at here, but that a tag would not hold."""
    table = project.config.version
    names = [*filter(None, [table.changelog]), *(entry.path for entry in table.write)]
    wanted = dict.fromkeys(Path(name).as_posix() for name in names)
    present = [name for name in wanted if (project.root / name).is_file()]
    if not present:
        return []
    listed = repository.ask("--literal-pathspecs", "ls-files", "-z", "--", *present)
    tracked = os.fsdecode(listed).split("\0")
    return [
        Problem(
            f"`{name}` is not in git, so the release would be without it",
            str(project.root / name),
            "add and commit it",
        )
        for name in present
        if name not in tracked
    ]


def _check_other_sources(project: Project, release: Pep440) -> list[Problem]:
    """Return a problem for each source of the version that goes before the tag."""
    problems = []
    if override := version_override(normalize_name(project.name)):
        message = f"{override[0]} is set, which goes before every tag"
        problems.append(
            Problem(message, f"environment variable {override[0]}", f"unset {override[0]}")
        )
    listed = [Path(entry.path) for entry in project.config.version.write]
    static = None if Path("pyproject.toml") in listed else project.static_version
    if static is not None and not _is_same(static, release):
        message = f"`version` in `[project]` is {static}, which goes before every tag"
        hint = (
            'write `dynamic = ["version"]` instead,\n'
            "or list `pyproject.toml` in [[tool.ffiwheel.version.write]]"
        )
        place = f"project.version in {project.root / 'pyproject.toml'}"
        problems.append(Problem(message, place, hint))
    return problems


def _is_same(static: str, release: Pep440) -> bool:
    try:
        return Pep440(static) == release
    except InvalidVersion:
        return False
