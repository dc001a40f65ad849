"""`provider = "ffiwheel"`: the version for backends that know `[[tool.dynamic-metadata]]`.

scikit-build-core is one. Backends call the hooks in the project's folder. A provider can only give
metadata, so emitted files are left in a folder of the build tree, from where the backend is told to
take them.

https://dynamic-metadata.readthedocs.io/en/latest/plugin_authors.html
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.config.project import read_project
from ffiwheel.errors import ProjectError
from ffiwheel.hooks.asking import ending_clearly, wheel_version
from ffiwheel.workflow.handover import leave_files
from ffiwheel.workflow.version import project_version, version_requires

if TYPE_CHECKING:
    from collections.abc import Mapping

_BUILDS = {"sdist", "wheel", "editable"}
"""The states in which something is built; in the others only metadata is asked for."""


class Provider:
    """What the entry point `dynamic_metadata.provider` names."""

    def __init__(self) -> None:
        """Begin without knowing what is built: older backends do not say it."""
        self._state = ""

    def build_state(self, state: str) -> None:
        """Hear what is built."""
        self._state = state

    def dynamic_metadata(
        self, settings: Mapping[str, object], _project: Mapping[str, object]
    ) -> dict[str, str]:
        """Return what to add to `[project]`, and emit the files if something is built."""
        with ending_clearly():
            check_settings(settings)
            project = read_project(Path.cwd(), to_build=False)
            version = project_version(project)
            if self._state in _BUILDS and project.config.version.emit:
                leave_files(project, version)
            return {"version": version.for_wheel}

    def get_requires_for_dynamic_metadata(self, _settings: Mapping[str, object]) -> list[str]:
        """Return what must be installed for the version to be told."""
        with ending_clearly():
            return version_requires(read_project(Path.cwd(), to_build=False))


def dynamic_metadata(field: str, settings: Mapping[str, object]) -> str:
    """Return the version to the deprecated table `[tool.scikit-build.metadata.version]`.

    That table names this module, and its values come without a state of the build.
    """
    with ending_clearly():
        check_settings({"field": field, **settings})
        return wheel_version(Path.cwd())


def check_settings(settings: Mapping[str, object]) -> None:
    """Refuse settings, as nothing would come of them.

    Raises:
        ProjectError: if there is one, besides the only field that we set.

    >>> check_settings({"field": "version"})
    """
    for key, value in settings.items():
        if (key, value) != ("field", "version"):
            raise ProjectError(
                f"`{key} = {value!r}` means nothing to ffiwheel, which tells only the version",
                where='`provider = "ffiwheel"` in pyproject.toml',
                hint="how the version is computed is said in `[tool.ffiwheel.version]`",
            )
