"""What a workflow has to know of a project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from ffiwheel.config.decode import subtable
from ffiwheel.config.project import normalize_name
from ffiwheel.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ffiwheel.config.decode import Table
    from ffiwheel.model.target import Target

PYTHONS = ("3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15")
"""The releases of CPython for which `apache-tvm-ffi` has wheels."""
BUILD_PYTHON = "3.13"
"""The one that ffiwheel runs on in a workflow."""
_TEST_NAMES = ("test", "tests", "testing", "dev")
_LAST = 99
"""No release of CPython has had so many corrections."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tests:
    """How the project's own tests are run."""

    command: str
    extra: str = ""
    """The extra of the project that they need."""
    group: str = ""
    """The dependency group that they need, where there is no extra."""
    adds_pytest: bool = True
    """Whether neither of them mentions pytest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a workflow has to know of a project."""

    name: str
    """The distribution's name, normalised."""
    imports: tuple[str, ...]
    """The packages that it brings."""
    folder: str
    """Where it lies in its repository, with `/`; empty at the top."""
    file: str
    """Where the workflow lies in the repository, with `/`."""
    branch: str
    """The repository's main branch."""
    tag_prefix: str
    """What its version tags begin with."""
    pythons: tuple[str, ...]
    """The oldest and the newest CPython that it is for."""
    is_ours: bool
    """Whether ffiwheel is its build backend."""
    cuda: bool
    """Whether some of its sources are CUDA."""
    targets: tuple[Target, ...]
    tests: Tests | None
    """None if it has none: then it is imported."""


def admitted_pythons(requires: str) -> tuple[str, ...]:
    """Return the oldest and the newest CPython that `requires-python` admits; often two.

    >>> admitted_pythons(">=3.9"), admitted_pythons(">=3.9.2,<3.13"), admitted_pythons("==3.11.*")
    (('3.9', '3.15'), ('3.9', '3.12'), ('3.11',))

    Raises:
        ProjectError: if it admits none.
    """
    where = "project.requires-python"
    try:
        specifiers = SpecifierSet(requires)
    except InvalidSpecifier as error:
        hint = 'write it like `requires-python = ">=3.9"`'
        raise ProjectError(
            f"`{requires}` is no range of versions", where=where, hint=hint
        ) from error
    admitted = [
        python
        for python in PYTHONS
        if specifiers.contains(f"{python}.0") or specifiers.contains(f"{python}.{_LAST}")
    ]
    if not admitted:
        hint = f"wheels run on CPython {PYTHONS[0]} to {PYTHONS[-1]}"
        raise ProjectError(f"`{requires}` admits no Python to test with", where=where, hint=hint)
    return tuple(dict.fromkeys((admitted[0], admitted[-1])))


def plan_tests(pyproject: Table, folder: str, *, is_flat: bool) -> Tests:
    """Return how the tests in `folder` are run.

    Args:
        pyproject: the project's `pyproject.toml`.
        folder: where the tests are.
        is_flat: whether the package lies beside them, where Python would find it first.
    """
    extra, group, listed = _choose_requirements(pyproject)
    options = "--import-mode=importlib " if is_flat else ""
    return Tests(
        command=f"pytest {options}{folder}",
        extra=extra,
        group=group,
        adds_pytest=not any(str(one).lower().startswith("pytest") for one in listed),
    )


def _choose_requirements(pyproject: Table) -> tuple[str, str, Sequence[object]]:
    """Return the extra, or else the dependency group, that is for tests, and what it lists."""
    extras = subtable(subtable(pyproject, "project"), "optional-dependencies")
    groups = subtable(pyproject, "dependency-groups")
    for wanted in _TEST_NAMES:
        for table in (extras, groups):
            for key, entries in table.items():
                if normalize_name(key) == wanted:
                    names = (key, "") if table is extras else ("", key)
                    return (*names, entries if isinstance(entries, list) else [])
    return "", "", []
