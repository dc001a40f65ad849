"""One project, many systems: the main job for several targets at once.

    version ─► compile for all ─► reflect one ─► bind each ─► assemble each ─► audit each

What the libraries offer is found out with one that this machine can load: that of a target, or one
made for the purpose. A target that fails does not hold up the others; their wheels are delivered.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ffiwheel.compile.job import Job
from ffiwheel.errors import FfiwheelError, TargetsError
from ffiwheel.model.api_json import parse_api
from ffiwheel.model.finding import Finding, Severity
from ffiwheel.model.outcome import Outcome
from ffiwheel.reflect.fit import fit_api
from ffiwheel.system.machine import loads_here
from ffiwheel.toolchain.cross import find_cross_compiler
from ffiwheel.toolchain.native import find_compiler
from ffiwheel.toolchain.target_runtime import find_target_runtime
from ffiwheel.toolchain.targets import native_target
from ffiwheel.workflow.binaries import read_binaries, read_file
from ffiwheel.workflow.bind import bind_draft, wishes_of
from ffiwheel.workflow.build import BuildOptions, assemble, find_job_runtime
from ffiwheel.workflow.check import Proof
from ffiwheel.workflow.compile import Attempt, compile_project, emit_into
from ffiwheel.workflow.emulate import LINKED, emulate_wheels
from ffiwheel.workflow.log import logged
from ffiwheel.workflow.place import build_folder, deliver
from ffiwheel.workflow.quiet import Quiet
from ffiwheel.workflow.reflect import reflect_draft
from ffiwheel.workflow.target_table import warm_targets
from ffiwheel.workflow.verdict import audit, terms_of
from ffiwheel.workflow.version import show_version

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ffiwheel.config.project import Project
    from ffiwheel.model.api import Api
    from ffiwheel.model.draft import Draft
    from ffiwheel.model.progress import Progress
    from ffiwheel.model.target import Target
    from ffiwheel.model.toolchain import Runtime
    from ffiwheel.model.version import Version
    from ffiwheel.workflow.verdict import Terms


def build_targets(
    project: Project,
    outdir: Path,
    targets: Sequence[Target],
    options: BuildOptions,
    progress: Progress,
) -> tuple[Outcome, ...]:
    """Build a wheel of `project` for each target into `outdir`.

    Raises:
        FfiwheelError: if none can be built, whatever the target; `outdir` is then as it was.
    """
    terms = terms_of(project, debug=options.debug)
    with build_folder(project, progress, debug=options.debug) as around:
        folder = around / "targets"
        version = show_version(project, progress)
        attempts = _compile(project, version, folder, targets, options, progress)
        api = describe_libraries(project, attempts, options, progress)
        outcomes = _finish(project, api, attempts, targets, terms, progress)
        if options.emulate:
            jobs = {one.job.target.name: one.job for one in attempts}
            outcomes = emulate_wheels(outcomes, jobs, progress)
        made = [one.wheel for one in outcomes if one.wheel]
        delivered = dict(zip(made, deliver(tuple(made), outdir), strict=True))
    return tuple(replace(one, wheel=delivered[one.wheel]) if one.wheel else one for one in outcomes)


def _compile(
    project: Project,
    version: Version,
    folder: Path,
    targets: Sequence[Target],
    options: BuildOptions,
    progress: Progress,
) -> tuple[Attempt, ...]:
    """Compile for all targets, and for this machine if none of them is one that it can load."""
    wanted = list(targets)
    if not options.api and not any(loads_here(target) for target in targets):
        wanted.append(native_target())
    overlay = emit_into(project, version, folder)
    runtime = find_job_runtime(options)
    jobs = [
        plan_target(project, target, folder / target.name, runtime, options) for target in wanted
    ]
    jobs = [replace(job, overlay=overlay) for job in jobs]
    compilers = {job.target.name: job.compiler for job in jobs}
    warm_targets(compilers, progress, debug=options.debug)
    with progress.step("compile") as step, logged(step, folder.parent / "log.txt") as heard:
        return compile_project(project, version, jobs, folder, heard)


def plan_target(
    project: Project, target: Target, folder: Path, runtime: Runtime, options: BuildOptions
) -> Job:
    """Return what is to be compiled for a target, and with what.

    Args:
        project: what is compiled.
        target: for what.
        folder: the build folder of this target alone.
        runtime: the TVM-FFI release to compile against, as this machine has it.
        options: what the caller chose.

    Raises:
        MissingToolError: if something is not there that this target needs.
    """
    compiler = find_compiler() if target.is_native else find_cross_compiler(target)
    if not target.is_native:
        symbols = read_file(runtime.library, runtime.library.name).exports
        names = [name for name in symbols if name.startswith("TVMFFI")]
        runtime = find_target_runtime(target, runtime, names, folder / "runtime", compiler)
    return Job(
        root=project.root,
        folder=folder,
        target=target,
        compiler=compiler,
        runtime=runtime,
        debug=options.debug,
        verbose=options.verbose,
    )


def describe_libraries(
    project: Project, attempts: Sequence[Attempt], options: BuildOptions, progress: Progress
) -> Api:
    """Return what the libraries of all targets offer, as far as they are alike.

    Raises:
        FfiwheelError: if nothing could be compiled that this machine can load.
    """
    if options.api:
        return parse_api(options.api.read_text(encoding="utf-8"), str(options.api))
    host = next(one for one in attempts if loads_here(one.job.target))
    with progress.step("reflect") as step:
        api, doubts = reflect_draft(
            host.draft, project.root, host.job.folder, find_job_runtime(options), step
        )
    with progress.step("bind") as step:
        _, findings = bind_draft(wishes_of(project), host.draft, api, host.job.folder, step)
    for finding in (*doubts, *findings):
        progress.warn(finding)
    return api


def _finish(
    project: Project,
    api: Api,
    attempts: Sequence[Attempt],
    targets: Sequence[Target],
    terms: Terms,
    progress: Progress,
) -> tuple[Outcome, ...]:
    """Make the wheel of every target that was wanted, and audit it."""
    quiet = Quiet()
    outcomes = []
    with progress.step("assemble") as step:
        for index, attempt in enumerate(one for one in attempts if one.job.target in targets):
            step.advance(index, len(targets))
            outcomes.append(_finish_one(project, api, attempt, terms, quiet))
        made = sum(one.wheel is not None for one in outcomes)
        step.done(f"{made} wheel{'' if made == 1 else 's'}")
    quiet.tell(progress)
    return tuple(outcomes)


def _finish_one(
    project: Project, api: Api, attempt: Attempt, terms: Terms, progress: Quiet
) -> Outcome:
    outcome = Outcome(target=attempt.job.target, seconds=attempt.seconds)
    try:
        draft, findings = _bind(project, api, attempt, progress)
        for finding in findings:
            progress.warn(finding)
        wheel = assemble(draft, attempt.job.folder, progress)
        verified = "run" if loads_here(outcome.target) else LINKED
        report = audit(wheel, terms, progress)
        return replace(outcome, wheel=wheel, report=report, verified=verified)
    except FfiwheelError as error:
        return replace(outcome, error=error)


def _bind(
    project: Project, api: Api, attempt: Attempt, progress: Progress
) -> tuple[Draft, tuple[Finding, ...]]:
    """Return the wheel to be of a target, with bindings; and where it differs from the others."""
    draft, target = attempt.draft, attempt.job.target
    extensions = {n: pair for n, pair in read_binaries(draft).items() if pair[1].is_extension}
    fitted = fit_api(api, {n: (one, path.read_bytes()) for n, (path, one) in extensions.items()})
    differs = [
        Finding(
            rule=rule,
            severity=Severity.WARNING,
            subject=target.name,
            message=f"{listed} {said}",
            help=help_text,
        )
        for rule, names, said, help_text in (
            (
                "API011 not-on-target",
                fitted.missing,
                f"not in the library for {target.name}, so the bindings of its wheel lack it",
                "is it behind an `#ifdef`?",
            ),
            (
                "API012 only-on-target",
                fitted.extra,
                f"only in the library for {target.name}, so nothing is known of its types",
                "describe it with `--api`, or build it everywhere",
            ),
        )
        if (listed := ", ".join(f"`{name}`" for name in names))
    ]
    proof = Proof.TYPED if differs else Proof.GIVEN
    with progress.step("bind") as step:
        bound, _ = bind_draft(
            wishes_of(project), draft, fitted.api, attempt.job.folder, step, proof
        )
    return bound, tuple(differs)


def explain_failures(outcomes: Sequence[Outcome]) -> FfiwheelError | None:
    """Return one error for all targets that failed: of its own class where only one was wanted."""
    failed = {one.target.name: one.error for one in outcomes if one.error}
    if not failed:
        return None
    if len(outcomes) == 1:
        return next(iter(failed.values()))
    error = TargetsError.of(
        problem._replace(message=f"{name}: {problem.message}")
        for name, found in failed.items()
        for problem in found.problems
    )
    said = [f"{name}:\n{one.output.rstrip()}" for name, one in failed.items() if one.output.strip()]
    error.output = "\n".join(said)
    return error
