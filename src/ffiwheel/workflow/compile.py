"""The step *compile*: choose the engine, run it, and lay sources and products together."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from ffiwheel.compile.cmake import CMakePlan, compile_cmake, read_cmake_inputs, stub_root
from ffiwheel.compile.delegate import CMAKE_BACKEND, Order, delegate
from ffiwheel.compile.fitting import check_cross, check_patterns, fit_table
from ffiwheel.compile.ninja import compile_sources, summarize
from ffiwheel.compile.plan import Plan
from ffiwheel.compile.sources import find_sources, needs_cuda
from ffiwheel.errors import CompileError, FfiwheelError, Problem, ProjectError
from ffiwheel.model.draft import ANY_PYTHON, Draft
from ffiwheel.model.provenance import Part, Provenance, part_of
from ffiwheel.system.files import hash_file
from ffiwheel.toolchain.cuda import find_nvcc
from ffiwheel.toolchain.native import find_linker
from ffiwheel.toolchain.runtime import list_headers
from ffiwheel.toolchain.targets import full_name, names_of_targets
from ffiwheel.wheel.assemble import open_wheel
from ffiwheel.wheel.metadata import read_metadata, render_dist_info
from ffiwheel.wheel.packages import find_cmake_packages, find_packages, package_files
from ffiwheel.workflow.binaries import read_binaries
from ffiwheel.workflow.emit import emit_overlay

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from ffiwheel.compile.job import Job
    from ffiwheel.config.project import Project
    from ffiwheel.model.compiled import Compiled
    from ffiwheel.model.overlay import Overlay
    from ffiwheel.model.progress import Step
    from ffiwheel.model.target import Target
    from ffiwheel.model.version import Version
    from ffiwheel.wheel.packages import PackageFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What became of the compilation for a target."""

    target: Target
    outcome: Draft | FfiwheelError
    """The wheel to be, without bindings, or why there is none."""
    folder: Path
    """The build folder of this target."""
    seconds: float = 0.0
    """How long compilers and linkers worked on it in this run, all cores together."""

    @property
    def error(self) -> FfiwheelError | None:
        """Why there is no wheel to be, or None."""
        return self.outcome if isinstance(self.outcome, FfiwheelError) else None

    @property
    def draft(self) -> Draft:
        """The wheel to be.

        Raises:
            FfiwheelError: if there is none.
        """
        if isinstance(self.outcome, FfiwheelError):
            raise self.outcome
        return self.outcome


def compile_project(
    project: Project, version: Version, jobs: Sequence[Job], folder: Path, step: Step
) -> tuple[Attempt, ...]:
    """Compile a project for each job's target; one that fails does not hold up the others.

    Args:
        project: what to compile.
        version: its version.
        jobs: one for each target.
        folder: the build folder: that of the one job, or one around all.
        step: where to tell.

    Raises:
        ProjectError: if the project does not say what to compile.
    """
    if not project.is_ours:
        return tuple(_attempt(job, partial(_draft_foreign, project, job, step)) for job in jobs)
    check_project(project, version.for_wheel, jobs[0].overlay)
    if project.config.sources:
        return _compile_plain(project, version, jobs, folder, step)
    if not (project.root / "CMakeLists.txt").is_file():
        raise ProjectError(
            "there is nothing to compile",
            where=str(project.root / "pyproject.toml"),
            hint='list C++ files, such as `sources = ["src/*.cc"]` in `[tool.ffiwheel]`,\n'
            "or add a `CMakeLists.txt`",
        )
    return tuple(_attempt(job, partial(_draft_cmake, project, version, job, step)) for job in jobs)


def _attempt(job: Job, make: Callable[[], Draft]) -> Attempt:
    started = monotonic()
    try:
        outcome: Draft | FfiwheelError = make()
    except FfiwheelError as error:
        outcome = error
    return Attempt(
        target=job.target, folder=job.folder, outcome=outcome, seconds=monotonic() - started
    )


def _compile_plain(
    project: Project, version: Version, jobs: Sequence[Job], folder: Path, step: Step
) -> tuple[Attempt, ...]:
    plans = [_plan_sources(project, job) for job in jobs]
    results = compile_sources(plans, folder, step)
    step.done(summarize(plans))
    return tuple(
        Attempt(
            target=job.target,
            folder=job.folder,
            seconds=seconds,
            outcome=one
            if isinstance(one, CompileError)
            else _draft_own(project, version, job, one),
        )
        for job, (one, seconds) in zip(jobs, results, strict=True)
    )


def _draft_cmake(project: Project, version: Version, job: Job, step: Step) -> Draft:
    plan = CMakePlan(
        job=job,
        name=project.name,
        version=version,
        settings=project.tool("scikit-build"),
        exports=project.config.exports,
    )
    compiled = compile_cmake(plan, step)
    kind = "debug" if job.debug else "release"
    step.done(f"CMake, {job.compiler.label}, {kind}")
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
    """Look for everything that is wrong with a project of ours before anything is compiled.

    Raises:
        ProjectError: with all problems of its metadata, its packages and its sources.
    """
    problems = [
        *_problems_of(lambda: read_metadata(project.pyproject, project.root, version)),
        *_problems_of(lambda: source_packages(project)),
        *_problems_of(lambda: find_sources(project.root, project.config.sources, overlay)),
        *(
            problem._replace(where=f"{problem.where} in {project.root / 'pyproject.toml'}")
            for problem in check_patterns(project.config.compile, names_of_targets())
        ),
    ]
    if problems:
        raise ProjectError.of(problems)


def check_options(project: Project, target: Target, *, is_like_host: bool) -> None:
    """Look for what is about this machine, and not about another target: a backend or options.

    Raises:
        ProjectError: with all of it.
    """
    if target.is_native:
        return
    if not project.is_ours and project.backend != CMAKE_BACKEND:
        raise ProjectError(
            f"`{project.backend}` compiles for the machine that it runs on",
            where=f"build-system.build-backend in {project.root / 'pyproject.toml'}",
            hint="plain `sources` and a `CMakeLists.txt` are compiled for every target:\n"
            'build-backend = "ffiwheel.backend"',
        )
    table = fit_table(project.config.compile, target.name)
    problems = tuple(check_cross(table, target.name, is_like_host=is_like_host))
    if problems:
        file = project.root / "pyproject.toml"
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
        files={**files, **_completed_stubs(job, source_packages(project))},
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


def _plan_sources(project: Project, job: Job) -> Plan:
    sources = find_sources(project.root, project.config.sources, job.overlay)
    package = package_name(project)
    return Plan(
        job=job,
        sources=sources,
        library=f"{package}/{job.target.library_name(package.rpartition('/')[2])}",
        table=fit_table(project.config.compile, full_name(job.target)),
        exports=project.config.exports or (),
        cuda=find_nvcc() if needs_cuda(sources) else None,
    )


def package_name(project: Project) -> str:
    """Return the archive path of the package that plain sources are compiled into."""
    packages = source_packages(project)
    return packages[0].name if packages else project.import_name


def _draft_foreign(project: Project, job: Job, step: Step) -> Draft:
    order = Order(job=job, backend=project.backend, kind="wheel", exports=project.config.exports)
    wheel = delegate(order, step)
    emitted = _emitted_files(project, job)
    stubs = _completed_stubs(job, source_packages(project))
    draft = replace(
        open_wheel(wheel, job.folder / "opened").with_files({**emitted, **stubs}),
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
