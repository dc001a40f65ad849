"""The `win` tag: the processor decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ffiwheel.audit.platform.every import find_missing, one_arch
from ffiwheel.model.platform import Platform
from ffiwheel.system.libraries import is_system, windows_platform

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ffiwheel.model.binary import Binary

_ARCHES: Final = ("amd64", "arm64", "x86")


def lowest_windows(binaries: Mapping[str, Binary]) -> Platform:
    """Return the tag for DLLs (by archive path, at least one)."""
    arch, conflict = one_arch(binaries.values())
    if arch and arch not in _ARCHES:
        conflict = f"no Python runs on its machine, {arch}"
    if conflict:
        return Platform(tag="", conflict=conflict)
    missing = find_missing(binaries, "which Windows does not have", is_system)
    return Platform(tag=windows_platform(arch), missing=tuple(missing))
