"""Other systems on this one: Debian's arm64 under qemu, Windows under wine.

Only wine is installed where it is missing; all else is fetched into folders that stay.
"""

from __future__ import annotations

import os
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING

from debian_packages import find_or_install, look_for, unpack_packages
from kept import fetch_once, kept
from workshop import Result, run

if TYPE_CHECKING:
    from collections.abc import Sequence

ARM_PACKAGES = ("python3", "libstdc++6")
"""What Debian's arm64 needs for Python, and for the runtime of TVM-FFI besides."""


@dataclass(frozen=True)
class ArmPython:
    """Debian's Python for aarch64, and the emulator that runs it."""

    qemu: Path
    root: Path
    """The folder that stands for `/` to programs of aarch64."""

    @property
    def version(self) -> str:
        """Its version, such as `3.11`."""
        [found] = (self.root / "usr/bin").glob("python3.*[0-9]")
        return found.name.removeprefix("python")

    def run(self, *arguments: str | Path, paths: Sequence[Path], cwd: Path) -> Result:
        """Run it; it imports what lies in `paths`, and pip of the Python that runs the tests."""
        with tempfile.TemporaryDirectory() as apart:
            (Path(apart) / "pip").symlink_to(str(distribution("pip").locate_file("pip")))
            return run(
                *(self.qemu, "-L", self.root, self.root / "usr/bin/python3", *arguments),
                cwd=cwd,
                env={
                    "PYTHONPATH": os.pathsep.join(map(str, (*paths, apart))),
                    "PYTHONDONTWRITEBYTECODE": "1",
                    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
                },
            )


@cache
def find_arm_python() -> ArmPython | None:
    """Return Debian's arm64 Python and qemu, or None where they cannot be had."""
    qemu = find_qemu()
    root = unpack_packages("arm64", *ARM_PACKAGES) if qemu else None
    return ArmPython(qemu, root) if qemu and root else None


@cache
def find_qemu() -> Path | None:
    """Return qemu for programs of aarch64."""
    if found := look_for("qemu-aarch64-static", "qemu-aarch64"):
        return found
    root = unpack_packages("amd64", "qemu-user-static")
    return root / "usr/bin/qemu-aarch64-static" if root else None


@cache
def find_wine() -> Path | None:
    """Return wine, installed first where it is missing and may be."""
    return find_or_install(lambda: look_for("wine64", "wine"), "wine", "wine64")


def start_wine(wine: Path, *command: str | Path, cwd: Path) -> Result:
    """Run a program for Windows; its Windows is kept in a folder of the tests."""
    quiet = {"WINEDEBUG": "-all,err+module", "WINEDLLOVERRIDES": "mscoree,mshtml="}
    return run(wine, *command, cwd=cwd, env={**quiet, "WINEPREFIX": str(wine_prefix())})


def wine_prefix() -> Path:
    """Return the folder of the tests' Windows, which wine makes when it starts."""
    return kept("wine")


@cache
def find_musl() -> Path | None:
    """Return the loader of musl, which is also its C library."""
    root = unpack_packages("amd64", "musl")
    return root / "lib" / "x86_64-linux-musl" / "libc.so" if root else None


@cache
def find_sdist(requirement: str) -> Path | None:
    """Return the unpacked source of a package, which is not built."""

    def fetch(scratch: Path) -> Path | None:
        command = (sys.executable, "-m", "pip", "download", "--no-deps", "--quiet")
        name = requirement.partition("==")[0]
        if run(*command, "--no-binary", name, requirement, cwd=scratch).code != 0:
            return None
        [archive] = scratch.glob("*.tar.gz")
        with tarfile.open(archive) as opened:
            opened.extractall(scratch / "made", filter="data")
        [made] = (scratch / "made").iterdir()
        return made

    return fetch_once(f"{requirement}-source", fetch)


@cache
def find_target_wheel(platform: str, python: str, package: str) -> Path | None:
    """Return a folder with what a package for another system installs, and with what it needs."""

    def fetch(scratch: Path) -> Path | None:
        made = scratch / "made"
        wanted = ("--platform", platform, "--python-version", python, "--target", made)
        only = ("--only-binary", ":all:", "--no-compile", "--quiet")
        command = (sys.executable, "-m", "pip", "install", *only, *wanted, package)
        return made if run(*command, cwd=scratch).code == 0 else None

    return fetch_once(f"{package}-{platform}-{python}", fetch)
