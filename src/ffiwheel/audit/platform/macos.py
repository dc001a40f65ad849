"""The lowest `macosx` tag: the machines that all libraries are for, and their oldest release.

A tag of macOS 11 and later has no minor release; nobody installs `macosx_11_3`. So a library for
11.3 is tagged `macosx_11_0`, as delocate does, and that is said.

A library says itself for which release it is. Where it needs a function of the system that is
newer than that, the function decides; who builds on another system notices it nowhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from ffiwheel.audit.platform.every import find_missing
from ffiwheel.model.platform import Platform, Reason
from ffiwheel.model.provider import file_name
from ffiwheel.system.libraries import is_system

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ffiwheel.model.binary import Binary

_FIRST: Final = {"arm64": (11, 0), "arm64e": (11, 0)}
"""The first release for a machine; of others the oldest that tags can name is 10.0."""

_BOTH: Final = frozenset({"arm64", "x86_64"})
_FIRST_WITHOUT_MINOR: Final = 11
_Release = tuple[int, int]


_SYSTEM: Final = "/usr/lib/libSystem.B.dylib"
_SINCE: Final = {
    "clock_gettime": (10, 12),
    "getentropy": (10, 12),
    "mkostemp": (10, 12),
    "os_unfair_lock_lock": (10, 12),
    "fmemopen": (10, 13),
    "futimens": (10, 13),
    "open_memstream": (10, 13),
    "utimensat": (10, 13),
    "aligned_alloc": (10, 15),
    "timespec_get": (10, 15),
    "preadv": (11, 0),
    "pwritev": (11, 0),
    "os_sync_wait_on_address": (14, 4),
    "strchrnul": (15, 4),
}
"""Functions that `libSystem` has not always had, by the availability in Apple's headers. A linker
takes them without a word, and the loader of an older release refuses the library."""


class Oldest(NamedTuple):
    """The oldest release that loads a library."""

    release: _Release
    path: str
    symbol: str = ""
    """The function that asks for the release, if it is more than the library itself does."""


def lowest_macos(binaries: Mapping[str, Binary]) -> Platform:
    """Return the lowest tag for Mach-O libraries (by archive path, at least one)."""
    every = [frozenset(_parts(one)) for one in binaries.values()]
    arches = frozenset.intersection(*every)
    if not arches:
        names = ", ".join(sorted({one.arch for one in binaries.values()}))
        conflict = f"it has libraries for several machines: {names}"
        return Platform(tag="", conflict=conflict)
    oldest = {arch: _oldest(binaries, arch) for arch in sorted(arches)}
    word, decides = _decide(oldest)
    release = decides.release
    minor = 0 if release[0] >= _FIRST_WITHOUT_MINOR else release[1]
    return Platform(
        tag=f"macosx_{release[0]}_{minor}_{word}",
        reasons=tuple(_reasons(decides, word)),
        missing=tuple(find_missing(binaries, "which macOS does not have", is_system)),
    )


def _parts(binary: Binary) -> dict[str, Binary]:
    """Return machine -> facts for it."""
    return {one.arch: one for one in binary.slices or (binary,)}


def _oldest(binaries: Mapping[str, Binary], arch: str) -> Oldest:
    """Return the highest of the oldest releases, and the library that has it."""
    return max(
        found
        for path, one in binaries.items()
        for found in _loaded_by(path, _parts(one)[arch], _FIRST.get(arch, (10, 0)))
    )


def _loaded_by(path: str, binary: Binary, first: _Release) -> Iterator[Oldest]:
    """Yield the releases that a library asks for: what it says itself, and what it needs."""
    stated = max(_release(binary.minimum_os), first)
    yield Oldest(stated, path)
    for one in binary.imports:
        since = _SINCE.get(one.name, first)
        if since > stated and not one.weak and one.library in {"", _SYSTEM}:
            yield Oldest(since, path, one.name)


def _decide(oldest: Mapping[str, Oldest]) -> tuple[str, Oldest]:
    """Return the word for the machines, and what decides on the release.

    In `universal2`, the release is that of x86-64, because arm64 begins with 11.0 anyway.
    """
    if frozenset(oldest) >= _BOTH:
        arm, intel = oldest["arm64"], oldest["x86_64"]
        return "universal2", intel if arm.release == _FIRST["arm64"] else max(arm, intel)
    if len(oldest) == 1:
        [(arch, one)] = oldest.items()
        return arch, one
    return "_".join(sorted(oldest)), max(oldest.values())


def _reasons(decides: Oldest, word: str) -> Iterator[Reason]:
    release, path, symbol = decides
    if symbol:
        shown = ".".join(map(str, release))
        yield Reason(
            path=path,
            text=f"{file_name(path)} needs `{symbol}`, which macOS has since {shown}",
            help=f"build with MACOSX_DEPLOYMENT_TARGET={shown}, or do without it",
        )
        return
    if release > _FIRST.get(word, (10, 0)):
        shown = ".".join(map(str, release))
        yield Reason(
            path=path,
            text=f"{file_name(path)} is built for macOS {shown} and later",
            help="build with a lower MACOSX_DEPLOYMENT_TARGET",
        )
    if release[0] >= _FIRST_WITHOUT_MINOR and release[1]:
        yield Reason(
            path=path,
            text=f"tags cannot name macOS {release[0]}.{release[1]}",
            help=f"build with MACOSX_DEPLOYMENT_TARGET={release[0]}.0",
        )


def _release(version: str) -> _Release:
    """Return a release for comparison.

    >>> _release("10.15"), _release("11.0.1"), _release("")
    ((10, 15), (11, 0), (0, 0))
    """
    numbers = [int(part) for part in version.split(".") if part]
    major, minor = (*numbers, 0, 0)[:2]
    return major, minor
