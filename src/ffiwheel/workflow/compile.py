"""The step *compile*: choose the engine, run it, and lay sources and products together."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from ffiwheel.compile.cmake import (
    CMakePlan,
    compile_cmake,
    read_cmake_inputs,
    stub_root,
    without_import_libraries,
)
from ffiwheel.compile.delegate import CMAKE_BACKEND, Order, delegate
from ffiwheel.compile.fitting import check_cross, check_patterns, fit_table
from ffiwheel.compile.kernels import check_cuda, find_kernels
from ffiwheel.compile.ninja import compile_sources, summarize
from ffiwheel.compile.plan import Kernels, Plan
from ffiwheel.compile.sources import find_sources, needs_cuda
from ffiwheel.errors import FfiwheelError, Problem, ProjectError
from ffiwheel.model.draft import ANY_PYTHON, Draft
from ffiwheel.model.provenance import Part, Provenance, part_of
from ffiwheel.system.files import hash_file
from ffiwheel.system.machine import loads_here
from ffiwheel.system.parallel import cores, run_parallel
from ffiwheel.toolchain.cuda import find_nvcc
from ffiwheel.toolchain.native import find_compiler, find_linker
from ffiwheel.toolchain.runtime import list_headers
from ffiwheel.toolchain.targets import full_name, names_of_targets
from ffiwheel.wheel.assemble import open_wheel
from ffiwheel.wheel.metadata import read_metadata, render_dist_info
from ffiwheel.wheel.packages import find_cmake_packages, find_packages, package_files
from ffiwheel.workflow.attempt import Attempt
from ffiwheel.workflow.binaries import read_binaries
from ffiwheel.workflow.emit import emit_overlay
from ffiwheel.workflow.finish import finish_draft
from ffiwheel.workflow.outdated import forget_outdated, remember_inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from ffiwheel.compile.job import Job
    from ffiwheel.config.project import Project
    from ffiwheel.model.compiled import Compiled
    from ffiwheel.model.overlay import Overlay
    from ffiwheel.model.progress import Step
    from ffiwheel.model.target import Target
    from ffiwheel.model.version import Version
    from ffiwheel.wheel.packages import PackageFolder


def compile_project(
    project: Project, version: Version, jobs: Sequence[Job], folder: Path, step: Step
) -> tuple[Attempt, ...]:
    """Compile a project for each job's target; one that fails does not hold up the others.

    Whatever has changed is compiled anew, also where an older file has taken the place of another.

    Args:
        project: what to compile, checked for each of the targets.
        version: its version.
        jobs: one for each target.
        folder: the build folder: that of the one job, or one around all.
        step: where to tell.
    """
    forget_outdated(project, folder)
    attempts = _compile(project, version, jobs, folder, step)
    remember_inputs(project, folder)
    return attempts


def _compile(
    project: Project, version: Version, jobs: Sequence[Job], folder: Path, step: Step
) -> tuple[Attempt, ...]:
    if not project.is_ours:
        step.done(_summarize(project.backend, jobs))
        return _attempt_all(project, jobs, lambda job: _draft_foreign(project, job, step))
    if project.config.sources:
        return _compile_plain(project, version, jobs, folder, step)
    step.done(_summarize("CMake", jobs))
    return _attempt_all(project, jobs, lambda job: _draft_cmake(project, version, job, step))


def _summarize(engine: str, jobs: Sequence[Job]) -> str:
    """Return what builds for what, in a few words for people."""
    labels = ", ".join(dict.fromkeys(job.compiler.label for job in jobs))
    many = f" for {len(jobs)} targets" if len(jobs) > 1 else ""
    return f"{engine}{many}, {labels}, {'debug' if jobs[0].debug else 'release'}"


def _attempt_all(
    project: Project, jobs: Sequence[Job], make: Callable[[Job], Draft]
) -> tuple[Attempt, ...]:
    """Make the wheels to be side by side: half of what CMake does keeps one core busy at most."""
    workers = min(cores(), len(jobs))
    share = cores() // workers if workers > 1 else 0
    shared = [replace(job, share=share) for job in jobs]
    tasks = [partial(_attempt, project, job, partial(make, job)) for job in shared]
    return _share_stubs(project, run_parallel(tasks, workers))


def _attempt(project: Project, job: Job, make: Callable[[], Draft]) -> Attempt:
    started = monotonic()
    try:
        outcome: Draft | FfiwheelError = finish_draft(make(), job, _exports(project))
    except FfiwheelError as error:
        outcome = error
    return Attempt(
        target=job.target,
        folder=job.folder,
        job=job,
        outcome=outcome,
        seconds=monotonic() - started,
    )


def _exports(project: Project) -> tuple[str, ...] | None:
    """Return what leaves libraries besides `__tvm_ffi_*`; None: whatever their own rules let out.

    Plain sources have no rules of their own.
    """
    nothing = () if project.config.sources else None
    return nothing if project.config.exports is None else project.config.exports


def _compile_plain(
    project: Project, version: Version, jobs: Sequence[Job], folder: Path, step: Step
) -> tuple[Attempt, ...]:
    plans = tuple(_plan_sources(project, jobs, folder))
    results = compile_sources(plans, folder, step)
    step.done(summarize(plans))
    return tuple(
        _conclude(project, version, job, made, seconds)
        for job, (made, seconds) in zip(jobs, results, strict=True)
    )


def _conclude(
    project: Project, version: Version, job: Job, made: Compiled | FfiwheelError, seconds: float
) -> Attempt:
    """Return what became of a job whose sources have been compiled, or have not."""
    if isinstance(made, FfiwheelError):
        return Attempt(target=job.target, folder=job.folder, job=job, outcome=made, seconds=seconds)
    attempt = _attempt(project, job, partial(_draft_own, project, version, job, made))
    return replace(attempt, seconds=seconds)


def _draft_cmake(project: Project, version: Version, job: Job, step: Step) -> Draft:
    plan = CMakePlan(
        job=job,
        name=project.name,
        version=version,
        settings=project.tool("scikit-build"),
        exports=project.config.exports,
    )
    compiled = compile_cmake(plan, step)
    return _draft_own(project, version, job, compiled)


def source_packages(project: Project) -> tuple[PackageFolder, ...]:
    """Return the Python packages in the source tree that go into the wheel."""
    listed = project.config.packages
    if project.backend == CMAKE_BACKEND:
        table = project.tool("scikit-build").get("wheel", {})
        wheel_table = table if isinstance(table, dict) else {}
        return find_cmake_packages(project.root, project.import_name, wheel_table)
    emitted = [table.path for table in project.config.version.emit]
    return find_packages(project.root, project.import_name, listed, emitted)


def source_files(project: Project) -> dict[str, Path]:
    """Return archive path -> file of the Python packages in the source tree."""
    packages = source_packages(project)
    return {name: path for package in packages for name, path in package_files(package).items()}


def emit_into(project: Project, version: Version, folder: Path) -> Overlay | None:
    """Make the files that the project wants, and remove those that it wanted before."""
    overlay = emit_overlay(project, version, folder / "version")
    return overlay if overlay.paths else None


def _emitted_files(project: Project, job: Job) -> dict[str, Path]:
    """Return archive path -> file of what is emitted into a package of the wheel."""
    if not job.overlay:
        return {}
    packages = source_packages(project)
    return {
        name: job.overlay.folder / path
        for path in job.overlay.paths
        for package in packages
        if (name := package.archive_path(project.root / path))
    }


def check_project(project: Project, version: str, overlay: Overlay | None) -> None:
    """Look for everything that is wrong with a project, before anything is compiled.

    What another backend builds is left to that.

    Raises:
        ProjectError: with all problems of its metadata, its packages and its sources.
    """
    if not project.is_ours:
        return
    file = project.root / "pyproject.toml"
    problems = [
        *_problems_of(lambda: read_metadata(project.pyproject, project.root, version)),
        *_problems_of(lambda: source_packages(project)),
        *_problems_of(lambda: find_sources(project.root, project.config.sources, overlay)),
        *_problems_of(lambda: _find_kernels(project, overlay)),
        *(
            problem._replace(where=f"{problem.where} in {file}")
            for problem in check_patterns(project.config.compile, names_of_targets())
        ),
    ]
    if problems:
        raise ProjectError.of(problems)
    if not project.config.sources and not (project.root / "CMakeLists.txt").is_file():
        raise ProjectError(
            "there is nothing to compile",
            where=str(file),
            hint='list C++ files, such as `sources = ["src/*.cc"]` in `[tool.ffiwheel]`,\n'
            "or add a `CMakeLists.txt`",
        )


def check_for_target(project: Project, target: Target, overlay: Overlay | None) -> None:
    """Look for what is not about a target: a backend, options or CUDA for this machine.

    Raises:
        ProjectError: with all of it.
    """
    file = project.root / "pyproject.toml"
    if not project.is_ours and project.backend != CMAKE_BACKEND and not target.is_native:
        raise ProjectError(
            f"`{project.backend}` compiles for the machine that it runs on",
            where=f"build-system.build-backend in {file}",
            hint="plain `sources` and a `CMakeLists.txt` are compiled for every target:\n"
            'build-backend = "ffiwheel.backend"',
        )
    sources = find_sources(project.root, project.config.sources, overlay)
    check_cuda(target, project.root, sources, _find_kernels(project, overlay))
    if target.is_native:
        return
    table = fit_table(project.config.compile, target.name)
    problems = tuple(check_cross(table, target.name, is_like_host=loads_here(target)))
    if problems:
        raise ProjectError.of(one._replace(where=f"{one.where} in {file}") for one in problems)


def _problems_of(check: Callable[[], object]) -> tuple[Problem, ...]:
    try:
        check()
    except ProjectError as error:
        return error.problems
    return ()


def _draft_own(project: Project, version: Version, job: Job, compiled: Compiled) -> Draft:
    metadata = read_metadata(project.pyproject, project.root, version.for_wheel)
    files = {**source_files(project), **_emitted_files(project, job), **compiled.files}
    return Draft(
        name=project.name,
        version=version.for_wheel,
        files=files,
        dist_info=render_dist_info(metadata, project.root),
        provenance=_trace(job, compiled.tools, compiled.sources),
    )


def _trace(job: Job, tools: tuple[Part, ...], sources: Mapping[str, Path]) -> Provenance:
    """Return what was compiled, and with what."""
    linker = find_linker(job.compiler)
    return Provenance(
        tools=(*tools, *((linker,) if linker else ())),
        headers=list_headers(job.runtime),
        sources={name: hash_file(path) for name, path in sources.items()},
    )


def _plan_sources(project: Project, jobs: Sequence[Job], folder: Path) -> Iterator[Plan]:
    """Yield for each job what is to be compiled.

    Args:
        project: what to compile.
        jobs: one for each target.
        folder: where to make what all targets share.
    """
    overlay = jobs[0].overlay
    sources = find_sources(project.root, project.config.sources, overlay)
    kernels = _find_kernels(project, overlay)
    cuda = find_nvcc() if needs_cuda((*sources, *kernels)) else None
    package = package_name(project)
    for job in jobs:
        yield Plan(
            job=job,
            sources=sources,
            library=f"{package}/{job.target.library_name(package.rpartition('/')[2])}",
            table=fit_table(project.config.compile, full_name(job.target)),
            exports=_exports(project) or (),
            cuda=cuda,
            kernels=Kernels(sources=kernels, folder=folder / "kernels", host=find_compiler())
            if kernels
            else None,
        )


def _find_kernels(project: Project, overlay: Overlay | None) -> tuple[Path, ...]:
    """Return the CUDA files that are compiled once for all targets."""
    patterns = project.config.kernels
    if not patterns:
        return ()
    if not project.config.sources:
        raise ProjectError(
            "`kernels` without `sources`",
            where=f"tool.ffiwheel.kernels in {project.root / 'pyproject.toml'}",
            hint='list the C++ files that launch them: `sources = ["src/*.cc"]`;\n'
            "a `CMakeLists.txt` compiles kernels with TVM-FFI's `tvm_ffi_embed_bin_into`",
        )
    return find_kernels(
        project.root, patterns, find_sources(project.root, project.config.sources, overlay)
    )


def package_name(project: Project) -> str:
    """Return the archive path of the package that plain sources are compiled into."""
    packages = source_packages(project)
    return packages[0].name if packages else project.import_name


def _draft_foreign(project: Project, job: Job, step: Step) -> Draft:
    order = Order(job=job, backend=project.backend, kind="wheel", exports=project.config.exports)
    wheel = delegate(order, step)
    emitted = _emitted_files(project, job)
    opened = open_wheel(wheel, job.folder / "opened").with_files(emitted)
    draft = replace(
        opened,
        files=without_import_libraries(opened.files),
        provenance=_trace_foreign(order),
    )
    if any(binary.uses_python for _, binary in read_binaries(draft).values()):
        return draft
    return replace(draft, python_tag=ANY_PYTHON)


def _trace_foreign(order: Order) -> Provenance:
    """Return what another backend compiled: all that we see of it.

    Who compiles with setuptools may do so in an environment of its own, with other headers.
    """
    tools = (Part(order.backend), part_of(order.job.compiler.label))
    if order.uses_cmake:
        return _trace(order.job, tools, read_cmake_inputs(order.job, order.exports))
    return Provenance(tools=tools)


def _share_stubs(project: Project, attempts: Sequence[Attempt]) -> tuple[Attempt, ...]:
    """Give every wheel what the guide's stub step wrote where this machine can load the library."""
    for host in attempts:
        if host.job and loads_here(host.target) and isinstance(host.outcome, Draft):
            stubs = _completed_stubs(host.job, source_packages(project))
            return tuple(
                replace(one, outcome=one.outcome.with_files(stubs))
                if isinstance(one.outcome, Draft)
                else one
                for one in attempts
            )
    return tuple(attempts)


def _completed_stubs(job: Job, packages: tuple[PackageFolder, ...]) -> dict[str, Path]:
    """Return archive path -> file of what the guide's stub step wrote in its copies.

    The step fills in directives of existing files and may add files; only what differs from the
    source tree counts.
    """
    found: dict[str, Path] = {}
    for record in sorted(stub_root(job).glob("*/stub.json")):
        places: Mapping[str, str] = json.loads(record.read_text(encoding="utf-8"))
        source, tree = job.root / places["source"], job.root / places["tree"]
        for file in sorted(tree.rglob("*.py*")):
            original = source / file.relative_to(tree)
            if original.is_file() and original.read_bytes() == file.read_bytes():
                continue
            for package in packages:
                if name := package.archive_path(original):
                    found[name] = file
    return found
