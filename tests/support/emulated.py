"""Other systems on this one: Debian's arm64 under qemu, Windows under wine.

Debian's packages are unpacked into a folder that stays for the next run: nothing is installed, and
no rights are needed. Only wine is installed where it is missing, which takes root.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

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
        import pip  # noqa: PLC0415 - only here

        with tempfile.TemporaryDirectory() as apart:
            (Path(apart) / "pip").symlink_to(Path(pip.__file__).parent)
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
    root = _unpack_packages("arm64", *ARM_PACKAGES) if qemu else None
    return ArmPython(qemu, root) if qemu and root else None


@cache
def find_qemu() -> Path | None:
    """Return qemu for programs of aarch64."""
    found = shutil.which("qemu-aarch64-static") or shutil.which("qemu-aarch64")
    if found:
        return Path(found)
    root = _unpack_packages("amd64", "qemu-user-static")
    return root / "usr/bin/qemu-aarch64-static" if root else None


@cache
def find_wine() -> Path | None:
    """Return wine; where we may, and Debian's package is to be had, it is installed first."""
    if not _look_for_wine() and os.geteuid() == 0 and shutil.which("apt-get"):
        patient = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300")
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        install = (*patient, "install", "--yes", "--no-install-recommends", "wine", "wine64")
        if run(*install, cwd=Path("/"), env=quiet).code != 0:
            run(*patient, "update", cwd=Path("/"), env=quiet)
            run(*install, cwd=Path("/"), env=quiet)
    return _look_for_wine()


def start_wine(wine: Path, *command: str | Path, cwd: Path) -> Result:
    """Run a program for Windows; its Windows is kept in a folder of the tests."""
    quiet = {"WINEDEBUG": "-all,err+module", "WINEDLLOVERRIDES": "mscoree,mshtml="}
    return run(wine, *command, cwd=cwd, env={**quiet, "WINEPREFIX": str(wine_prefix())})


def wine_prefix() -> Path:
    """Return the folder of the tests' Windows, which wine makes when it starts."""
    return _kept("wine")


@cache
def find_musl() -> Path | None:
    """Return the loader of musl, which is also its C library."""
    root = _unpack_packages("amd64", "musl")
    return root / "lib" / "x86_64-linux-musl" / "libc.so" if root else None


@cache
def find_sdist(requirement: str) -> Path | None:
    """Return the unpacked source of a package, which is not built."""
    kept = _kept(f"{requirement}-source")
    if not kept.is_dir():
        with tempfile.TemporaryDirectory(dir=kept.parent) as scratch:
            command = (sys.executable, "-m", "pip", "download", "--no-deps", "--quiet")
            name = requirement.partition("==")[0]
            if run(*command, "--no-binary", name, requirement, cwd=Path(scratch)).code != 0:
                return None
            [archive] = Path(scratch).glob("*.tar.gz")
            with tarfile.open(archive) as opened:
                opened.extractall(Path(scratch) / "made", filter="data")
            [made] = (Path(scratch) / "made").iterdir()
            _keep(made, kept)
    return kept


def _look_for_wine() -> Path | None:
    found = shutil.which("wine64") or shutil.which("wine")
    return Path(found) if found else None


@cache
def find_target_wheel(platform: str, python: str, package: str) -> Path | None:
    """Return a folder with what a package for another system installs, and with what it needs."""
    kept = _kept(f"{package}-{platform}-{python}")
    if not kept.is_dir():
        with tempfile.TemporaryDirectory(dir=kept.parent) as scratch:
            made = Path(scratch) / "made"
            wanted = ("--platform", platform, "--python-version", python, "--target", made)
            only = ("--only-binary", ":all:", "--no-compile", "--quiet")
            command = (sys.executable, "-m", "pip", "install", *only, *wanted, package)
            if run(*command, cwd=kept.parent).code != 0:
                return None
            _keep(made, kept)
    return kept


def _unpack_packages(architecture: str, *packages: str) -> Path | None:
    """Return a folder with Debian packages and all that they depend on, unpacked.

    apt gets a state of its own, in which nothing is installed.
    """
    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        return None
    kept = _kept("-".join((architecture, *packages)))
    if kept.is_dir():
        return kept
    with tempfile.TemporaryDirectory(dir=kept.parent) as scratch:
        place = Path(scratch)
        for folder in ("state/lists/partial", "cache/archives/partial", "made"):
            (place / folder).mkdir(parents=True)
        (place / "state" / "status").touch()
        settings = {
            "Dir::State": place / "state",
            "Dir::State::status": place / "state" / "status",
            "Dir::Cache": place / "cache",
            "APT::Architecture": architecture,
            "APT::Architectures": architecture,
            "APT::Sandbox::User": "root",
        }
        options = [part for key, said in settings.items() for part in ("-o", f"{key}={said}")]
        install = ("--yes", "--no-install-recommends", "--download-only", "install", *packages)
        for command in (("update",), install):
            if run("apt-get", "-qq", *options, *command, cwd=place).code != 0:
                return None
        for package in (place / "cache/archives").glob("*.deb"):
            if run("dpkg", "-x", package, place / "made", cwd=place).code != 0:
                return None
        _keep(place / "made", kept)
    return kept


def _kept(name: str) -> Path:
    """Return where a folder with that name stays for the next run."""
    folder = Path(tempfile.gettempdir()) / f"ffiwheel-tests-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / name


def _keep(made: Path, kept: Path) -> None:
    with contextlib.suppress(OSError):  # another run was faster
        made.rename(kept)
