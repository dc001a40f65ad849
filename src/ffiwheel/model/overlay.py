"""Files that count as if they lay in the project, although they do not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """A folder in the build folder whose files have the paths that they would have there."""

    folder: Path
    paths: tuple[str, ...] = ()
    """Each file, relative to `folder` and to the project alike, with `/`."""
    sources: tuple[str, ...] = ()
    """Those that are compiled even if no pattern of the project matches them."""

    def has_below(self, folder: PurePosixPath) -> bool:
        """Tell whether there is a file below a folder of the project.

        >>> from pathlib import Path, PurePosixPath
        >>> overlay = Overlay(folder=Path("build"), paths=("include/hello/version.h",))
        >>> [overlay.has_below(PurePosixPath(name)) for name in (".", "include", "inc")]
        [True, True, False]
        """
        return any(folder in PurePosixPath(path).parents for path in self.paths)
