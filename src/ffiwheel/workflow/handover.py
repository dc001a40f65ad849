"""What other build backends are handed besides the version: the emitted files, and the stamp."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.system.files import make_private_folder, write_if_changed
from ffiwheel.versioning.stamp import STAMP, render_stamp
from ffiwheel.workflow.emit import plan_for_build

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from ffiwheel.config.project import Project
    from ffiwheel.model.version import Version


def files_for_wheel(project: Project, version: Version) -> dict[str, bytes]:
    """Return path in the project -> content of the files to emit.

    Raises:
        ProjectError: if a template fails, or a file of the project is in the way.
        VersionError: if a form cannot express the version.
    """
    return {file.path: file.content for file in plan_for_build(project, version)}


def files_for_sdist(project: Project, version: Version) -> dict[str, bytes]:
    """Return the same, and the stamp, which tells the commit where git is not."""
    return {**files_for_wheel(project, version), STAMP: render_stamp(version)}


def leave_files(project: Project, version: Version) -> None:
    """Leave the files for an sdist in `build/ffiwheel/emitted`, and nothing else.

    That is the only way for a backend that can be told to take a folder, and no more. The lock on
    the build folder is not asked for: a build by us that called the backend holds it.

    Raises:
        ProjectError: if a template fails, or a file of the project is in the way.
        VersionError: if a form cannot express the version.
        OutputError: if the project cannot be written to.
    """
    files = files_for_sdist(project, version)
    folder = make_private_folder(project.root / "build" / "ffiwheel") / "emitted"
    _remove_others(folder, {folder / path for path in files})
    write_all(files, folder)


def write_all(files: Mapping[str, bytes], folder: Path) -> tuple[Path, ...]:
    """Write files into a folder of the build, each under its path; return their paths."""
    for path, content in files.items():
        write_if_changed(folder / path, content)
    return tuple(folder / path for path in files)


def _remove_others(folder: Path, wanted: Collection[Path]) -> None:
    for path in folder.rglob("*") if folder.is_dir() else ():
        if path.is_file() and path not in wanted:
            path.unlink()
