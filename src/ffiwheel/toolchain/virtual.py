"""The environment that a project is installed into for development.

It is active (`VIRTUAL_ENV`, `CONDA_PREFIX`), or it is the nearest `.venv` upwards. Most runs of
`ffiwheel develop` need no more than this, so little is imported.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from ffiwheel.errors import ProjectError
from ffiwheel.system.environment import active_environments

_NAME = ".venv"
_MARK = "pyvenv.cfg"


class Environment(NamedTuple):
    """An environment of Python."""

    folder: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    @property
    def has_python(self) -> bool:
        """Whether it has an interpreter; that may be a link to what is gone, or not for us to see.

        Whoever asks it for something says what is wrong with it then.
        """
        return os.path.lexists(self.python)

    @property
    def likely_sites(self) -> tuple[Path, ...]:
        """Where its packages should lie; `find_site` asks its Python."""
        return tuple(sorted(self.folder.glob("lib*/python*/site-packages")))

    @property
    def is_of_uv(self) -> bool:
        """Whether uv made it."""
        mark = self.folder / _MARK
        return mark.is_file() and "\nuv = " in f"\n{mark.read_text(encoding='utf-8')}"


def find_environment(start: Path) -> Environment:
    """Return the active environment, or the nearest `.venv` from a folder upwards.

    Raises:
        ProjectError: if there is none, or a variable names what is none.
    """
    for variable, value in active_environments():
        found = Environment(folder=Path(value).absolute())
        if not found.has_python:
            raise ProjectError(
                f"`{value}` is not an environment: it has no `bin/python`",
                where=f"environment variable {variable}",
                hint=f"activate one that exists, or `unset {variable}`",
            )
        return found
    for folder in (start, *start.parents):
        found = Environment(folder=folder / _NAME)
        if found.has_python and os.path.exists(found.folder / _MARK):  # noqa: PTH110 - it does not raise
            return found
    raise ProjectError(
        "there is no environment to install into",
        where=str(start),
        hint="make one there: `python3 -m venv .venv` or `uv venv`,\nor activate the one you want",
    )
