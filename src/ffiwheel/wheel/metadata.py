"""The metadata that `[project]` describes, as the files of a `.dist-info` folder."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pyproject_metadata import StandardMetadata
from pyproject_metadata.errors import ConfigurationError

from ffiwheel.config.decode import subtable
from ffiwheel.errors import Problem, ProjectError

if sys.version_info < (3, 11):
    from pyproject_metadata.errors import ExceptionGroup

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ffiwheel.model.draft import Content


def read_metadata(pyproject: Mapping[str, object], root: Path, version: str) -> StandardMetadata:
    """Return the core metadata of a project, with `version` filled in.

    Raises:
        ProjectError: with every problem of the table `[project]`.
    """
    project = dict(subtable(pyproject, "project"))
    project["version"] = version
    project["dynamic"] = []
    file = root / "pyproject.toml"
    try:
        return StandardMetadata.from_pyproject(
            {**pyproject, "project": project}, root, all_errors=True, allow_extra_keys=False
        )
    except (ConfigurationError, ExceptionGroup) as error:
        raise ProjectError.of(_explain(one, file) for one in _leaves(error)) from error


def render_dist_info(metadata: StandardMetadata, root: Path) -> dict[str, Content]:
    """Return path inside `.dist-info` -> content, without `WHEEL` and `RECORD`."""
    files: dict[str, Content] = {"METADATA": bytes(metadata.as_rfc822())}
    if scripts := render_entry_points(metadata):
        files["entry_points.txt"] = scripts.encode()
    for path in metadata.license_files or ():
        files[f"licenses/{path.as_posix()}"] = root / path
    return files


def render_entry_points(metadata: StandardMetadata) -> str:
    """Return `entry_points.txt`, empty where there are none."""
    groups = {
        "console_scripts": metadata.scripts,
        "gui_scripts": metadata.gui_scripts,
        **metadata.entrypoints,
    }
    blocks = [
        f"[{group}]\n" + "".join(f"{name} = {target}\n" for name, target in sorted(points.items()))
        for group, points in sorted(groups.items())
        if points
    ]
    return "\n".join(blocks)


def _leaves(error: BaseException) -> list[BaseException]:
    inner = getattr(error, "exceptions", None)
    return [leaf for one in inner for leaf in _leaves(one)] if inner else [error]


def _explain(error: BaseException, file: Path) -> Problem:
    key = getattr(error, "key", None)
    text = str(error).replace('"', "`").strip().rstrip(".")
    return Problem(text[:1].lower() + text[1:], f"{key} in {file}" if key else str(file))
