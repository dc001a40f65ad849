"""The shared libraries of a draft, read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.audit.elf import read_elf

if TYPE_CHECKING:
    from pathlib import Path

    from ffiwheel.model.binary import Binary
    from ffiwheel.model.draft import Draft


def read_binaries(draft: Draft) -> dict[str, tuple[Path, Binary]]:
    """Return archive path -> file and facts of each shared library."""
    return {
        name: (path, read_elf(path.read_bytes(), name)) for name, path in draft.libraries.items()
    }
