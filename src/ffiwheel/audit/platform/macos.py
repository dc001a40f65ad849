"""The lowest `macosx` tag: the machines that all libraries are for, and their oldest release.

A tag of macOS 11 and later has no minor release; nobody installs `macosx_11_3`. So a library for
11.3 is tagged `macosx_11_0`, as delocate does, and that is said.
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


class Oldest(NamedTuple):
    """The oldest release that loads a library."""

    release: _Release
    path: str


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
        Oldest(max(_release(_parts(one)[arch].minimum_os), _FIRST.get(arch, (10, 0))), path)
        for path, one in binaries.items()
    )


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
    release, path = decides
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
