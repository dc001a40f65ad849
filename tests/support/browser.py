"""A browser without a window, for looking at pages as people do."""

from __future__ import annotations

import os
import shutil
from functools import cache
from pathlib import Path

from workshop import find_npm_package, run

AXE = "4.10.3"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_PACKAGES = ("chromium", "fonts-dejavu-core")


@cache
def find_chromium() -> Path | None:
    """Return Chromium; where we may, and Debian's package is to be had, it is installed first."""
    found = _look()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        patient = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300")
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        install = (*patient, "install", "--yes", "--no-install-recommends", *_PACKAGES)
        if run(*install, cwd=Path("/"), env=quiet).code != 0:
            run(*patient, "update", cwd=Path("/"), env=quiet)
            run(*install, cwd=Path("/"), env=quiet)
        found = _look()
    return found


def _look() -> Path | None:
    paths = (shutil.which(name) for name in _NAMES)
    return next((Path(path) for path in paths if path), None)


def read_axe() -> str | None:
    """Return axe, the checker of accessibility, as a script; None without npm."""
    modules = find_npm_package("axe-core", AXE)
    return (modules / "axe-core" / "axe.min.js").read_text() if modules else None
