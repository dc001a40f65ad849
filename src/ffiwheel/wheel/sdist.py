"""The sdist of a project of ours: what git tracks, plus `PKG-INFO`.

https://packaging.python.org/en/latest/specifications/source-distribution-format/
"""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ffiwheel.system.archive import write_tar_gz
from ffiwheel.system.git import ask_git_for_files
from ffiwheel.wheel.assemble import stem_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyproject_metadata import StandardMetadata

    from ffiwheel.model.draft import Content

_PRODUCTS = {"build", "dist", "node_modules", "venv", "env"}
_MADE = {"PKG-INFO", "compile_commands.json"}


def write_sdist(
    root: Path,
    metadata: StandardMetadata,
    version: str,
    outdir: Path,
    extra: Mapping[str, Content],
) -> Path:
    """Write the sdist of the project in `root` and return its path.

    Args:
        root: the project's folder.
        metadata: what `PKG-INFO` says.
        version: the version that the sdist carries.
        outdir: where to write it.
        extra: files that are in the sdist only, by their path in it.

    Raises:
        OutputError: if `outdir` cannot be written to.
    """
    stem = stem_of(metadata.name, version)
    files: dict[str, Content] = {f"{stem}/{name}": root / name for name in list_sources(root)}
    files |= {f"{stem}/{name}": content for name, content in extra.items()}
    files[f"{stem}/PKG-INFO"] = bytes(metadata.as_rfc822())
    path = outdir / f"{stem}.tar.gz"
    write_tar_gz(path, files)
    return path


def list_sources(root: Path) -> list[str]:
    """Return the files of a project, relative to it: those that git tracks.

    Where git does not track the project (yet), they are all files but those that git ignores,
    hidden folders and what builds leave behind.
    """
    tracked = ask_git_for_files(root, "--cached", "--recurse-submodules")
    if "pyproject.toml" in tracked:
        return [file for name in tracked for file in _expand(root, name)]
    known = ask_git_for_files(root, "--others", "--exclude-standard")
    names = known or [file.relative_to(root).as_posix() for file in _walk(root)]
    return sorted(name for name in names if not _is_product(PurePosixPath(name)))


def _expand(root: Path, name: str) -> list[str]:
    """Return a tracked file, or what lies behind a tracked link to a folder."""
    path = root / name
    if path.is_dir():
        return sorted(f"{name}/{file.relative_to(path).as_posix()}" for file in _walk(path))
    return [name] if path.is_file() else []


def _is_product(path: PurePosixPath) -> bool:
    """Tell whether a file that git does not track was made by a build or a tool.

    >>> [_is_product(PurePosixPath(name)) for name in ("dist/a.whl", "a/dist/b.py", ".venv/x")]
    [True, False, True]
    """
    first = path.parts[0]
    is_hidden = first.startswith(".") and len(path.parts) > 1
    is_made = path.name in _MADE or "__pycache__" in path.parts
    return first in _PRODUCTS or is_hidden or is_made


def _walk(root: Path) -> list[Path]:
    found = []
    for folder, folders, files in os.walk(root, followlinks=False):
        folders[:] = [name for name in folders if not name.endswith((".egg-info", "__pycache__"))]
        found += [Path(folder) / name for name in files]
    return found
