"""`source = "ffiwheel"` in `[tool.hatch.version]`: hatchling takes the version from here.

https://hatch.pypa.io/latest/plugins/version-source/reference/
"""

from __future__ import annotations

from pathlib import Path

from hatchling.version.source.plugin.interface import VersionSourceInterface

from ffiwheel.errors import Problem, ProjectError
from ffiwheel.hooks.asking import ending_clearly, wheel_version

_OF_OTHERS = ("fallback-version", "path", "pattern", "raw-options", "tag-pattern", "variable")
"""Options of hatchling's and hatch-vcs's own sources, which a project may have used before."""


class VersionSource(VersionSourceInterface):
    """The version by `[tool.ffiwheel.version]`."""

    PLUGIN_NAME = "ffiwheel"

    def get_version_data(self) -> dict[str, str]:
        """Return the version, as hatchling wants it."""
        with ending_clearly():
            if leftover := [key for key in _OF_OTHERS if key in self.config]:
                raise ProjectError.of(_refuse(key) for key in leftover)
            return {"version": wheel_version(Path(self.root))}

    def set_version(self, version: str, version_data: dict[str, str]) -> None:  # noqa: ARG002
        """Refuse `hatch version 1.2.3`: there is no file to write it to."""
        with ending_clearly():
            raise ProjectError(
                f"the version is not written in a file, so it cannot be set to {version}",
                where="[tool.hatch.version] in pyproject.toml",
                hint="`git tag` makes a release; `ffiwheel version --explain` says what counts",
            )


def _refuse(key: str) -> Problem:
    return Problem(
        f"`{key}` means nothing to ffiwheel",
        f"tool.hatch.version.{key} in pyproject.toml",
        "take it away; how the version is computed is said in `[tool.ffiwheel.version]`",
    )
