"""Where a project's version comes from: the first of these that there is.

1. `version` in `[project]`: a backend must not change it (PEP 621).
2. `FFIWHEEL_VERSION_FOR_<NAME>` or `FFIWHEEL_VERSION` in the environment.
3. What an unpacked sdist says, where git does not track the folder or has no version tag.
4. git, where it tracks the folder, or could: a new project in a repository is not added yet.
5. What `git archive` left, where git does not track the folder or has no version tag.
6. `fallback` in pyproject.toml, where it is set.

Everything else is an error: a wrong number is worse than none.

With `provider = "setuptools_scm"` that tool is asked in place of 3 to 6; it has all of them itself.
Each source is imported when it is its turn, and git works meanwhile.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from ffiwheel.errors import FfiwheelError, MissingToolError, ProjectError, VersionError
from ffiwheel.model.version import Version
from ffiwheel.system.environment import version_override
from ffiwheel.versioning.checkout import read_checkout
from ffiwheel.versioning.repository import find_future_repository, find_repository
from ffiwheel.versioning.stamp import has_stamp, read_stamp

if TYPE_CHECKING:
    from ffiwheel.config.schema import VersionTable
    from ffiwheel.versioning.git import GitFacts
    from ffiwheel.versioning.repository import Absence


_SHOWN = 80
"""How much of a text that is no version is worth repeating."""


class Resolution(NamedTuple):
    """A version, and why it is from there and from nowhere else."""

    version: Version
    why: str
    choice: str = ""
    """Why git counts from the version's tag and from no other."""


def resolve_version(folder: str, name: str, static: str | None, table: VersionTable) -> Resolution:
    """Return the version of the project in `folder`.

    Args:
        folder: the project's folder.
        name: the project's name in its normal form.
        static: the version that `pyproject.toml` states, if it does.
        table: how to read git.

    Raises:
        ProjectError: if `static` is no version.
        VersionError: if there is no source for a version, or it cannot be read.
        MissingToolError: if git or setuptools_scm is to say it, and is not installed.
    """
    if static is not None:
        return _take_static(static, folder)
    if override := version_override(name):
        return _take_override(*override)
    if table.provider == "setuptools_scm":
        from pathlib import Path

        from ffiwheel.versioning.scm import ask_setuptools_scm

        why = "`provider` in `[tool.ffiwheel.version]` names it"
        return Resolution(version=ask_setuptools_scm(Path(folder), name), why=why)
    return _ask_folder(folder, name, table)


def _take_static(text: str, folder: str) -> Resolution:
    from packaging.version import Version as Pep440

    try:
        stated = Pep440(text)
    except ValueError as error:
        raise ProjectError(
            f"`{text[:_SHOWN]}` is no version",
            where=f"project.version in {os.path.join(folder, 'pyproject.toml')}",
            hint="write a version by PEP 440, such as 1.2.3",
        ) from error
    version = Version(public=stated.public, local=stated.local or "", reason="pyproject.toml")
    return Resolution(
        version=version, why="it is stated in `[project]`, and a backend must not change that"
    )


def _take_override(variable: str, text: str) -> Resolution:
    from packaging.version import Version as Pep440

    try:
        given = Pep440(text)
    except ValueError as error:  # `InvalidVersion` is one; so is a number of 5,000 digits
        raise VersionError(
            f"`{text[:_SHOWN]}` is no version",
            where=f"the environment variable {variable}",
            hint="set a version by PEP 440, such as 1.2.3, or none",
        ) from error
    version = Version(
        public=given.public, local=given.local or "", source="environment", reason=variable
    )
    return Resolution(version=version, why=f"{variable} is set, which goes before git and sdist")


