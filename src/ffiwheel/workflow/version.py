"""The version of a project, wherever it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.model.version import Version
from ffiwheel.versioning.resolve import resolve_version

if TYPE_CHECKING:
    from ffiwheel.config.project import Project
    from ffiwheel.model.progress import Progress


def project_version(project: Project) -> Version:
    """Return the version of a project of ours, or of one that states it.

    Raises:
        VersionError: if it cannot be told.
    """
    return resolve_version(project.root, project.static_version, project.config.version)


def show_version(project: Project, progress: Progress) -> Version:
    """Return the version and print its line; a foreign backend may yet decide on its own."""
    with progress.step("version") as step:
        if not project.is_ours and project.static_version is None:
            step.done(f"as `{project.backend}` says")
            return Version(public="")
        version = project_version(project)
        step.done(f"{version.full}  ({version.reason})")
    return version
