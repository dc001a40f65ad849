"""The main job: from a project to a wheel, step by step.

    project ─► version ─► compile ─► reflect ─► bind ─► assemble ─► audit ─► wheel

Each step takes values and makes one. Nothing is written outside the build folder until the audit
has passed; then the wheel appears in the output folder at once, whole.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ffiwheel.audit.platform import lowest_platform
from ffiwheel.compile.job import Job
from ffiwheel.errors import WheelError
from ffiwheel.model.size import show_size
from ffiwheel.toolchain.launcher import find_launcher
from ffiwheel.toolchain.native import find_compiler, with_fast_linker
from ffiwheel.toolchain.targets import native_target
from ffiwheel.wheel.assemble import write_wheel
from ffiwheel.wheel.sbom import add_sbom
from ffiwheel.workflow.binaries import facts_of, headers_of
from ffiwheel.workflow.bind import bind_draft, wishes_of
from ffiwheel.workflow.compile import (
    check_for_target,
    check_project,
    compile_project,
    emit_into,
)
from ffiwheel.workflow.log import logged
from ffiwheel.workflow.origin import BUILT_ANEW, claim_folder
from ffiwheel.workflow.place import build_folder, deliver
from ffiwheel.workflow.reflect import reflect_draft
from ffiwheel.workflow.runtimes import find_wanted_runtime
from ffiwheel.workflow.verdict import audit, terms_of
from ffiwheel.workflow.version import show_version

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ffiwheel.config.project import Project
    from ffiwheel.model.binary import Binary
    from ffiwheel.model.draft import Draft
    from ffiwheel.model.finding import Report
    from ffiwheel.model.progress import Progress
    from ffiwheel.model.toolchain import Compiler, Launcher, Runtime
    from ffiwheel.model.version import Version
    from ffiwheel.workflow.bind import Bind


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """What the caller of a build may choose."""

    debug: bool = False
    """Keep symbols and leave optimisation out."""
    verbose: bool = False
    """Pass on everything that child processes print."""
    fix: bool = False
    """Write the releases of the runtime that the wheel runs on into `pyproject.toml`."""
    ffi: str = ""
    """The release of the runtime to compile against; default: the one that is installed."""
    link: str = "wheel"
    """What libraries for other systems are linked with: the `wheel` of the runtime, or `stubs`."""
    api: Path | None = None
    """The description of what the libraries offer, where it is not to be found out."""
    launcher: str = ""
    """What starts the compiler; default: what the project says."""
    emulate: bool = False
    """Load the libraries of other systems under an emulator, where there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltWheel:
    """A finished wheel and what the audit said about it."""

    path: Path
    version: str
    report: Report


def build_wheel(
    project: Project, outdir: Path, options: BuildOptions, progress: Progress
) -> BuiltWheel:
    """Build one wheel of `project` into `outdir`.

    Raises:
        FfiwheelError: of the class of the step that failed; `outdir` is then as it was.
    """
    terms_of(project, debug=options.debug)
    with build_folder(project, progress, debug=options.debug) as folder:
        built = make_wheel(project, folder, options, progress)
        [delivered] = deliver((built.path,), outdir)
    return replace(built, path=delivered)


def make_wheel(
    project: Project, folder: Path, options: BuildOptions, progress: Progress
) -> BuiltWheel:
    """Make one wheel of `project` in its build folder."""
    draft = make_draft(project, folder, options, progress)
    if options.fix:
        from ffiwheel.workflow.fix import fix_requirement  # noqa: PLC0415 - tomlkit takes 0.05 s

        draft = fix_requirement(project, draft, progress)
    wheel = assemble(draft, folder, progress)
    report = audit(wheel, terms_of(project, debug=options.debug), progress)
    return BuiltWheel(path=wheel, version=draft.version, report=report)


def make_draft(
    project: Project,
    folder: Path,
    options: BuildOptions,
    progress: Progress,
    bind: Bind = bind_draft,
) -> Draft:
    """Return everything that goes into the wheel: sources, built files, bindings, metadata.

    Args:
        project: what to build.
        folder: its build folder.
        options: how to build.
        progress: where to tell.
        bind: the step *bind*, with as much proof as the draft needs.
    """
    version = show_version(project, progress)
    compiler = find_job_compiler(project)
    if claim_folder(folder, project.root, compiler):
        progress.note(BUILT_ANEW)
    job = plan_job(project, version, folder, options, compiler)
    check_project(project, version.for_wheel, job.overlay)
    check_for_target(project, job.target, job.overlay)
    with progress.step("compile") as step, logged(step, folder / "log.txt") as heard:
        [attempt] = compile_project(project, version, [job], folder, heard)
        compiled = attempt.draft
    with progress.step("reflect") as step:
        api, doubts = reflect_draft(compiled, project.root, folder, job.runtime, step)
    with progress.step("bind") as step:
        draft, findings = bind(wishes_of(project, job.runtime), compiled, api, folder, step)
    for finding in (*doubts, *findings):
        progress.warn(finding)
    return draft


def plan_job(
    project: Project, version: Version, folder: Path, options: BuildOptions, compiler: Compiler
) -> Job:
    """Return what is to be compiled for this machine, and with what."""
    return Job(
        root=project.root,
        folder=folder,
        target=native_target(),
        compiler=compiler,
        launcher=find_job_launcher(project, options, compiler),
        runtime=find_job_runtime(options),
        debug=options.debug,
        verbose=options.verbose,
        accelerate=project.config.bindings.accelerate,
        overlay=emit_into(project, version, folder),
    )


def find_job_compiler(project: Project) -> Compiler:
    """Return the compiler of this machine; plain sources are linked with the fastest linker."""
    compiler, table = find_compiler(), project.config.compile
    if not project.config.sources:
        return compiler
    wishes = [table.flags, table.link_flags, *table.flags_for.values()]
    flags = [flag for some in (*wishes, *table.link_flags_for.values()) for flag in some]
    return with_fast_linker(compiler, flags)


def find_job_launcher(
    project: Project, options: BuildOptions, compiler: Compiler
) -> Launcher | None:
    """Return what starts a compiler, as the caller or the project chooses.

    Raises:
        MissingToolError: if it is not there.
    """
    said = f"tool.ffiwheel.compile.launcher in {project.root / 'pyproject.toml'}"
    chosen = options.launcher or project.config.compile.launcher
    return find_launcher(chosen, compiler, "--launcher" if options.launcher else said)


def find_job_runtime(options: BuildOptions) -> Runtime:
    """Return the release of the runtime to compile against, as this machine has it."""
    return find_wanted_runtime(options.ffi)


def assemble(draft: Draft, folder: Path, progress: Progress) -> Path:
    """Write the wheel into the build folder, under the lowest platform tag that is true."""
    with progress.step("assemble") as step:
        made = folder / "wheel"
        shutil.rmtree(made, ignore_errors=True)
        binaries = facts_of(draft)
        tag = platform_tag(draft.name, binaries)
        wheel = write_wheel(add_sbom(draft, binaries), tag, made, headers_of(binaries))
        step.done(wheel.name, show_size(wheel.stat().st_size))
    return wheel


def platform_tag(name: str, binaries: Mapping[str, Binary]) -> str:
    """Return the lowest platform tag that is true for the libraries of the project `name`.

    Raises:
        WheelError: if no platform tag is true.
    """
    platform = lowest_platform(binaries)
    if platform.conflict:
        raise WheelError(
            f"no platform tag is true: {platform.conflict}",
            where=name,
            hint="make one wheel for each; is there a library of another build among the sources?",
        )
    return platform.tag
