"""Every error that ffiwheel raises on purpose.

An error is the user's or the machine's to fix: it says what is wrong, where, and what to do.
What a check *sees* is not an error but a `Finding` (`ffiwheel.model.finding`), and anything else
that is raised is a bug. Each class has its own exit code, listed in `docs/exit-codes.md`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from typing_extensions import Self


class Problem(NamedTuple):
    """One thing that is wrong."""

    message: str
    """What is wrong, in one sentence without a full stop."""
    where: str = ""
    """The file, key or command that it is about."""
    hint: str = ""
    """What to do about it."""


class FfiwheelError(Exception):
    """Base of the errors that are the user's to fix."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, where: str = "", hint: str = "", output: str = "") -> None:
        """Hold one problem, and the last lines of the program that reported it, if one did."""
        super().__init__(message)
        self.problems: tuple[Problem, ...] = (Problem(message, where, hint),)
        self.output = output

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> Self:
        """Return one error for all `problems` (at least one)."""
        found = tuple(problems)
        error = cls(found[0].message)
        error.problems = found
        return error

    def __str__(self) -> str:
        """Return all problems as plain text."""
        return render_problems(self.problems, self.output)


class ProjectError(FfiwheelError):
    """The project, its `pyproject.toml` or the given options cannot be used."""

    exit_code = 2


class VersionError(FfiwheelError):
    """No version can be told from git, the sdist or the configuration."""

    exit_code = 3


class CompileError(FfiwheelError):
    """The compiler, linker, CMake or another build backend failed."""

    exit_code = 4


class MissingToolError(FfiwheelError):
    """A program or package that the work needs is not there, or is too old."""

    exit_code = 5


class ReflectError(FfiwheelError):
    """The built library cannot be loaded, or offers nothing that can be bound."""

    exit_code = 6


class WheelError(FfiwheelError):
    """A wheel is broken, or would not be what its name says."""

    exit_code = 7


class OutputError(FfiwheelError):
    """A file cannot be written: disk full, no permission, or in the way."""

    exit_code = 8


class ReleaseError(FfiwheelError):
    """A release cannot be made of this commit, or a version in a file disagrees with git."""

    exit_code = 9


class StaleError(FfiwheelError):
    """A generated file in the source tree is missing, or is not what would be written now."""

    exit_code = 10


class AuditError(FfiwheelError):
    """An audited file has findings that `--fail-on` does not accept."""

    exit_code = 11


class TargetsError(FfiwheelError):
    """Of several targets, some could not be built; the wheels of the others are delivered."""

    exit_code = 12


def render_problems(problems: Iterable[Problem], output: str = "") -> str:
    """Return `problems` as the plain text that people see.

    >>> print(render_problems([Problem("unknown key `sorces`", "tool.ffiwheel", "say `sources`")]))
    error: unknown key `sorces`
       at: tool.ffiwheel
     help: say `sources`
    """
    blocks = [f"{output.rstrip()}\n"] if output.strip() else []
    for problem in problems:
        lines = [f"error: {problem.message}"]
        if problem.where:
            lines.append(f"   at: {problem.where}")
        if problem.hint:
            lines.append(" help: " + problem.hint.replace("\n", "\n       "))
        blocks.append("\n".join(lines))
    return "\n".join(blocks)
