"""Where a project's version comes from: the file, an sdist's stamp, or git, in this order."""

from __future__ import annotations

import shutil
from email.parser import HeaderParser
from typing import TYPE_CHECKING

from ffiwheel.errors import VersionError
from ffiwheel.model.version import Version
from ffiwheel.versioning.git import read_git
from ffiwheel.versioning.scheme import compute_version

if TYPE_CHECKING:
    from pathlib import Path

    from ffiwheel.config.schema import VersionTable


def resolve_version(root: Path, static: str | None, table: VersionTable) -> Version:
    """Return the version of the project in `root`.

    Args:
        root: the project's folder.
        static: the version that `pyproject.toml` states, if it does.
        table: how to read git.

    Raises:
        VersionError: if there is no source for a version, or it cannot be read.
    """
    if static is not None:
        return Version(public=static, reason="pyproject.toml")
    stamped = read_stamp(root)
    if stamped:
        public, _, local = stamped.partition("+")
        return Version(
            public=public, local=local, is_dirty=bool(local), source="sdist", reason="PKG-INFO"
        )
    facts = read_git(root, table.tag_prefix)
    if facts:
        return compute_version(facts, step=table.next, fallback=table.fallback)
    if shutil.which("git") is None:
        raise VersionError(
            "the version is to come from git, but git is not installed",
            where=str(root),
            hint="install git, or write `version` in `[project]`",
        )
    raise VersionError(
        "the version is to come from git, but the project is not in a git repository",
        where=str(root),
        hint="run `git init` in it, or write `version` in `[project]`",
    )


def read_stamp(root: Path) -> str | None:
    """Return the version in the `PKG-INFO` of an unpacked sdist."""
    file = root / "PKG-INFO"
    if not file.is_file():
        return None
    return HeaderParser().parsestr(file.read_text(encoding="utf-8")).get("Version")
