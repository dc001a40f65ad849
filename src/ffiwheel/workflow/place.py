"""Where a build works and delivers."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from typing import TYPE_CHECKING

from ffiwheel.compile.job import CMAKE_DATA
from ffiwheel.errors import OutputError
from ffiwheel.system.environment import cache_folder, source_date_epoch
from ffiwheel.system.files import (
    explaining_full,
    explaining_gone,
    is_writable,
    make_private_folder,
    replacing,
    require_writable,
)
from ffiwheel.system.lock import holding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ffiwheel.config.project import Project
    from ffiwheel.model.progress import Progress


CMAKE_PACKAGE = CMAKE_DATA / "ffiwheel"
"""The folder of our CMake package, for `ffiwheel_DIR`."""


@contextlib.contextmanager
def build_folder(project: Project, progress: Progress, *, debug: bool) -> Iterator[Path]:
    """Give the build folder of a project, which git does not see, to one build at a time.

    It lies in the project, or in the user's cache where the project cannot be written to. Who wants
    it while another build has it waits, and says so.

    Raises:
        OutputError: if there is no place to build in, or something in the block fills the disk.
        ProjectError: if `SOURCE_DATE_EPOCH` would fail at the end, or a file of the project goes.
    """
    source_date_epoch()
    place = make_private_folder(_require_place(project))
    with (
        explaining_full(place),
        explaining_gone(project.root),
        holding(place / "lock", lambda: progress.note("waiting for another build of this project")),
    ):
        yield make_private_folder(place / ("debug" if debug else "release"))


def _require_place(project: Project) -> Path:
    place = _place(project)
    if not is_writable(place):
        raise OutputError(
            "there is no place to build in: nothing can be written in the project or in the cache",
            where=f"{project.root}, {cache_folder()}",
            hint="let XDG_CACHE_HOME name a folder that you may write to",
        )
    return place


def _place(project: Project) -> Path:
    if is_writable(project.root / "build" / "ffiwheel"):
        return project.root / "build" / "ffiwheel"
    digest = hashlib.sha256(str(project.root).encode()).hexdigest()[:12]
    return cache_folder() / "builds" / f"{project.name}-{digest}"


def output_folder(project: Project, chosen: Path | None) -> Path:
    """Return the folder to deliver into: the `chosen` one, or `dist`, which git does not see.

    Raises:
        OutputError: if it cannot be written to.
    """
    folder = chosen or project.root / "dist"
    require_writable(folder)
    return folder if chosen else make_private_folder(folder)


def deliver(files: tuple[Path, ...], outdir: Path) -> tuple[Path, ...]:
    """Copy finished files into `outdir`, where all of them appear whole, or none does."""
    targets = tuple(outdir / file.name for file in files)
    with contextlib.ExitStack() as stack:
        for file, target in zip(files, targets, strict=True):
            shutil.copyfile(file, stack.enter_context(replacing(target)))
    return targets
