"""Let pip or uv install an editable wheel and what it needs."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from packaging.dependency_groups import resolve_dependency_groups
from packaging.errors import ExceptionGroup
from packaging.utils import canonicalize_name

from ffiwheel.config.decode import subtable
from ffiwheel.errors import MissingToolError, Problem, ProjectError
from ffiwheel.system.process import run

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from ffiwheel.config.project import Project
    from ffiwheel.model.progress import Step
    from ffiwheel.toolchain.installer import Installer
    from ffiwheel.workflow.develop_current import Wishes

_SHOWN_LINES = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be installed."""

    name: str
    wheel: Path
    extras: Collection[str]
    requirements: Sequence[str]
    """What is to be there besides."""

    @property
    def whole(self) -> str:
        """The project with its optional dependencies, as installers take it."""
        extras = f"[{','.join(sorted(self.extras))}]" if self.extras else ""
        return f"{self.name}{extras} @ {self.wheel.as_uri()}"


def resolve_wishes(project: Project, wishes: Wishes) -> tuple[str, ...]:
    """Return the requirements of the groups that are wanted.

    Raises:
        ProjectError: with everything that the project does not have, or says wrongly.
    """
    file = project.root / "pyproject.toml"
    known = subtable(project.table, "optional-dependencies")
    dynamic = project.table.get("dynamic", [])
    is_open = isinstance(dynamic, list) and "optional-dependencies" in dynamic
    missing = [] if is_open else _list_missing("--extra", wishes.extras, known)
    groups = subtable(project.pyproject, "dependency-groups")
    missing += _list_missing("--group", wishes.groups, groups)
    if missing:
        raise ProjectError.of(one._replace(where=f"{one.where} in {file}") for one in missing)
    # The library finds out what is wrong in there.
    table = cast("Mapping[str, Sequence[str | Mapping[str, str]]]", groups)
    try:
        return tuple(dict.fromkeys(resolve_dependency_groups(table, *wishes.groups)))
    except ExceptionGroup as error:
        raise ProjectError.of(
            Problem(
                f"{one}", f"dependency-groups in {file}", "see PEP 735 for what may stand there"
            )
            for one in error.exceptions
        ) from error


def install(
    installer: Installer, order: Order, is_there: Callable[[], bool], folder: Path, step: Step
) -> None:
    """Install the project and what it needs; if that fails, what was installed before stays.

    Args:
        installer: who does it.
        order: what is to be installed.
        is_there: tells whether this very wheel is installed.
        folder: a folder to work in.
        step: where to tell.

    Raises:
        MissingToolError: if the installer fails, with its last lines.
    """
    everything = (order.whole, *order.requirements)
    if installer.name == "uv":
        _run(installer, ("--reinstall-package", order.name, *everything), folder, step)
        return
    _run(installer, everything, folder, step)
    if not is_there():  # pip leaves alone what has the same version
        _run(installer, ("--force-reinstall", "--no-deps", str(order.wheel)), folder, step)


def _run(installer: Installer, arguments: Sequence[str], folder: Path, step: Step) -> None:
    done = run((*installer.command, *arguments), cwd=folder, on_line=step.output)
    if done.code:
        raise MissingToolError(
            f"{installer.name} could not install the project and what it needs",
            where=shlex.join(installer.command[:1]),
            hint="the environment is as it was before; see above for the reason",
            output="\n".join(done.lines[-_SHOWN_LINES:]),
        )


def _list_missing(option: str, wanted: Collection[str], known: Collection[str]) -> list[Problem]:
    """Return a problem for each name that the project does not have."""
    normal = {canonicalize_name(name) for name in known}
    listed = ", ".join(f"`{name}`" for name in sorted(known))
    return [
        Problem(
            f"the project has no `{name}`",
            option,
            f"it has {listed}" if known else f"it has none at all: leave `{option}` out",
        )
        for name in wanted
        if canonicalize_name(name) not in normal
    ]
