"""What `ffiwheel watch` does after each save: bring the editable install up to date."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.errors import CompileError
from ffiwheel.system.environment import inherited, interpreter
from ffiwheel.system.process import run
from ffiwheel.toolchain.releases import find_uv
from ffiwheel.workflow.editable import build_editable

if TYPE_CHECKING:
    from ffiwheel.config.project import Project
    from ffiwheel.model.progress import Progress
    from ffiwheel.workflow.build import BuildOptions


def refresh(project: Project, options: BuildOptions, progress: Progress) -> Path:
    """Bring the editable install of a project up to date.

    Args:
        project: what to install.
        options: how to build it.
        progress: where to tell.

    Returns:
        The folder with the programs of the environment that it is installed in.

    Raises:
        FfiwheelError: of the class of the step that failed.
    """
    with tempfile.TemporaryDirectory(prefix="ffiwheel-") as folder:
        wheel = build_editable(project, Path(folder), options, progress)
        with progress.step("install") as step:
            _install(wheel)
            step.done(f"{project.name}, editable")
    return interpreter().parent


def _install(wheel: Path) -> None:
    uv, python = find_uv(), interpreter()
    command: list[str | Path] = (
        [uv, "pip", "install", "--quiet", "--python", python, "--reinstall"]
        if uv
        else [python, "-m", "pip", "install", "--quiet", "--force-reinstall"]
    )
    env = inherited(PIP_DISABLE_PIP_VERSION_CHECK="1")
    done = run([*command, "--no-deps", wheel], cwd=wheel.parent, env=env)
    if done.code:
        raise CompileError(
            "the editable install failed",
            where=str(python),
            hint="is this an environment that packages can be installed in?",
            output=done.text,
        )
