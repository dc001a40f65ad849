"""Emitted files: the version in other languages, beside the project and never in it.

All files are rendered and checked before the first one is written, and then all of them are
written or none. What has not changed keeps its time.
"""

from __future__ import annotations

import contextlib
import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ffiwheel.config.schema import EmitTable
from ffiwheel.errors import FfiwheelError, OutputError, Problem, ProjectError
from ffiwheel.model.overlay import Overlay
from ffiwheel.system.files import read_input, require_writable, write_changed
from ffiwheel.system.git import ask_git_for_files
from ffiwheel.versioning.emit.registry import EMITTERS
from ffiwheel.versioning.emit.request import Request, identifier_of
from ffiwheel.versioning.stamp import has_stamp

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ffiwheel.config.project import Project
    from ffiwheel.model.progress import Progress
    from ffiwheel.model.version import Version


@dataclass(frozen=True, slots=True, kw_only=True)
class EmittedFile:
    """One file before it is written."""

    path: str
    """Where it would lie in the project."""
    content: bytes
    given: Path | None = None
    """The file of the project that it starts from."""


def emit_files(project: Project, version: Version, folder: Path) -> tuple[Path, ...]:
    """Write the files that the project wants into `folder`, each under its path; return them.

    Raises:
        ProjectError: if a template fails, or git tracks one of the paths.
        VersionError: if a form cannot express the version.
        OutputError: if a file cannot be written, or one that git tracks would be overwritten.
    """
    return write_files(plan_files(project, version), folder)


def emit_on_request(
    project: Project, version: Version, folder: Path, progress: Progress
) -> tuple[Path, ...]:
    """Write the files that the project wants, or one of every kind if it wants none; return them.

    Raises:
        FfiwheelError: as `emit_files`.
    """
    if project.config.version.emit:
        return emit_files(project, version, folder)
    files, notes = plan_everything(project, version)
    paths = write_files(files, folder)
    for note in notes:
        progress.note(note)
    return paths


def emit_overlay(project: Project, version: Version, folder: Path) -> Overlay:
    """Bring the files for a build up to date in `folder`, which has nothing else afterwards.

    Nothing is emitted while another backend keeps the version to itself.

    Raises:
        ProjectError: besides the reasons of `emit_files`, if a file of the project is in the way.
    """
    files = plan_for_build(project, version) if version.public else ()
    _remove_others(files, folder)
    write_changed({folder / file.path: file.content for file in files})
    return Overlay(
        folder=folder,
        paths=tuple(file.path for file in files),
        sources=tuple(
            table.path
            for table in project.config.version.emit
            if table.form == "c-source" and files
        ),
    )


def plan_for_build(project: Project, version: Version) -> tuple[EmittedFile, ...]:
    """Return the files of a build or an sdist; what lies in the project must not contradict them.

    Raises:
        ProjectError: besides the reasons of `plan_files`, if a file of the project is in the way.
    """
    files = plan_files(project, version)
    found = [problem for file in files for problem in _check_free(project, file)]
    if found:
        raise ProjectError.of(found)
    return files


def plan_files(project: Project, version: Version) -> tuple[EmittedFile, ...]:
    """Return the files that the project wants.

    Raises:
        ProjectError: if a template fails, or git tracks one of the paths.
        VersionError: if a form cannot express the version.
    """
    tables = project.config.version.emit
    if tracked := _find_tracked(project, tables):
        raise ProjectError.of(tracked)
    made = [_try_render(project, version, table, tables) for table in tables]
    errors = [one for one in made if isinstance(one, FfiwheelError)]
    if errors:
        raise type(errors[0]).of(problem for error in errors for problem in error.problems)
    return tuple(one for one in made if isinstance(one, EmittedFile))


def plan_everything(
    project: Project, version: Version
) -> tuple[tuple[EmittedFile, ...], tuple[str, ...]]:
    """Return a file of each kind under its usual name, and why some kinds are left out."""
    name = identifier_of(project.name)
    tables = tuple(
        EmitTable(path=emitter.file.format(name=name), form=form)  # type: ignore[arg-type]  # a test holds the names together
        for form, emitter in EMITTERS.items()
        if form != "package-json" or (project.root / "package.json").is_file()
    )
    made = {table.path: _try_render(project, version, table, tables) for table in tables}
    notes = [
        f"{path} is left out: {one.problems[0].message}"
        for path, one in made.items()
        if isinstance(one, FfiwheelError)
    ]
    return tuple(one for one in made.values() if isinstance(one, EmittedFile)), tuple(notes)


def write_files(files: tuple[EmittedFile, ...], folder: Path) -> tuple[Path, ...]:
    """Write files into a folder of the user's, all of them or none; return their paths.

    Raises:
        OutputError: if one cannot be written, or one that git tracks would be overwritten.
    """
    if folder.exists() and not folder.is_dir():
        hint = "give a folder; it is made if it is not there"
        raise OutputError("files cannot be emitted into a file", where=str(folder), hint=hint)
    if ".git" in folder.resolve().parts:
        hint = "choose a folder that is not git's own"
        raise OutputError(
            "nothing is emitted into a repository's `.git`", where=str(folder), hint=hint
        )
    require_writable(folder)
    if found := [problem for file in files for problem in _check_target(folder, file)]:
        raise OutputError.of(found)
    write_changed({folder / file.path: file.content for file in files})
    return tuple(folder / file.path for file in files)


