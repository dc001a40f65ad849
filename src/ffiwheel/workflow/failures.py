"""What went wrong for which of several targets, each trouble told once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ffiwheel.errors import FfiwheelError, TargetsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ffiwheel.model.outcome import Outcome

_ERROR = re.compile(r"^.*\berror: .*$", re.MULTILINE)
_BOTH = 2


@dataclass(frozen=True, slots=True)
class Failure:
    """One trouble, and the targets that have it."""

    targets: tuple[str, ...]
    error: FfiwheelError
    """As it was for the first of them."""


def explain_failures(outcomes: Sequence[Outcome]) -> FfiwheelError | None:
    """Return one error for all targets that failed, or None if none did.

    Its class says that some failed, unless all did in the same way: then it is that error's own, as
    it is with one target.
    """
    failures = group_failures(outcomes)
    if not failures:
        return None
    named = [(_name(one.targets, outcomes), one.error) for one in failures]
    classes = {type(error) for _, error in named}
    is_one = len(classes) == 1 and all(one.error for one in outcomes)
    kind = classes.pop() if is_one else TargetsError
    error = kind.of(
        problem._replace(message=f"{name}{problem.message}")
        for name, found in named
        for problem in found.problems
    )
    error.output = "\n\n".join(found.output.rstrip() for _, found in named if found.output.strip())
    return error


def group_failures(outcomes: Sequence[Outcome]) -> tuple[Failure, ...]:
    """Return what failed, in the order of the targets; those that fail alike are one."""
    groups: dict[tuple[object, ...], list[Outcome]] = {}
    for one in outcomes:
        if one.error:
            groups.setdefault(_identify(one.target.name, one.error), []).append(one)
    return tuple(
        Failure(tuple(one.target.name for one in alike), error)
        for alike in groups.values()
        if (error := alike[0].error)
    )


def _identify(target: str, error: FfiwheelError) -> tuple[object, ...]:
    """Return what makes two targets' troubles the same: all but the target's name.

    Of a compiler's output only the lines with errors count. What stands around them differs: the
    notes speak of the headers of each system.
    """
    said = _ERROR.findall(error.output) or [error.output]
    problems = [(one.message, one.where, one.hint) for one in error.problems]
    text = repr((type(error).__name__, problems, said))
    return (text.replace(target, "{target}"),)


def _name(targets: Sequence[str], outcomes: Sequence[Outcome]) -> str:
    """Return how a message about some of the targets begins."""
    if len(outcomes) == 1:
        return ""
    if len(targets) == len(outcomes):
        return "both targets: " if len(targets) == _BOTH else f"all {len(targets)} targets: "
    return f"{', '.join(targets)}: "
