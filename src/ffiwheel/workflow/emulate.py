"""Load the libraries of a wheel for another system, as its own loader does, on this machine.

The libraries are laid out as an installation would beside the runtime of their system, a small
program is made for that system, and an emulator runs it: it loads the runtime, then each library
with every symbol resolved, and calls nothing.
"""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

from ffiwheel.compile.loader import LOADING, loader_command
from ffiwheel.errors import FfiwheelError, MissingToolError, ReflectError
from ffiwheel.model.binary import Format
from ffiwheel.model.draft import is_library
from ffiwheel.system.environment import inherited
from ffiwheel.system.process import run
from ffiwheel.toolchain.emulator import find_emulator, name_missing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ffiwheel.compile.job import Job
    from ffiwheel.model.outcome import Outcome
    from ffiwheel.model.progress import Progress
    from ffiwheel.model.target import Target
    from ffiwheel.model.toolchain import Runtime
    from ffiwheel.system.process import Completed
    from ffiwheel.toolchain.emulator import Emulator

_SECONDS = 120.0
"""How long loading may take; wine's first start takes half a minute."""
LINKED = "linked, not run"
"""What is known of libraries that nothing here can load."""
_LOADED = "emulated"
_REFUSED = 1
"""The exit code of the program that loads, where the loader gives a reason."""


def emulate_wheels(
    outcomes: Sequence[Outcome], jobs: Mapping[str, Job], progress: Progress
) -> tuple[Outcome, ...]:
    """Return what became of targets after what can be loaded here has been.

    Args:
        outcomes: what became of them so far.
        jobs: name of a target -> what it was compiled with.
        progress: who hears of the step.
    """
    tried = []
    with progress.step("emulate") as step:
        for index, outcome in enumerate(outcomes):
            step.advance(index, len(outcomes))
            tried.append(_try(outcome, jobs.get(outcome.target.name)))
        loaded = sum(one.verified.startswith(_LOADED) for one in tried)
        refused = sum(one.error is not None for one in tried) - sum(
            one.error is not None for one in outcomes
        )
        failed = f", {refused} failed" if refused else ""
        step.done(f"{loaded} wheel{'' if loaded == 1 else 's'} loaded{failed}")
    return tuple(tried)


def _try(outcome: Outcome, job: Job | None) -> Outcome:
    if job is None or outcome.wheel is None or outcome.verified != LINKED:
        return outcome
    try:
        return replace(outcome, verified=verify_emulated(outcome.wheel, job))
    except FfiwheelError as error:
        return replace(outcome, wheel=None, error=error)


def verify_emulated(wheel: Path, job: Job) -> str:
    """Return how it is known that the libraries of `wheel` load, in words.

    Args:
        wheel: the finished wheel.
        job: what it was compiled with. Nothing can be loaded where its runtime is no more than
            names to link with.

    Raises:
        ReflectError: if one does not load.
        MissingToolError: if the program that loads them cannot be made.
    """
    runtime = find_loadable(job.runtime, job.target)
    if runtime is None:
        return f"{LINKED}: no runtime"
    emulator = find_emulator(job.target)
    if emulator is None:
        missing = name_missing(job.target)
        return f"{LINKED}: install {missing}" if missing else f"{LINKED}: no emulator"
    folder = job.folder / "emulate"
    shutil.rmtree(folder, ignore_errors=True)
    libraries = lay_out(wheel, runtime, folder)
    load_emulated(libraries, job, emulator, folder)
    return f"{_LOADED}: loaded under {emulator.name}"


def find_loadable(runtime: Runtime, target: Target) -> Path | None:
    """Return the library that a system loads as `runtime`, or None if there are only its names."""
    if not runtime.library.is_relative_to(runtime.root):
        return None
    library = runtime.library
    found = library.with_suffix(".dll") if target.format is Format.PE else library
    return found if found.is_file() else None


def lay_out(wheel: Path, runtime: Path, folder: Path) -> tuple[str, ...]:
    """Put the runtime and the libraries of a wheel where an installation has them.

    Returns:
        Their paths in `folder`, which is made, the runtime's first.
    """
    placed = f"tvm_ffi/lib/{runtime.name}"
    (folder / placed).parent.mkdir(parents=True)
    shutil.copyfile(runtime, folder / placed)
    with zipfile.ZipFile(wheel) as archive:
        libraries = sorted(filter(is_library, archive.namelist()))
        archive.extractall(folder, libraries)
    return (placed, *libraries)


def load_emulated(libraries: Sequence[str], job: Job, emulator: Emulator, folder: Path) -> None:
    """Load libraries, which are named from `folder`, in this order.

    Raises:
        ReflectError: if one does not load.
        MissingToolError: if the program that loads them cannot be made.
    """
    program = folder / ("load.exe" if job.target.format is Format.PE else "load")
    made = run(loader_command(job, program), cwd=folder, env=inherited())
    if made.code:
        message = f"the program that loads libraries cannot be made for {job.target.name}"
        raise MissingToolError(message, output=made.text)
    done = run(
        [*emulator.command, program, *libraries],
        cwd=folder,
        env=inherited(**emulator.variables),
        timeout=_SECONDS,
    )
    if done.code:
        raise explain_emulated(done, job.target, emulator)


def explain_emulated(done: Completed, target: Target, emulator: Emulator) -> ReflectError:
    """Return the error for libraries that did not load."""
    library, said = done.split(LOADING)
    if library:
        reason = "its loader refuses it" if done.code == _REFUSED else done.ending
        message = f"`{library.strip()}` does not load under {emulator.name}: {reason}"
        hint = "its static initializers run when it is loaded, and every symbol has to be there"
    else:
        message = f"{emulator.name} does not start a program for {target.name}: {done.ending}"
        hint = f"build without `--emulate`, or try `{emulator.command[0]} --version`"
    output = "\n".join(line.rstrip() for line in said)
    return ReflectError(message, where=target.name, hint=hint, output=output)