def _ask_folder(folder: str, name: str, table: VersionTable) -> Resolution:
    """Return what the folder and the repository around it say."""
    stamp = _ask_stamp(folder, name) if has_stamp(folder) else None
    checkout = _ask_git(folder, table, has_stamp=stamp is not None)
    facts = None if isinstance(checkout, str) else checkout
    if facts and facts.tag:
        found = _take_facts(facts, table, folder)
        why = "git tracks this folder and has a version tag, which goes before its PKG-INFO"
        return found._replace(why=why) if stamp else found
    silence = "git knows no version tag for it" if facts else "git does not track it"
    if stamp:
        return Resolution(version=stamp, why=f"this is an unpacked sdist, and {silence}")
    if archived := _ask_archive(folder, table):
        return Resolution(version=archived, why=f"`git archive` made this folder, and {silence}")
    if checkout == "not tracked" and (future := find_future_repository(folder)):
        checkout = read_checkout(future, table)
    if not isinstance(checkout, str):
        return _take_facts(checkout, table, folder)
    absence = _explain_absence(checkout, folder)
    if table.fallback is None:
        raise absence
    return _take_fallback(table.fallback, absence)


def _ask_stamp(folder: str, name: str) -> Version | None:
    """Return the version of the folder if it is an unpacked sdist."""
    from pathlib import Path

    return read_stamp(Path(folder), name)


def _ask_git(folder: str, table: VersionTable, *, has_stamp: bool) -> GitFacts | Absence:
    """Return what git knows of the folder, or why it knows nothing.

    An sdist does not depend on git: there, a repository that cannot be read is as good as none.
    """
    try:
        repository = find_repository(folder)
        return repository if isinstance(repository, str) else read_checkout(repository, table)
    except FileNotFoundError:
        return "no git"
    except FfiwheelError:
        if has_stamp:
            return "not tracked"
        raise


def _ask_archive(folder: str, table: VersionTable) -> Version | None:
    """Return the version of the folder if `git archive` made it, and of a commit after a tag."""
    from pathlib import Path

    from ffiwheel.versioning.archive import is_filled_in, read_archive
    from ffiwheel.versioning.scheme import compute_version

    root = Path(folder)
    facts = read_archive(root, table) if is_filled_in(root) else None
    return compute_version(facts, step=table.next, source="archive") if facts else None


def _take_facts(facts: GitFacts, table: VersionTable, folder: str) -> Resolution:
    from ffiwheel.versioning.git import check_facts
    from ffiwheel.versioning.scheme import FIRST_RELEASE, compute_version

    check_facts(facts, table, folder)
    version = compute_version(facts, step=table.next, fallback=table.fallback or FIRST_RELEASE)
    return Resolution(version=version, why="git tracks this folder", choice=facts.choice)


def _take_fallback(fallback: str, absence: FfiwheelError) -> Resolution:
    """Return the first development version of the release that work leads to."""
    from packaging.version import Version as Pep440

    from ffiwheel.versioning.scheme import pad

    version = Version(
        public=f"{pad(Pep440(fallback))}.dev0",
        source="fallback",
        reason="fallback in pyproject.toml",
        notes=(str(absence.problems[0].message),),
    )
    return Resolution(version=version, why="`fallback` is set, and there is nothing else to ask")


def _explain_absence(absence: Absence, folder: str) -> FfiwheelError:
    """Return the error for a folder that nothing is known of."""
    from ffiwheel.versioning.archive import ARCHIVE

    if absence == "no git":
        return MissingToolError(
            "the version is to come from git, which is not installed",
            where=folder,
            hint="install git, or set FFIWHEEL_VERSION",
        )
    archive = os.path.join(folder, ARCHIVE)
    if os.path.isfile(archive):
        return VersionError(
            "the version is to come from git, but this is a plain copy of the project",
            where=archive,
            hint=(
                "`git archive` of a commit that a version tag precedes fills in that file;\n"
                "work in a clone, or set FFIWHEEL_VERSION"
            ),
        )
    if absence == "not tracked":
        return VersionError(
            "the version is to come from git, but the repository around it does not track it",
            where=folder,
            hint="run `git add pyproject.toml`, or `git init` if it is a project of its own,\n"
            "or set FFIWHEEL_VERSION",
        )
    return VersionError(
        "the version is to come from git, but the project is not in a git repository",
        where=folder,
        hint="run `git init` in it, write `version` in `[project]`, or set FFIWHEEL_VERSION",
    )
