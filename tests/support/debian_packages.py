"""Debian's packages: unpacked where no rights are needed, installed where we may."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from kept import fetch_once
from workshop import run

if TYPE_CHECKING:
    from collections.abc import Callable


def find_or_install(look: Callable[[], Path | None], *packages: str) -> Path | None:
    """Return what `look` finds; if that is nothing, and we may, packages are installed first."""
    found = look()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        patient = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300")
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        install = (*patient, "install", "--yes", "--no-install-recommends", *packages)
        if run(*install, cwd=Path("/"), env=quiet).code != 0:
            run(*patient, "update", cwd=Path("/"), env=quiet)
            run(*install, cwd=Path("/"), env=quiet)
        found = look()
    return found


def look_for(*names: str) -> Path | None:
    """Return the first of the programs that is there."""
    paths = (shutil.which(name) for name in names)
    return next((Path(path) for path in paths if path), None)


def unpack_packages(architecture: str, *packages: str) -> Path | None:
    """Return a folder with packages and all that they depend on, unpacked.

    apt gets a state of its own, in which nothing is installed.
    """

    def fetch(scratch: Path) -> Path | None:
        for folder in ("state/lists/partial", "cache/archives/partial", "made"):
            (scratch / folder).mkdir(parents=True)
        (scratch / "state" / "status").touch()
        settings = {
            "Dir::State": scratch / "state",
            "Dir::State::status": scratch / "state" / "status",
            "Dir::Cache": scratch / "cache",
            "APT::Architecture": architecture,
            "APT::Architectures": architecture,
            "APT::Sandbox::User": "root",
        }
        options = [part for key, said in settings.items() for part in ("-o", f"{key}={said}")]
        install = ("--yes", "--no-install-recommends", "--download-only", "install", *packages)
        for command in (("update",), install):
            if run("apt-get", "-qq", *options, *command, cwd=scratch).code != 0:
                return None
        for package in (scratch / "cache/archives").glob("*.deb"):
            if run("dpkg", "-x", package, scratch / "made", cwd=scratch).code != 0:
                return None
        return scratch / "made"

    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        return None
    return fetch_once("-".join((architecture, *packages)), fetch)
