"""One project, many systems: the main job for several targets at once.

    version ─► compile for all ─► reflect one ─► bind each ─► assemble each ─► audit each

What the libraries offer is found out with one that this machine can load: that of a target, or one
made for the purpose. A target that fails does not hold up the others; their wheels are delivered.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ffiwheel.compile.errors import name_log
from ffiwheel.compile.explain import explain_failure
from ffiwheel.compile.job import Job
from ffiwheel.errors import CompileError, FfiwheelError, WheelError
from ffiwheel.model.outcome import Outcome
from ffiwheel.system.files import make_private_folder
from ffiwheel.system.machine import loads_here
from ffiwheel.toolchain.cross import find_cross_compiler
from ffiwheel.toolchain.targets import native_target
from ffiwheel.workflow.attempt import Attempt
from ffiwheel.workflow.build import (
    BuildOptions,
    assemble,
    find_job_compiler,
    find_job_launcher,
    find_job_runtime,
)
from ffiwheel.workflow.compile import (
    check_for_target,
    check_project,
    compile_project,
    emit_into,
)
from ffiwheel.workflow.description import (
    Description,
    bind_attempt,
    describe_attempt,
    identify,
    read_description,
)
from ffiwheel.workflow.emulate import LINKED, emulate_wheels
from ffiwheel.workflow.log import logged
from ffiwheel.workflow.origin import BUILT_ANEW, claim_folder
from ffiwheel.workflow.place import build_folder, deliver
from ffiwheel.workflow.quiet import Quiet
from ffiwheel.workflow.runtimes import runtime_for
from ffiwheel.workflow.target_table import warm_targets
from ffiwheel.workflow.verdict import audit, terms_of
from ffiwheel.workflow.version import show_version

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ffiwheel.config.project import Project
    from ffiwheel.model.overlay import Overlay
    from ffiwheel.model.progress import Progress
    from ffiwheel.model.target import Target
    from ffiwheel.model.toolchain import Runtime
    from ffiwheel.model.version import Version
    from ffiwheel.workflow.verdict import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is the same for all targets."""

    project: Project
    version: Version
    folder: Path
    """The build folder around those of the targets."""
    options: BuildOptions
    progress: Progress
    runtime: Runtime
    """The TVM-FFI release to compile against, as this machine has it."""
    overlay: Overlay | None


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
    with build_folder(project, progress, debug=options.debug) as folder:
        outcomes = make_wheels(project, folder, targets, options, progress)
        return deliver_wheels(outcomes, outdir)


def deliver_wheels(outcomes: Sequence[Outcome], outdir: Path, *others: Path) -> tuple[Outcome, ...]:
    """Copy the wheels that were made, and `others` with them, into `outdir`: all or none."""
    wheels = [one.wheel for one in outcomes if one.wheel]
    delivered = dict(zip(wheels, deliver((*wheels, *others), outdir), strict=False))
    return tuple(replace(one, wheel=delivered[one.wheel]) if one.wheel else one for one in outcomes)


def make_wheels(
    project: Project,
    around: Path,
    targets: Sequence[Target],
    options: BuildOptions,
    progress: Progress,
) -> tuple[Outcome, ...]:
    """Make and audit a wheel of `project` for each target, in its build folder."""
    terms = terms_of(project, debug=options.debug)
    given = read_description(options.api) if options.api else None
    version, folder = show_version(project, progress), make_private_folder(around / "targets")
    if claim_folder(folder, project.root):
        progress.note(BUILT_ANEW)
    work = Work(
        project=project,
        version=version,
        folder=folder,
        options=options,
        progress=progress,
        runtime=find_job_runtime(options),
        overlay=emit_into(project, version, folder),
    )
    check_project(project, version.for_wheel, work.overlay)
    attempts = compile_targets(work, targets, is_described=given is not None)
    wanted = [one for one in attempts if one.target in targets]
    if all(one.error for one in wanted):
        return tuple(_give_up(one, one.error) for one in wanted)
    try:
        known = given or _describe(work, attempts)
    except FfiwheelError as error:
        return tuple(_give_up(one, one.error or error) for one in wanted)
    outcomes = _finish(work, known, wanted, terms)
    if options.emulate:
        jobs = {one.target.name: one.job for one in wanted if one.job}
        outcomes = emulate_wheels(outcomes, jobs, progress)
    return outcomes


def compile_targets(
    work: Work, targets: Sequence[Target], *, is_described: bool
) -> tuple[Attempt, ...]:
    """Compile for all targets, and for this machine if nothing else comes out that it can load."""
    native = native_target()
    planned = {target: _plan(work, target) for target in targets}
    begun = [target for target, one in planned.items() if isinstance(one, Job)]
    if begun and not is_described and not any(map(loads_here, begun)):
        planned[native] = _plan(work, native)
    attempts = _compile(work, planned)
    compiled = [one.target for one in attempts if one.error is None]
    if is_described or not compiled or native in planned or any(map(loads_here, compiled)):
        return attempts
    return (*attempts, *_compile(work, {native: _plan(work, native)}))


