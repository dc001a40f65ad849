"""The sdist of a project of ours: what git would commit, plus `PKG-INFO`.

https://packaging.python.org/en/latest/specifications/source-distribution-format/
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.model.draft import is_library
from ffiwheel.system.archive import write_tar_gz
from ffiwheel.system.process import query
from ffiwheel.wheel.assemble import stem_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyproject_metadata import StandardMetadata

    from ffiwheel.model.draft import Content

_PRODUCTS = {"build", "dist", "__pycache__", "node_modules", "venv"}


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
    """Return the files of a project, relative to it: those that git tracks or would add.

    Outside of git they are all files but hidden folders and what builds leave behind.
    """
    listed = query(
        ("git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    )
    names = [name for name in (listed or "").split("\0") if (root / name).is_file()]
    return sorted(set(names)) if names else sorted(_walk(root))


def _walk(root: Path) -> list[str]:
    found = []
    for folder, folders, files in os.walk(root):
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".") and name not in _PRODUCTS and not name.endswith(".egg-info")
        ]
        names = [name for name in files if not name.endswith(".pyc") and not is_library(name)]
        found += [(Path(folder) / name).relative_to(root).as_posix() for name in names]
    return [name for name in found if name != "PKG-INFO"]
