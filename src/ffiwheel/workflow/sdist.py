"""Source distributions: make one, and build a wheel from it to prove that it is complete."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from ffiwheel.compile.delegate import Order, delegate
from ffiwheel.compile.job import Job
from ffiwheel.config.project import read_project
from ffiwheel.system.archive import extract_tar_gz
from ffiwheel.toolchain.native import find_compiler
from ffiwheel.toolchain.runtime import find_runtime
from ffiwheel.versioning.stamp import STAMP, render_stamp
from ffiwheel.wheel.metadata import read_metadata
from ffiwheel.wheel.sdist import write_sdist
from ffiwheel.workflow.build import deliver
from ffiwheel.workflow.place import build_folder
from ffiwheel.workflow.version import project_version

if TYPE_CHECKING:
    from pathlib import Path

    from ffiwheel.config.project import Project
    from ffiwheel.model.progress import Progress, Step


def build_sdist(project: Project, outdir: Path, progress: Progress) -> Path:
    """Build the sdist of `project` into `outdir`."""
    with progress.step("sdist") as step:
        sdist = _make_own(project, outdir) if project.is_ours else _ask(project, outdir, step)
        step.done(sdist.name)
    return sdist


def unpack_sdist(sdist: Path, project: Project) -> Project:
    """Return the project that lies in `sdist`, unpacked into the build folder of `project`."""
    folder = build_folder(project, debug=False).parent / "unpacked"
    shutil.rmtree(folder, ignore_errors=True)
    extract_tar_gz(sdist, folder)
    return read_project(folder / sdist.name.removesuffix(".tar.gz"))


def _make_own(project: Project, outdir: Path) -> Path:
    version = project_version(project)
    metadata = read_metadata(project.pyproject, project.root, version.for_wheel)
    stamp = {STAMP: render_stamp(version)}
    return write_sdist(project.root, metadata, version.for_wheel, outdir, stamp)


def _ask(project: Project, outdir: Path, step: Step) -> Path:
    job = Job(
        root=project.root,
        folder=build_folder(project, debug=False),
        runtime=find_runtime(),
        compiler=find_compiler(),
        debug=False,
    )
    order = Order(job=job, backend=project.backend, kind="sdist", exports=None)
    return deliver(delegate(order, step), outdir)
