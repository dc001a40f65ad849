"""The metadata of a wheel before it is built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.system.archive import read_content
from ffiwheel.system.files import write_if_changed
from ffiwheel.wheel.assemble import stem_of
from ffiwheel.wheel.metadata import read_metadata, render_dist_info
from ffiwheel.workflow.version import project_version

if TYPE_CHECKING:
    from pathlib import Path

    from ffiwheel.config.project import Project


def write_metadata(project: Project, folder: Path) -> Path:
    """Write the `.dist-info` that the wheel of `project` will have, without tags; return it."""
    version = project_version(project).for_wheel
    metadata = read_metadata(project.pyproject, project.root, version)
    info = folder / f"{stem_of(project.name, version)}.dist-info"
    for name, content in render_dist_info(metadata, project.root).items():
        write_if_changed(info / name, read_content(content))
    return info
