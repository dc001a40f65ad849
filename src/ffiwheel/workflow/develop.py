"""Editable installs into an environment: the first by an installer, later ones by ourselves.

As long as only what was built has changed, it is replaced in the environment; pip or uv is started
where something else has, such as a requirement. Two at once wait for each other, and the second
sees that there is nothing left to do.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from ffiwheel.compile.plan import shown
from ffiwheel.errors import OutputError, ProjectError
from ffiwheel.system.files import is_writable
from ffiwheel.toolchain.installer import find_installer, find_site
from ffiwheel.wheel.assemble import stem_of
from ffiwheel.wheel.finder import read_state
from ffiwheel.wheel.installed import mark_editable, replace_built
from ffiwheel.wheel.names import folder_name
from ffiwheel.workflow.build import BuildOptions
from ffiwheel.workflow.develop_current import (
    INSTALLED,
    find_installed,
    find_reason,
    is_out_of_date,
    lacks,
    parse_wishes,
)
from ffiwheel.workflow.develop_install import Order, install, resolve_wishes
from ffiwheel.workflow.editable import make_install, write_editable
from ffiwheel.workflow.place import build_folder

if TYPE_CHECKING:
    from pathlib import Path

    from ffiwheel.config.project import Project
    from ffiwheel.model.progress import Progress
    from ffiwheel.toolchain.virtual import Environment
    from ffiwheel.workflow.develop_current import Wishes
    from ffiwheel.workflow.editable import Made


def develop(
    project: Project, environment: Environment, wishes: Wishes, progress: Progress, *, verbose: bool
) -> None:
    """Make the editable install of a project what it should be.

    Args:
        project: what to install.
        environment: where to install it.
        wishes: what is wanted of it.
        progress: where to tell.
        verbose: whether to show what compilers print.

    Raises:
        FfiwheelError: of the class of the step that failed; the install is then as it was.
    """
    requirements = resolve_wishes(project, wishes)
    site, installer = find_site(environment), find_installer(environment)
    target = site / folder_name(project.name)
    options = BuildOptions(debug=wishes.debug, verbose=verbose)
    with build_folder(project, progress, debug=wishes.debug) as folder:
        if not find_reason(project, find_installed(project, environment), wishes):
            progress.note("nothing is left to do: another run has done it")
            return
        made = make_install(project, folder, _with_earlier(wishes, target), options, progress)
        with progress.step("install") as step:
            if not _needs_installer(target, wishes, made):
                replace_built(target, project.name, made.editable.built, made.state.text)
                step.done(f"replaced in {shown(project.root, environment.folder)}")
                return
            wheel = _write_wheel(made, folder)
            order = Order(
                name=project.name, wheel=wheel, extras=wishes.extras, requirements=requirements
            )
            install(installer, order, lambda: _is_there(target, made), folder, step)
            mark_editable(site, project.name, project.root)
            where = shown(project.root, environment.folder)
            step.done(
                f"{stem_of(project.name, made.draft.version)} in {where}, by {installer.name}"
            )


def rebuild(project: Project, target: Path, progress: Progress) -> None:
    """Bring what was built of an editable install up to date, for an import that waits for it.

    Args:
        project: what is installed.
        target: the folder in the environment with what was built.
        progress: where to tell.

    Raises:
        FfiwheelError: of the class of the step that failed; the install is then as it was.
        ProjectError: if there is no such install.
        OutputError: if nothing can be written there.
    """
    values, _ = read_state(str(target))
    if values.get("root") != project.folder:
        raise ProjectError(
            "there is no editable install of this project",
            where=str(target),
            hint=f"run `ffiwheel develop` in {project.folder}",
        )
    if not is_writable(target):
        raise OutputError(
            "the environment cannot be written to",
            where=str(target),
            hint="let who may write there run `ffiwheel develop`, or switch `rebuild` off",
        )
    wishes = parse_wishes(values)
    options = BuildOptions(debug=wishes.debug)
    with build_folder(project, progress, debug=wishes.debug) as folder:
        if is_out_of_date(str(target)):
            made = make_install(project, folder, wishes, options, progress)
            state = made.state.still(values)
            replace_built(target, project.name, made.editable.built, state.text)


def _with_earlier(wishes: Wishes, target: Path) -> Wishes:
    """Return the wishes with what is installed already; nothing is uninstalled."""
    values, _ = read_state(str(target))
    earlier = parse_wishes(values)
    return wishes._replace(
        extras=(*wishes.extras, *earlier.extras), groups=(*wishes.groups, *earlier.groups)
    )


def _needs_installer(target: Path, wishes: Wishes, made: Made) -> bool:
    """Tell whether more has changed than what was built."""
    values, _ = read_state(str(target))
    names = (INSTALLED, "version")
    return lacks(values, wishes) or any(
        values.get(name) != made.state.values[name] for name in names
    )


def _write_wheel(made: Made, folder: Path) -> Path:
    place = folder / "editable"
    shutil.rmtree(place, ignore_errors=True)
    return write_editable(made.draft, place)


def _is_there(target: Path, made: Made) -> bool:
    return read_state(str(target)) == made.state
