"""Load the libraries of a wheel for another system, as its own loader does, on this machine.

The libraries are laid out as an installation would beside the runtime of their system, a small
program is made for that system, and an emulator runs it: it loads the runtime, then each library
with every symbol resolved, and calls nothing.
"""

from __future__ import annotations

import shutil
import zipfile
from typing import TYPE_CHECKING

from ffiwheel.compile.loader import LOADING, loader_command
from ffiwheel.errors import MissingToolError, ReflectError
from ffiwheel.model.binary import Format
from ffiwheel.model.draft import is_library
from ffiwheel.system.environment import inherited
from ffiwheel.system.process import run
from ffiwheel.toolchain.emulator import find_emulator, name_missing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ffiwheel.compile.job import Job
    from ffiwheel.model.target import Target
    from ffiwheel.model.toolchain import Runtime
    from ffiwheel.system.process import Completed
    from ffiwheel.toolchain.emulator import Emulator

_SECONDS = 120.0
"""How long loading may take; wine's first start takes half a minute."""
_LINKED = "linked, not run"


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
        return f"{_LINKED}: no runtime"
    emulator = find_emulator(job.target)
    if emulator is None:
        missing = name_missing(job.target)
        return f"{_LINKED}: install {missing}" if missing else f"{_LINKED}: no emulator"
    folder = job.folder / "emulate"
    shutil.rmtree(folder, ignore_errors=True)
    libraries = lay_out(wheel, runtime, folder)
    load_emulated(libraries, job, emulator, folder)
    return f"emulated: loaded under {emulator.name}"


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
    reason = done.ending if done.timed_out or done.code != 1 else "see what its loader says"
    return ReflectError(
        f"`{library.strip()}` does not load under {emulator.name}: {reason}",
        where=target.name,
        hint="its static initializers run when it is loaded, and every symbol has to be there",
        output="\n".join(line.rstrip() for line in said),
    )
