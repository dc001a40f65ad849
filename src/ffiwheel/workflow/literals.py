"""Versions that stand in files: hold them against git, or write them.

Only `write_literals` changes files: those that pyproject.toml lists, all of them or none.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.errors import Problem, ProjectError, ReleaseError
from ffiwheel.system.files import rewrite
from ffiwheel.versioning.git import check_facts
from ffiwheel.versioning.literals import (
    check_literals,
    check_rendering,
    choose_number,
    find_literals,
    replace_literals,
)
from ffiwheel.versioning.release import (
    check_history,
    check_number,
    coming_version,
    numbers_for_literals,
    parse_release,
    read_standing,
    released_version,
)

if TYPE_CHECKING:
    from packaging.version import Version as Pep440

    from ffiwheel.config.project import Project
    from ffiwheel.config.schema import WriteTable
    from ffiwheel.versioning.literals import LiteralVersion
    from ffiwheel.versioning.release import Standing
    from ffiwheel.versioning.repository import Repository

_EXAMPLE = """\
name each place, such as:
[[tool.ffiwheel.version.write]]
path = "include/version.h"
pattern = '^#define HELLO_VERSION "(.*)"$'"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file with literals."""

    path: Path
    content: bytes
    literals: tuple[LiteralVersion, ...]


def write_literals(
    project: Project, repository: Repository, wanted: str | None
) -> tuple[Pep440, tuple[Path, ...]]:
    """Write the version of the next commit into the listed files.

    Args:
        project: the project.
        repository: what tracks it.
        wanted: the release that is being prepared. Without it, the files get the first development
            version of what work leads to.

    Returns:
        The version, and the files that changed.

    Raises:
        ReleaseError: if that version cannot be released, or cannot stand somewhere.
        OutputError: if a file cannot be written.
    """
    table = project.config.version
    files, problems = _read_files(project)
    standing = read_standing(repository, table)
    if wanted:
        number, found = _check_wanted(project, standing, wanted)
        problems = [*found, *problems]
    else:
        check_facts(standing.facts, table, str(project.root))
        number = coming_version(standing, table)
    if number:
        problems += [one for file in files for one in check_rendering(file.literals, number)]
    if problems or not number:
        raise ReleaseError.of(problems)
    texts = {file.path: replace_literals(file.content, file.literals, number) for file in files}
    changed = {file.path: texts[file.path] for file in files if texts[file.path] != file.content}
    rewrite(changed)
    return number, tuple(changed)


def _check_wanted(
    project: Project, standing: Standing, wanted: str
) -> tuple[Pep440 | None, list[Problem]]:
    """Return the release that is being prepared, and what speaks against its number."""
    table = project.config.version
    problems = check_history(standing.facts, table, str(project.root))
    release = parse_release(wanted, table.tag_prefix)
    if isinstance(release, Problem):
        return None, [release, *problems]
    return release, problems or check_number(release, standing, table)


def check_consistency(project: Project, repository: Repository) -> tuple[Pep440, int]:
    """Check that the listed files say what git says; return what they say, and in how many places.

    Raises:
        ReleaseError: with every literal that does not.
        VersionError: if git does not tell the version.
    """
    table = project.config.version
    files, problems = _read_files(project)
    literals = tuple(literal for file in files for literal in file.literals)
    standing = read_standing(repository, table)
    check_facts(standing.facts, table, str(project.root))
    numbers = numbers_for_literals(literals, standing, table)
    number = choose_number(literals, numbers)
    problems += _check(project, literals, number, _hint(standing, numbers))
    if problems:
        raise ReleaseError.of(problems)
    return number, len(literals)


def _hint(standing: Standing, numbers: tuple[Pep440, ...]) -> str:
    if released := released_version(standing.facts):
        return (
            f"this commit is tagged {released}: if that is published, release a higher version;\n"
            f"else delete the tag, run `ffiwheel version --release {released} --write` and commit"
        )
    others = f"; until the next release, all may also say {numbers[1]}" if numbers[1:] else ""
    return f"`ffiwheel version --write` writes {numbers[0]}{others}"


def check_files(project: Project, release: Pep440) -> list[Problem]:
    """Return a problem for each literal that does not say `release`; none if none is listed."""
    if not project.config.version.write:
        return []
    files, problems = _read_files(project)
    literals = tuple(literal for file in files for literal in file.literals)
    hint = f"run `ffiwheel version --release {release} --write` and commit"
    return problems + _check(project, literals, release, hint)


def _check(
    project: Project, literals: tuple[LiteralVersion, ...], number: Pep440, hint: str
) -> list[Problem]:
    return [
        Problem(one.message, str(project.root / one.where), one.hint)
        for one in check_literals(literals, number, hint)
    ]


def _read_files(project: Project) -> tuple[list[SourceFile], list[Problem]]:
    """Return the listed files with their literals, and the problems of those that have none.

    Raises:
        ProjectError: if no file is listed, as a check of nothing would be no check.
    """
    file = project.root / "pyproject.toml"
    if not project.config.version.write:
        message = "no file with a version in it is listed"
        where = f"tool.ffiwheel.version.write in {file}"
        raise ProjectError(message, where=where, hint=_EXAMPLE)
    listed: dict[Path, dict[str, WriteTable]] = {}
    for index, entry in enumerate(project.config.version.write):
        listed.setdefault(Path(entry.path), {})[f"tool.ffiwheel.version.write[{index}]"] = entry
    files, problems = [], []
    for path, entries in listed.items():
        content = _read(project.root, path, next(iter(entries)))
        if isinstance(content, Problem):
            problems.append(content)
            continue
        literals, found = find_literals(path.as_posix(), content, entries)
        files.append(
            SourceFile(path=project.root / path, content=content, literals=tuple(literals))
        )
        problems += found
    return files, [Problem(one.message, f"{one.where} in {file}", one.hint) for one in problems]


def _read(root: Path, path: Path, key: str) -> bytes | Problem:
    """Return what is in a file of the project, or why it cannot be changed there.

    A link is no such file: replacing it would leave two files where there was one.
    """
    place = f"{key}.path"
    real = (root / path).resolve()
    if real != root / path:
        hint = f"name the file itself: {real}"
        return Problem(f"`{path}` is reached through a link", place, hint)
    try:
        return real.read_bytes()
    except OSError as error:
        return Problem(f"`{path}` cannot be read: {error.strerror}", place, "correct the path")
