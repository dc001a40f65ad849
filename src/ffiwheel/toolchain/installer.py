"""Who installs into an environment, and where: its own pip, uv, or the pip beside us.

The environment of `uv venv` has no pip, and that of `python -m venv` need not know uv.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ffiwheel.errors import MissingToolError, OutputError
from ffiwheel.system.files import is_writable
from ffiwheel.system.process import query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ffiwheel.toolchain.virtual import Environment

_QUESTION = "import json, sysconfig; print(json.dumps(sysconfig.get_path('platlib')))"


def find_site(environment: Environment) -> Path:
    """Return the folder that packages with libraries are installed into.

    Raises:
        MissingToolError: if the Python of the environment does not run.
        OutputError: if nothing can be written there.
    """
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


class Installer(NamedTuple):
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
    uv = look_for_uv()
    if own and not (uv and environment.is_of_uv):
        return _pip((str(environment.python), "-I", "-m", "pip"))
    if uv:
        command = (uv, "pip", "install", "--python", str(environment.python))
        return Installer(name="uv", command=command)
    if has_pip():
        return _pip((sys.executable, "-m", "pip", "--python", str(environment.python)))
    raise MissingToolError(
        "there is neither pip nor uv to install with",
        where=str(environment.folder),
        hint=f"put pip into the environment: `{environment.python} -m ensurepip`,\n"
        "or install uv: https://docs.astral.sh/uv",
    )


def look_for_uv() -> str | None:
    """Return uv, on the search path or beside the Python that runs us."""
    beside = os.path.dirname(sys.executable)  # noqa: PTH120 - a link stays one
    return shutil.which("uv") or shutil.which("uv", path=beside)


def _own_pips(environment: Environment) -> Iterator[Path]:
    for site in environment.likely_sites:
        yield from site.glob("pip/__main__.py")


def _pip(start: tuple[str, ...]) -> Installer:
    options = ("--disable-pip-version-check", "--no-input")
    return Installer(name="pip", command=(*start, "install", *options))


def has_pip() -> bool:
    """Tell whether there is a pip beside us; it is not imported for that."""
    return any(importlib.metadata.distributions(name="pip"))
