"""Source distributions: make one, and build a wheel from it to prove that it is complete."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

from ffiwheel.compile.delegate import Order, delegate
from ffiwheel.compile.job import Job
from ffiwheel.config.project import read_project
from ffiwheel.system.archive import extract_tar_gz
from ffiwheel.toolchain.native import find_compiler
from ffiwheel.toolchain.runtime import find_runtime
from ffiwheel.toolchain.targets import native_target
from ffiwheel.versioning.stamp import STAMP, render_stamp
from ffiwheel.wheel.metadata import read_metadata
from ffiwheel.wheel.sdist import write_sdist
from ffiwheel.workflow.build import make_wheel
from ffiwheel.workflow.emit import plan_for_build
from ffiwheel.workflow.log import logged
from ffiwheel.workflow.place import build_folder, deliver
from ffiwheel.workflow.targets import deliver_wheels, make_wheels
from ffiwheel.workflow.version import project_version

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ffiwheel.config.project import Project
    from ffiwheel.model.outcome import Outcome
    from ffiwheel.model.progress import Progress, Step
    from ffiwheel.model.target import Target
    from ffiwheel.workflow.build import BuildOptions, BuiltWheel


def build_sdist(project: Project, outdir: Path, progress: Progress) -> Path:
    """Build the sdist of `project` into `outdir`."""
    with build_folder(project, progress, debug=False) as folder:
        [delivered] = deliver((make_sdist(project, folder, progress),), outdir)
    return delivered


def build_both(
    project: Project, outdir: Path, options: BuildOptions, progress: Progress
) -> tuple[Path, BuiltWheel]:
    """Build the sdist of `project` and the wheel from it into `outdir`.

    Raises:
        FfiwheelError: of the class of the step that failed; `outdir` is then as it was.
    """
    with build_folder(project, progress, debug=False) as folder:
        sdist = make_sdist(project, folder, progress)
        unpacked = unpack_sdist(sdist, folder.parent / "unpacked")
        with build_folder(unpacked, progress, debug=options.debug) as inner:
            wheel = make_wheel(unpacked, inner, options, progress)
        delivered, path = deliver((sdist, wheel.path), outdir)
    return delivered, replace(wheel, path=path)


def build_both_targets(
    project: Project,
    outdir: Path,
    targets: Sequence[Target],
    options: BuildOptions,
    progress: Progress,
) -> tuple[Path | None, tuple[Outcome, ...]]:
    """Build the sdist of `project`, and from it a wheel for each target, into `outdir`.

    Returns:
        The sdist, unless no wheel could be made of it, and what became of the targets.

    Raises:
        FfiwheelError: if none can be built, whatever the target; `outdir` is then as it was.
    """
    with build_folder(project, progress, debug=False) as folder:
        sdist = make_sdist(project, folder, progress)
        unpacked = unpack_sdist(sdist, folder.parent / "unpacked")
        with build_folder(unpacked, progress, debug=options.debug) as inner:
            outcomes = make_wheels(unpacked, inner, targets, options, progress)
        if not any(one.wheel for one in outcomes):
            return None, outcomes
        return outdir / sdist.name, deliver_wheels(outcomes, outdir, sdist)


def make_sdist(project: Project, folder: Path, progress: Progress) -> Path:
    """Make the sdist of `project` in its build folder."""
    with progress.step("sdist") as step:
        sdist = _make_own(project, folder) if project.is_ours else _ask(project, folder, step)
        step.done(sdist.name)
    return sdist


def unpack_sdist(sdist: Path, folder: Path) -> Project:
    """Return the project that lies in `sdist`, unpacked into `folder`."""
    shutil.rmtree(folder, ignore_errors=True)
    extract_tar_gz(sdist, folder)
    return read_project(folder / sdist.name.removesuffix(".tar.gz"))


def _make_own(project: Project, folder: Path) -> Path:
    version = project_version(project)
    metadata = read_metadata(project.pyproject, project.root, version.for_wheel)
    emitted = {file.path: file.content for file in plan_for_build(project, version)}
    extra = {**emitted, STAMP: render_stamp(version)}
    return write_sdist(project.root, metadata, version.for_wheel, folder / "sdist", extra)


def _ask(project: Project, folder: Path, step: Step) -> Path:
    job = Job(
        root=project.root,
        folder=folder,
        target=native_target(),
        compiler=find_compiler(),
        runtime=find_runtime(),
        debug=False,
    )
    order = Order(job=job, backend=project.backend, kind="sdist", exports=None)
    with logged(step, folder / "log.txt") as heard:
        return delegate(order, heard)
