"""Which files of a project are compiled."""

from __future__ import annotations

import glob
from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.errors import ProjectError

if TYPE_CHECKING:
    from ffiwheel.model.overlay import Overlay

CUDA_SUFFIX = ".cu"
_BUILD = "build/ffiwheel/"
_SUFFIXES = {".cc", ".cpp", ".cxx", ".c++", ".C", CUDA_SUFFIX}


def find_sources(
    root: Path, patterns: tuple[str, ...], overlay: Overlay | None = None
) -> tuple[Path, ...]:
    """Return the files that match `patterns`, sorted, each once.

    A file of the overlay stands for the one of its path in the project, which an unpacked sdist
    has as well.

    Raises:
        ProjectError: naming every pattern that matches no file.
    """
    matches = {
        pattern: [
            *match_files(root, pattern, _SUFFIXES),
            *(match_files(overlay.folder, pattern, _SUFFIXES) if overlay else ()),
        ]
        for pattern in patterns
    }
    empty = [pattern for pattern, found in matches.items() if not found]
    if empty:
        raise ProjectError(
            f"no C++ or CUDA file matches {', '.join(f'`{pattern}`' for pattern in empty)}",
            where=f"tool.ffiwheel.sources in {root / 'pyproject.toml'}",
            hint="the patterns are relative to the project's folder; `**` matches any folders",
        )
    found = {path for matched in matches.values() for path in matched}
    emitted = {root / path: overlay.folder / path for path in overlay.paths} if overlay else {}
    found |= {root / path for path in overlay.sources} if overlay else set()
    places = {file: place for place, file in emitted.items()}
    ordered = sorted({places.get(path, path) for path in found})
    return tuple(emitted.get(place, place) for place in ordered)


def match_files(root: Path, pattern: str, suffixes: set[str]) -> list[Path]:
    """Return the files of some kinds that a pattern matches; it may be absolute.

    Files of our build folder, which `**` would find, are none of the project's.
    """
    found = glob.glob(pattern, root_dir=root, recursive=True)  # noqa: PTH207 - takes both kinds
    return sorted(
        root / name
        for name in found
        if Path(name).suffix in suffixes and not name.startswith(_BUILD)
    )


def needs_cuda(sources: tuple[Path, ...]) -> bool:
    """Tell whether some of `sources` are CUDA."""
    return any(path.suffix == CUDA_SUFFIX for path in sources)
