"""Which libraries every system of a kind has, so that no wheel has to carry them.

The projects that know have lists: auditwheel's policies for Linux, delvewheel's names for Windows;
for macOS it is two folders of Apple's, whose libraries are no files since macOS 11.

auditwheel's policies are read from its data: importing it takes longer than all that an audit of a
wheel does with them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict

from ffiwheel.model.binary import Format

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ffiwheel.model.binary import Binary

_APPLE: Final = ("/usr/lib/", "/System/")
_LOADERS: Final = ("ld-linux", "ld64.so", "ld-musl-", "libc.musl-")
"""The dynamic loader, which is a part of every libc."""

_GLIBC: Final = ("libc.so.6", "ld-linux", "ld64.so")
_MUSL: Final = ("libc.musl-", "ld-musl-")
_MUSL_ITSELF: Final = "libc.so"
"""What Zig calls musl; every musl answers to it."""

_MUSL_POLICY: Final = "musllinux_1_2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a platform tag of Linux promises."""

    name: str
    """The tag."""
    libraries: frozenset[str]
    """Those that every system of the kind has."""
    versions: Mapping[str, frozenset[str]]
    """Family of versions of symbols, such as `GLIBC` -> those that every system has."""
    forbidden: Mapping[str, frozenset[str]]
    """Library -> symbols that not all of its builds have."""


class _Row(TypedDict):
    """A policy in auditwheel's data."""

    name: str
    priority: int
    symbol_versions: dict[str, dict[str, list[str]]]
    lib_whitelist: list[str]
    blacklist: dict[str, list[str]]


def is_system(library: str, binary: Binary) -> bool:
    """Tell whether every system that `binary` is for has a library.

    >>> from ffiwheel.model.binary import Binary, Format
    >>> windows = Binary(arch="amd64", format=Format.PE)
    >>> is_system("KERNEL32.dll", windows), is_system("msvcp140.dll", windows)
    (True, False)
    """
    if binary.format is Format.MACHO:
        return library.startswith(_APPLE)
    if binary.format is Format.PE:
        return _is_windows(library.lower(), binary.arch)
    names = list_linux(binary.arch, is_musl=is_musl(binary))
    return library in names or is_libc(library)


def is_musl(binary: Binary) -> bool:
    """Tell whether a library is for systems with musl."""
    return any(name == _MUSL_ITSELF or name.startswith(_MUSL) for name in binary.needed)


def is_glibc(binary: Binary) -> bool:
    """Tell whether a library is for systems with glibc."""
    return any(name.startswith(_GLIBC) for name in binary.needed)


def is_libc(library: str) -> bool:
    """Tell whether a library is the loader, or musl, whose loader it is."""
    return library == _MUSL_ITSELF or library.startswith(_LOADERS)


def windows_platform(arch: str) -> str:
    """Return the platform tag of libraries for a machine.

    >>> windows_platform("amd64"), windows_platform("x86")
    ('win_amd64', 'win32')
    """
    return "win32" if arch == "x86" else f"win_{arch}"


@lru_cache
def list_linux(arch: str, *, is_musl: bool) -> frozenset[str]:
    """Return the libraries that one of the tags for Linux promises."""
    every = list_policies(arch, is_musl=is_musl)
    return frozenset(name for policy in every for name in policy.libraries)


@lru_cache
def list_policies(arch: str, *, is_musl: bool) -> tuple[Policy, ...]:
    """Return the policies of a machine, the lowest first, without the one that allows all.

    musl has no versions, so that nothing tells its releases apart: as auditwheel does, its one tag
    is 1.2, the oldest that is looked after.
    """
    rows = sorted(_read_rows(is_musl=is_musl), key=lambda row: row["priority"], reverse=True)
    return tuple(
        Policy(
            name=f"{row['name']}_{arch}",
            libraries=frozenset(_spell(name, arch) for name in row["lib_whitelist"]),
            versions={
                family: frozenset(numbers)
                for family, numbers in row["symbol_versions"][arch].items()
            },
            forbidden={name: frozenset(symbols) for name, symbols in row["blacklist"].items()},
        )
        for row in rows
        if arch in row["symbol_versions"] and (not is_musl or row["name"] == _MUSL_POLICY)
    )


def _read_rows(*, is_musl: bool) -> list[_Row]:
    spec = find_spec("auditwheel")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("auditwheel is not installed", name="auditwheel")
    name = "musllinux-policy.json" if is_musl else "manylinux-policy.json"
    text = (Path(spec.origin).parent / "policy" / name).read_text(encoding="utf-8")
    rows: list[_Row] = json.loads(text)
    return rows


def _spell(library: str, arch: str) -> str:
    """Return the name of a library on a machine; musl's has the machine in it."""
    return f"libc.musl-{_MUSL_ARCHES.get(arch, arch)}.so.1" if library == _MUSL_ITSELF else library


_MUSL_ARCHES: Final = {"i686": "x86", "armv7l": "armv7"}


def _is_windows(name: str, arch: str) -> bool:
    from delvewheel import _dll_list as windows  # noqa: PLC0415 - wheels of Windows only

    machine = windows.MachineType.platform_tag_to_type(windows_platform(arch))
    return name in windows.ignore_names.get(machine, ()) or any(
        pattern.fullmatch(name) for pattern in windows.ignore_regexes
    )
