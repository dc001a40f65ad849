"""What the hooks have in common: the version that a wheel of a project carries."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from ffiwheel.config.project import read_project
from ffiwheel.errors import FfiwheelError
from ffiwheel.workflow.version import project_version

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def ending_clearly() -> Iterator[None]:
    """End the backend's process with the text of an error of the user's, without a traceback."""
    try:
        yield
    except FfiwheelError as error:
        raise SystemExit(f"{error}") from None


def wheel_version(root: Path) -> str:
    """Return the version that a wheel of the project in `root` carries, whoever builds it.

    Raises:
        FfiwheelError: if it cannot be told, or `[tool.ffiwheel]` has problems.
    """
    return project_version(read_project(root, to_build=False)).for_wheel
