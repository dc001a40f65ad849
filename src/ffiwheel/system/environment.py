"""The environment variables that ffiwheel honours, read in one place."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Sequence

ZIP_EPOCH = 315532800
"""1980-01-01, the first moment that a zip archive can express."""

_LAST = 2**32 - 1
"""In 2106, the last moment that gzip can express; zip goes on to 2107."""


def source_date_epoch() -> int:
    """Return the time, in seconds since 1970, that built archives carry.

    `SOURCE_DATE_EPOCH` decides (https://reproducible-builds.org/specs/source-date-epoch);
    without it the time is a constant, so that the same input gives the same bytes.

    Raises:
        ProjectError: if its value is no number, or later than archives can express.
    """
    value = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not value:
        return ZIP_EPOCH
    if not (value.isascii() and value.isdecimal() and int(value) <= _LAST):
        raise ProjectError(
            f"`{value}` is no time that an archive can carry",
            where="environment variable SOURCE_DATE_EPOCH",
            hint="give the seconds since 1970, before the year 2106,\n"
            "such as `export SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)`",
        )
    return max(int(value), ZIP_EPOCH)


def cache_folder() -> Path:
    """Return the folder for files that may be deleted at any time."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111
    return Path(base) / "ffiwheel"


def compiler_choice() -> tuple[str, str]:
    """Return the values of `CC` and `CXX`, empty where unset."""
    return os.environ.get("CC", ""), os.environ.get("CXX", "")


def inherited(**changes: str) -> dict[str, str]:
    """Return the environment for a child process, with `changes`."""
    return {**os.environ, **changes}


def appended(**flags: Sequence[str]) -> dict[str, str]:
    """Return variables such as `CFLAGS` with `flags` after what the user has put there."""
    return {
        name: " ".join([*os.environ.get(name, "").split(), shlex.join(more)])
        for name, more in flags.items()
    }


def interpreter() -> Path:
    """Return the Python interpreter that runs us, links to it kept (it may be in a venv)."""
    return Path(sys.executable)
