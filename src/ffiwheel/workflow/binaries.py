"""The shared libraries of a draft, read."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from ffiwheel.audit.binary.read import read_binary

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ffiwheel.model.binary import Binary
    from ffiwheel.model.draft import Draft


def read_binaries(draft: Draft) -> dict[str, tuple[Path, Binary]]:
    """Return archive path -> file and facts of each shared library."""
    return {name: (path, read_file(path, name)) for name, path in draft.libraries.items()}


def facts_of(draft: Draft) -> dict[str, Binary]:
    """Return archive path -> facts of each shared library."""
    return {name: pair[1] for name, pair in read_binaries(draft).items()}


def headers_of(binaries: Mapping[str, Binary]) -> tuple[str, ...]:
    """Return the releases of TVM-FFI whose headers libraries were compiled with, sorted."""
    return tuple(sorted({one.header_version for one in binaries.values()} - {""}))


def read_file(path: Path, name: str) -> Binary:
    """Return the facts of a library on the disk, which an error calls `name`.

    Several steps ask for them; a file is read once, as long as it stays the same.
    """
    state = path.stat()
    return _read(path, name, (state.st_ino, state.st_mtime_ns, state.st_size))


@lru_cache(maxsize=256)
def _read(path: Path, name: str, _state: tuple[int, ...]) -> Binary:
    with path.open("rb") as file:
        return read_binary(file, name)
