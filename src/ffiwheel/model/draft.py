"""A wheel before it has a platform tag, a `RECORD` and a file name.

The pipeline from *assemble* on knows only this: whether our own engines or another build backend
made the files does not matter any more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ffiwheel.model.provenance import UNKNOWN, Provenance

if TYPE_CHECKING:
    from collections.abc import Mapping

Content = Path | bytes
"""A file's bytes, or where they are."""

ANY_PYTHON = "py3-none"
"""The Python and ABI tag of a wheel that installs on every Python."""

API_FILE = "ffiwheel-api.json"
"""The description of what a wheel offers, in its `.dist-info`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The contents of a wheel to be, and where they are from."""

    name: str
    """The project's name as it wants to be spelt."""
    version: str
    files: Mapping[str, Content]
    """Archive path -> content of everything outside `.dist-info`."""
    dist_info: Mapping[str, Content]
    """Path inside `.dist-info` -> content, without `WHEEL` and `RECORD`."""
    python_tag: str = ANY_PYTHON
    """Python and ABI tag, used where a library is bound to one Python after all."""
    build: str = ""
    """The build tag, such as `1`; most wheels have none."""
    provenance: Provenance = UNKNOWN

    @property
    def libraries(self) -> Mapping[str, Path]:
        """Archive path -> file of each shared library, sorted by archive path."""
        return {
            name: content
            for name, content in sorted(self.files.items())
            if isinstance(content, Path) and is_library(name)
        }

    def with_files(self, files: Mapping[str, Content]) -> Draft:
        """Return this draft with `files` added; a file of the same name is replaced."""
        return replace(self, files={**self.files, **files})


def is_library(name: str) -> bool:
    """Tell whether an archive path names a shared library, and not what a debugger has of one.

    >>> [is_library(name) for name in ("a/liba.so", "a/b.so.1", "a/b.dylib", "a/sofa.py")]
    [True, True, True, False]
    >>> is_library("b.dylib.dSYM/Contents/Resources/DWARF/b.dylib")
    False
    """
    if ".dSYM/" in name:
        return False
    suffixes = PurePosixPath(name).suffixes
    return ".so" in suffixes or name.endswith((".dylib", ".dll", ".pyd"))
