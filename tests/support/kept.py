"""Folders of what tests fetched, kept for the next run."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def kept(name: str) -> Path:
    """Return where the folder with that name stays."""
    folder = Path(tempfile.gettempdir()) / f"ffiwheel-tests-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / name


def fetch_once(name: str, fetch: Callable[[Path], Path | None]) -> Path | None:
    """Return the folder with that name, which `fetch` made in a scratch folder when it was missing.

    None, and nothing is kept, if `fetch` could not make it.
    """
    folder = kept(name)
    if not folder.is_dir():
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            made = fetch(Path(scratch))
            if made is None:
                return None
            with contextlib.suppress(OSError):  # another run was faster
                made.rename(folder)
    return folder
