"""`provider = "ffiwheel"`: the version for backends that know `[[tool.dynamic-metadata]]`.

scikit-build-core is one. Backends call these functions in the project's folder.

The deprecated table `[tool.scikit-build.metadata.version]` names this module itself and calls with
other arguments; the first tells which it is.

https://dynamic-metadata.readthedocs.io/en/latest/plugin_authors.html
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, overload

from ffiwheel.config.project import read_project
from ffiwheel.errors import ProjectError
from ffiwheel.hooks.asking import ending_clearly, wheel_version
from ffiwheel.workflow.version import version_requires

if TYPE_CHECKING:
    from collections.abc import Mapping


@overload
def dynamic_metadata(given: Mapping[str, object], more: Mapping[str, object]) -> dict[str, str]: ...
@overload
def dynamic_metadata(given: str, more: Mapping[str, object]) -> str: ...
def dynamic_metadata(
    given: Mapping[str, object] | str, more: Mapping[str, object]
) -> dict[str, str] | str:
    """Return the version.

    Args:
        given: the entry's settings, of which there are none; in the old table the field's name.
        more: the table `[project]`; in the old table the settings.

    Returns:
        What to add to `[project]`; for the old table the version itself.
    """
    with ending_clearly():
        if isinstance(given, str):
            check_settings({"field": given, **more})
            return wheel_version(Path.cwd())
        check_settings(given)
        return {"version": wheel_version(Path.cwd())}


def get_requires_for_dynamic_metadata(_settings: Mapping[str, object]) -> list[str]:
    """Return what must be installed for the version to be told."""
    with ending_clearly():
        return version_requires(read_project(Path.cwd(), to_build=False))


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
