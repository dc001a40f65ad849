"""What `ffiwheel watch` does after each save: bring the editable install up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.toolchain.virtual import find_environment
from ffiwheel.workflow.develop import develop
from ffiwheel.workflow.develop_current import Wishes, find_installed, find_reason

if TYPE_CHECKING:
    from pathlib import Path

    from ffiwheel.config.project import Project
    from ffiwheel.model.progress import Progress
    from ffiwheel.workflow.build import BuildOptions


def refresh(project: Project, options: BuildOptions, progress: Progress) -> Path:
    """Bring the editable install of a project up to date, as `ffiwheel develop` does.

    Args:
        project: what to install.
        options: how to build it.
        progress: where to tell.

    Returns:
        The folder with the programs of the environment that it is installed in.

    Raises:
        FfiwheelError: of the class of the step that failed.
    """
    wishes = Wishes(debug=options.debug, rebuild=project.config.develop.rebuild)
    environment = find_environment(project.root)
    if find_reason(project, find_installed(project, environment), wishes):
        develop(project, environment, wishes, progress, verbose=options.verbose)
    return environment.folder / "bin"
