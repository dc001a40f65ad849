"""The environment that a project is installed into for development, and who installs there.

An environment is active (`VIRTUAL_ENV`, `CONDA_PREFIX`), or it is the nearest `.venv` upwards. That
of `uv venv` has no pip, and that of `python -m venv` need not know uv.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.errors import MissingToolError, OutputError, ProjectError
from ffiwheel.system.environment import active_environments
from ffiwheel.system.files import is_writable

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME = ".venv"
_MARK = "pyvenv.cfg"
_QUESTION = "import json, sysconfig; print(json.dumps(sysconfig.get_path('platlib')))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """An environment of Python."""

    folder: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

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
        if not found.python.exists():
            raise ProjectError(
                f"`{value}` is not an environment: it has no `bin/python`",
                where=f"environment variable {variable}",
                hint=f"activate one that exists, or `unset {variable}`",
            )
        return found
    for folder in (start, *start.parents):
        if (folder / _NAME / _MARK).is_file() and (folder / _NAME / "bin" / "python").exists():
            return Environment(folder=folder / _NAME)
    raise ProjectError(
        "there is no environment to install into",
        where=str(start),
        hint="make one there: `python3 -m venv .venv` or `uv venv`,\nor activate the one you want",
    )


def find_site(environment: Environment) -> Path:
    """Return the folder that packages with libraries are installed into.

    Raises:
        MissingToolError: if the Python of the environment does not run.
        OutputError: if nothing can be written there.
    """
    from ffiwheel.system.process import query  # noqa: PLC0415 - not where nothing is to be done

    said = query((environment.python, "-I", "-c", _QUESTION))
    if said is None:
        raise MissingToolError(
            "the Python of the environment does not run",
            where=str(environment.python),
            hint=f"make it anew: `python3 -m venv --clear {environment.folder}`,\n"
            f"or `uv venv --clear {environment.folder}`",
        )
    site = Path(json.loads(said))
    if not is_writable(site):
        raise OutputError(
            "the environment cannot be written to",
            where=str(site),
            hint="make one of your own in the project: `python3 -m venv .venv` or `uv venv`",
        )
    return site


@dataclass(frozen=True, slots=True, kw_only=True)
class Installer:
    """The program that installs packages into an environment."""

    name: str
    command: tuple[str, ...]
    """How it is started to install there; what to install follows."""


def find_installer(environment: Environment) -> Installer:
    """Return uv where uv made the environment, its own pip, or what there is beside us.

    Raises:
        MissingToolError: if there is neither pip nor uv.
    """
    own = next(_own_pips(environment), None)
    uv = find_uv()
    if own and not (uv and environment.is_of_uv):
        return _pip((str(environment.python), "-I", "-m", "pip"))
    if uv:
        command = (uv, "pip", "install", "--python", str(environment.python))
        return Installer(name="uv", command=command)
    if _has_pip():
        return _pip((sys.executable, "-m", "pip", "--python", str(environment.python)))
    raise MissingToolError(
        "there is neither pip nor uv to install with",
        where=str(environment.folder),
        hint=f"put pip into the environment: `{environment.python} -m ensurepip`,\n"
        "or install uv: https://docs.astral.sh/uv",
    )


def find_uv() -> str | None:
    """Return uv, on the search path or beside the Python that runs us."""
    beside = os.path.dirname(sys.executable)  # noqa: PTH120 - a link stays one
    return shutil.which("uv") or shutil.which("uv", path=beside)


def _own_pips(environment: Environment) -> Iterator[Path]:
    for site in environment.likely_sites:
        yield from site.glob("pip/__main__.py")


def _pip(start: tuple[str, ...]) -> Installer:
    options = ("--disable-pip-version-check", "--no-input")
    return Installer(name="pip", command=(*start, "install", *options))


def _has_pip() -> bool:
    from importlib.util import find_spec  # noqa: PLC0415 - few need it

    return find_spec("pip") is not None