def _remove_others(files: Iterable[EmittedFile], folder: Path) -> None:
    wanted = {folder / file.path for file in files}
    for path in sorted(folder.rglob("*"), reverse=True) if folder.is_dir() else ():
        if path.is_dir():
            with contextlib.suppress(OSError):  # it is not empty
                path.rmdir()
        elif path not in wanted:
            path.unlink()


def _try_render(
    project: Project, version: Version, table: EmitTable, tables: tuple[EmitTable, ...]
) -> EmittedFile | FfiwheelError:
    """Return the file that a table asks for, or what is wrong with it."""
    try:
        request = _make_request(project, version, table, tables)
        content = _render_text(table, request).encode()
    except ProjectError as error:
        return error
    except FfiwheelError as error:
        return type(error).of(
            problem._replace(where=f"{problem.where}, for `{table.path}`")
            for problem in error.problems
        )
    given = project.root / table.given if table.given else None
    return EmittedFile(path=posixpath.normpath(table.path), content=content, given=given)


def _make_request(
    project: Project, version: Version, table: EmitTable, tables: tuple[EmitTable, ...]
) -> Request:
    header = next((one.path for one in tables if one.form == "c-header"), "")
    folder = posixpath.dirname(table.path) or "."
    return Request(
        version=version,
        name=identifier_of(project.name),
        header=posixpath.relpath(header, folder) if header else "",
        given=_read_text(project.root / table.given) if table.given else "",
        where=str(project.root / table.given) if table.given else "",
    )


def _render_text(table: EmitTable, request: Request) -> str:
    if table.form is not None:
        return EMITTERS[table.form].render(request)
    from ffiwheel.versioning.emit.template import render_template  # noqa: PLC0415 - brings Jinja2

    return render_template(request)


def _read_text(path: Path) -> str:
    try:
        return read_input(path).decode()
    except UnicodeDecodeError as error:
        raise ProjectError(
            f"not UTF-8: {error.reason} at byte {error.start}",
            where=str(path),
            hint="save the file as UTF-8",
        ) from error


def _find_tracked(project: Project, tables: tuple[EmitTable, ...]) -> list[Problem]:
    """Return a problem for each path that git tracks; in an unpacked sdist the files lie there."""
    if not tables or has_stamp(project.root):
        return []
    paths = [f":(literal){table.path}" for table in tables]
    tracked = set(ask_git_for_files(project.root, "--cached", "--", *paths))
    hint = "choose another path, or remove the file from git: `git rm {}`"
    return [
        Problem(
            f"git tracks `{table.path}`, so it cannot be emitted",
            f"tool.ffiwheel.version.emit[{index}].path in {project.root / 'pyproject.toml'}",
            hint.format(table.path),
        )
        for index, table in enumerate(tables)
        if posixpath.normpath(table.path) in tracked
    ]


def _check_free(project: Project, file: EmittedFile) -> Iterable[Problem]:
    """Return a problem if another file of the project would be taken for the emitted one.

    In an unpacked sdist the emitted ones lie there and have no say, but for a header: a compiler
    looks for it beside the source first.
    """
    path = project.root / file.path
    is_sdist = has_stamp(project.root)
    if is_sdist and file.path not in _headers(project):
        return
    if path.is_file() and path.read_bytes() != file.content:
        message = f"`{file.path}` lies in the project and differs from what is to be emitted"
        hint = "remove it: an emitted file is made in the build folder"
        if is_sdist:
            hint = "remove it: this sdist was made as another version"
        yield Problem(message, str(path), hint)


def _headers(project: Project) -> set[str]:
    tables = project.config.version.emit
    return {posixpath.normpath(table.path) for table in tables if table.form == "c-header"}


def _check_target(folder: Path, file: EmittedFile) -> Iterable[Problem]:
    target = folder / file.path
    hint = "choose another folder, such as `build/version`"
    above = [path for path in target.parents if path.is_relative_to(folder)]
    if in_the_way := [path for path in above if path.exists() and not path.is_dir()]:
        message = f"cannot write `{target.name}`: `{in_the_way[0].name}` is a file"
        yield Problem(message, str(target), hint)
    elif target.is_dir():
        yield Problem(f"cannot write `{target.name}`: a folder has its name", str(target), hint)
    elif file.given and target.resolve() == file.given.resolve():
        yield Problem("the file to start from would be overwritten", str(target), hint)
    elif target.parent.is_dir() and ask_git_for_files(
        target.parent.resolve(), "--cached", "--", f":(literal){target.name}"
    ):
        yield Problem("git tracks a file that would be overwritten", str(target), hint)
