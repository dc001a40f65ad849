"""Where the programs of this folder run: an environment for each Python, made once for all."""

from __future__ import annotations

import fcntl
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workshop import SAMPLES, Workshop, find_pythons, make_environment, run

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

HERE = Path(__file__).resolve().parent


def find_every_python() -> dict[str, Path]:
    """Return every CPython, and the system's own, which may be another one of the same version."""
    found = find_pythons()
    system = Path("/usr/bin/python3")
    ask = "import sys; print(*sys.version_info[:2], sep='.')"
    version = run(system, "-c", ask, cwd=Path("/")).out.strip() if system.exists() else ""
    if version in found and not system.samefile(found[version]):
        found[f"{version} system"] = system
    return found


def made_once(folder: Path, make: Callable[[Path], object]) -> Path:
    """Return a folder that one of the processes that run tests has made."""
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            scratch = folder.with_suffix(".making")
            shutil.rmtree(scratch, ignore_errors=True)
            make(scratch)
            scratch.rename(folder)
    return folder


def build_wheel(folder: Path) -> None:
    """Build the sample package into a folder."""
    folder.mkdir()
    workshop = Workshop(folder)
    wheel = workshop.wheel(workshop.copy(SAMPLES / "every-call"))
    shutil.copy(wheel, folder)


@dataclass(frozen=True)
class Place:
    """What the programs need."""

    shared: Path
    """A folder of all processes that run these tests together."""
    scratch: Path
    """A folder of one test."""

    def python(self, version: str) -> Path:
        """Return the interpreter of an environment with the sample package and NumPy."""
        [wheel] = made_once(self.shared / "wheel", build_wheel).glob("*.whl")
        base = find_every_python()[version]
        folder = self.shared / f"python-{version}".replace(".", "-").replace(" ", "-")
        made_once(folder, lambda at: make_environment(base, at, wheel, "numpy"))
        return folder / "bin" / "python"

    def program(self, name: str) -> Path:
        """Return one of the programs of this folder."""
        return HERE / name


def shared_folder(base: Path) -> Path:
    """Return the folder that a worker has in common with the others."""
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def find_place(tmp_path: Path, factory: pytest.TempPathFactory) -> Place:
    """Return where the programs of a test run."""
    return Place(shared_folder(factory.getbasetemp()), tmp_path)
