"""What can be built here, how far it can be tried, and what is built once per machine."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from ffiwheel.errors import MissingToolError
from ffiwheel.model.target_facts import TargetFacts
from ffiwheel.system.machine import loads_here
from ffiwheel.toolchain.cross import find_cross_compiler
from ffiwheel.toolchain.emulator import find_emulator
from ffiwheel.toolchain.native import find_compiler
from ffiwheel.toolchain.targets import platform_tag, row_of
from ffiwheel.toolchain.warm import list_libraries, warm
from ffiwheel.toolchain.zig import name_target

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ffiwheel.model.progress import Progress
    from ffiwheel.model.target import Target
    from ffiwheel.model.toolchain import Compiler

_USERS = (
    "`pip install` compiles `apache-tvm-ffi` there: users need a C and C++ compiler, `make` and the"
    " headers of Python"
)
"""What is needed where the runtime has no wheel."""


def describe_targets(targets: Sequence[Target], *, debug: bool) -> tuple[TargetFacts, ...]:
    """Return what is known of each target on this machine.

    Args:
        targets: which.
        debug: whether to look for the C++ library of builds that keep symbols.
    """
    return tuple(_describe(target, debug=debug) for target in targets)


def find_target_compilers(targets: Sequence[Target]) -> dict[str, Compiler]:
    """Return target -> the compiler for it.

    Raises:
        MissingToolError: if there is none for one of them.
    """
    return {
        target.name: find_compiler() if target.is_native else find_cross_compiler(target)
        for target in targets
    }


def warm_targets(compilers: Mapping[str, Compiler], progress: Progress, *, debug: bool) -> None:
    """Let zig build the C++ libraries that it does not have yet, many at once.

    Args:
        compilers: target -> the compiler for it.
        progress: where to tell; nothing is said where nothing is to be done.
        debug: whether for builds that keep symbols.

    Raises:
        OutputError: if the disk is full.
    """
    cold = [one for one in list_libraries(compilers, debug=debug) if not one.is_warm]
    if not cold:
        return
    with progress.step("warm") as step:
        names = ", ".join(one.name for one in cold)
        progress.note(f"zig builds its C++ library for {names} (once per machine)")
        warm(cold, step)
        made = sum(one.is_warm for one in cold)
        step.done(f"zig's C++ library for {made} target{'' if made == 1 else 's'}")


def _describe(target: Target, *, debug: bool) -> TargetFacts:
    compiler, trouble = _find_compiler(target)
    state, by = _find_way(target)
    libraries = list_libraries({target.name: compiler} if compiler else {}, debug=debug)
    facts = TargetFacts(
        name=target.name,
        triple="",
        tag="",
        compiler=compiler.label if compiler else "",
        trouble=trouble,
        state=state,
        by=by,
        runtime=target.libc == "glibc",
        warm=libraries[0].is_warm if libraries else None,
    )
    if target.is_native:
        return facts
    runtime = bool(row_of(target).runtime)
    return replace(
        facts,
        triple=name_target(target),
        tag=platform_tag(target),
        runtime=runtime,
        users="" if runtime else _USERS,
    )


def _find_compiler(target: Target) -> tuple[Compiler | None, str]:
    try:
        return find_target_compilers([target])[target.name], ""
    except MissingToolError as error:
        problem = error.problems[0]
        return None, f"{problem.message}; {problem.hint}"


def _find_way(target: Target) -> tuple[Literal["run", "emulated", "linked only"], str]:
    """Return how far libraries for a target can be tried here, and by which program."""
    if loads_here(target):
        return "run", ""
    emulator = find_emulator(target)
    return ("emulated", emulator.name) if emulator else ("linked only", "")
