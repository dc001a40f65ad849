"""Where a build works and delivers."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from ffiwheel.compile.job import CMAKE_DATA
from ffiwheel.system.environment import cache_folder
from ffiwheel.system.files import is_writable, make_private_folder

if TYPE_CHECKING:
    from pathlib import Path

    from ffiwheel.config.project import Project


CMAKE_PACKAGE = CMAKE_DATA / "ffiwheel"
"""The folder of our CMake package, for `ffiwheel_DIR`."""


def build_folder(project: Project, *, debug: bool) -> Path:
    """Return the build folder of a project, which git does not see.

    It lies in the project, or in the user's cache where the project cannot be written to.
    """
    kind = "debug" if debug else "release"
    if is_writable(project.root):
        make_private_folder(project.root / "build" / "ffiwheel")
        return project.root / "build" / "ffiwheel" / kind
    digest = hashlib.sha256(str(project.root).encode()).hexdigest()[:12]
    return make_private_folder(cache_folder() / "builds") / f"{project.name}-{digest}" / kind
