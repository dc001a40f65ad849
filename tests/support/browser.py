"""A browser without a window, for looking at pages as people do."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from debian_packages import find_or_install, look_for
from workshop import find_npm_package

if TYPE_CHECKING:
    from pathlib import Path

AXE = "4.10.3"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@cache
def find_chromium() -> Path | None:
    """Return Chromium, installed first where it is missing and may be."""
    return find_or_install(lambda: look_for(*_NAMES), "chromium", "fonts-dejavu-core")


def read_axe() -> str | None:
    """Return axe, the checker of accessibility, as a script; None without npm."""
    modules = find_npm_package("axe-core", AXE)
    return (modules / "axe-core" / "axe.min.js").read_text() if modules else None
