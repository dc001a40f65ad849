"""The version of a project, wherever it comes from.

What the plain version does not need is imported by the functions that do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.config.decode import subtable
from ffiwheel.config.project import normalize_name
from ffiwheel.model.version import Version
from ffiwheel.versioning.resolve import resolve_version

if TYPE_CHECKING:
    from ffiwheel.config.project import Project
    from ffiwheel.model.progress import Progress
    from ffiwheel.versioning.resolve import Resolution


def project_version(project: Project) -> Version:
    """Return the version of a project of ours, or of one that states it.

    Raises:
        VersionError: if it cannot be told.
    """
    return find_version(project).version


def find_version(project: Project) -> Resolution:
    """Return the version of a project, and why it is from there.

    Raises:
        VersionError: if it cannot be told.
    """
    name = normalize_name(project.name)
    return resolve_version(project.folder, name, project.static_version, project.config.version)


def asks_for_version(project: Project) -> bool:
    """Tell whether another backend takes the version from us: see `ffiwheel.hooks`."""
    entries = subtable(project.pyproject, "tool").get("dynamic-metadata", [])
    tables = entries if isinstance(entries, list) else []
    providers = [table.get("provider") for table in tables if isinstance(table, dict)]
    return {
        "scikit_build_core.build": "ffiwheel" in providers,
        "hatchling.build": subtable(project.tool("hatch"), "version").get("source") == "ffiwheel",
        "setuptools.build_meta": "version" in project.tool("ffiwheel"),
    }.get(project.backend, False)


def version_requires(project: Project) -> list[str]:
    """Return what must be installed for the version to be told, besides ffiwheel and git."""
    return ["setuptools_scm"] if project.config.version.provider == "setuptools_scm" else []


def show_form(project: Project, name: str) -> str:
    """Return the version of a project in one form.

    Raises:
        VersionError: if it cannot be told, or the form cannot express it.
        ProjectError: if there is no such form.
    """
    from ffiwheel.versioning.forms.registry import render_form

    return render_form(find_version(project).version, name)


def explain(project: Project) -> str:
    """Return the version and, line by line, how it came about."""
    from ffiwheel.versioning.git import read_following_tag
    from ffiwheel.versioning.report import explain_version
    from ffiwheel.versioning.repository import find_repository

    found = find_version(project)
    table = project.config.version
    following = None
    if found.version.source == "git" and found.version.tag and not found.version.distance:
        repository = find_repository(project.folder)
        following = None if isinstance(repository, str) else read_following_tag(repository, table)
    rows = explain_version(found, table, following)
    return "\n".join([found.version.full, *(f"{label:<8} {text}" for label, text in rows)])


def describe(project: Project) -> dict[str, object]:
    """Return everything that is known of the version, for JSON."""
    from ffiwheel.versioning.git import count_untracked
    from ffiwheel.versioning.report import describe_version
    from ffiwheel.versioning.repository import find_repository

    version = find_version(project).version
    untracked = None
    if version.source == "git":
        repository = find_repository(project.folder)
        untracked = None if isinstance(repository, str) else count_untracked(repository)
    return describe_version(version, untracked=untracked)


def show_version(project: Project, progress: Progress) -> Version:
    """Return the version and print its line; a foreign backend may yet decide on its own."""
    with progress.step("version") as step:
        if not (project.is_ours or project.static_version or asks_for_version(project)):
            step.done(f"as `{project.backend}` says")
            if project.config.version.emit:
                progress.note(f"nothing is emitted: `{project.backend}` decides the version")
            return Version(public="")
        version = project_version(project)
        step.done(f"{version.full}  ({version.reason})")
    return version