def _compile(work: Work, planned: Mapping[Target, Job | FfiwheelError]) -> tuple[Attempt, ...]:
    """Compile for some targets; what could not be planned for one is an attempt that failed."""
    jobs = [job for job in planned.values() if isinstance(job, Job)]
    made = {}
    if jobs:
        compilers = {job.target.name: job.compiler for job in jobs}
        warm_targets(compilers, work.progress, debug=work.options.debug)
        log = work.folder.parent / "log.txt"
        with work.progress.step("compile") as step, logged(step, log) as heard:
            found = compile_project(work.project, work.version, jobs, work.folder, heard)
        made = {one.target: _explain(one, log) for one in found}
    return tuple(
        made[target]
        if isinstance(job, Job)
        else Attempt(target=target, outcome=job, folder=work.folder / target.name)
        for target, job in planned.items()
    )


def _plan(work: Work, target: Target) -> Job | FfiwheelError:
    try:
        check_for_target(work.project, target, work.overlay)
        folder = work.folder / target.name
        job = plan_target(work.project, target, folder, work.runtime, work.options)
        claim_folder(make_private_folder(folder), work.project.root, job.compiler)
    except FfiwheelError as error:
        return error
    return replace(job, overlay=work.overlay)


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
    native = target.is_native
    compiler = find_job_compiler(project) if native else find_cross_compiler(target)
    if not native:
        runtime = runtime_for(target, runtime, compiler, options.link)
    return Job(
        root=project.root,
        folder=folder,
        target=target,
        compiler=compiler,
        launcher=find_job_launcher(project, options, compiler),
        runtime=runtime,
        debug=options.debug,
        verbose=options.verbose,
        accelerate=project.config.bindings.accelerate,
    )


def _explain(attempt: Attempt, log: Path) -> Attempt:
    """Return an attempt whose error, if it has one, speaks of the project and names the log."""
    error = attempt.error
    if not isinstance(error, CompileError):
        return attempt
    if not attempt.target.is_native:
        error = explain_failure(error, attempt.target.name)
    return replace(attempt, outcome=name_log(error, log))


def _describe(work: Work, attempts: Sequence[Attempt]) -> Description:
    """Return what the libraries offer, by one that this machine can load.

    Raises:
        FfiwheelError: if there is none.
    """
    hosts = [one for one in attempts if loads_here(one.target)]
    host = next((one for one in hosts if one.error is None), None)
    if host:
        return describe_attempt(work.project, host, work.runtime, work.progress)
    [*_, (error)] = [one.error for one in hosts if one.error]
    raise explain_no_host(error)


def explain_no_host(error: FfiwheelError) -> FfiwheelError:
    """Return the error of targets that have no bindings, as nothing compiles for this machine."""
    first = error.problems[0]
    return type(error)(
        f"nothing is known of what the library offers: for this machine, {first.message}",
        where=first.where,
        hint=f"{first.hint}\nor give a description that another build has made: `--api FILE`",
        output=error.output,
    )


def _give_up(attempt: Attempt, error: FfiwheelError | None) -> Outcome:
    """Return the outcome of a target that has no library, or no bindings."""
    return Outcome(target=attempt.target, seconds=attempt.seconds, error=error)


def _finish(
    work: Work, known: Description, attempts: Sequence[Attempt], terms: Terms
) -> tuple[Outcome, ...]:
    """Make the wheel of every target that was wanted, and audit it."""
    quiet = Quiet()
    proven = {identify(known.api)} if known.here else set()
    outcomes: list[Outcome] = []
    with work.progress.step("assemble") as step:
        for index, attempt in enumerate(attempts):
            step.advance(index, len(attempts))
            quiet.target = attempt.target.name
            outcome = _finish_one(work.project, known, attempt, proven, terms, quiet)
            outcomes.append(_refuse_twin(outcome, outcomes))
        made = sum(one.wheel is not None for one in outcomes)
        step.done(f"{made} wheel{'' if made == 1 else 's'}")
    quiet.tell(work.progress)
    return tuple(outcomes)


def _finish_one(
    project: Project,
    known: Description,
    attempt: Attempt,
    proven: set[bytes],
    terms: Terms,
    progress: Quiet,
) -> Outcome:
    outcome = Outcome(target=attempt.target, seconds=attempt.seconds)
    try:
        draft = bind_attempt(project, known, attempt, proven, progress)
        wheel = assemble(draft, attempt.folder, progress)
        verified = "run" if loads_here(outcome.target) else LINKED
        report = audit(wheel, terms, progress)
    except FfiwheelError as error:
        return replace(outcome, error=error)
    return replace(outcome, wheel=wheel, report=report, verified=verified)


def _refuse_twin(outcome: Outcome, others: Sequence[Outcome]) -> Outcome:
    """Return an outcome without its wheel if that of another target has the same name."""
    names = {one.wheel.name: one.target.name for one in others if one.wheel}
    if not outcome.wheel or not (twin := names.get(outcome.wheel.name)):
        return outcome
    error = WheelError(
        f"the wheel would be in the place of that of {twin}",
        where=outcome.wheel.name,
        hint="ask for one of the two targets",
    )
    return replace(outcome, wheel=None, report=None, error=error)
