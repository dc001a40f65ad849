"""Which libraries every system of a kind has, so that no wheel has to carry them.

The projects that know have lists: auditwheel's policies for Linux, delvewheel's names for Windows;
for macOS it is two folders of Apple's.
"""

from __future__ import annotations

import fnmatch
from functools import lru_cache
from typing import TYPE_CHECKING

from auditwheel.architecture import Architecture
from auditwheel.libc import Libc
from auditwheel.policy import WheelPolicies
from delvewheel import _dll_list as windows

from ffiwheel.model.binary import Format

if TYPE_CHECKING:
    from ffiwheel.model.binary import Binary

_LOADERS = ("ld-linux*", "ld64.so*", "ld-musl-*", "libc.musl-*")
_APPLE = ("/usr/lib/", "/System/")


def is_system(library: str, binary: Binary) -> bool:
    """Tell whether every system that `binary` is for has a library."""
    if binary.format is Format.MACHO:
        return library.startswith(_APPLE)
    if binary.format is Format.PE:
        return _is_windows(library.lower(), binary.arch)
    names = list_linux(binary.arch, is_musl=is_musl(binary))
    return library in names or any(fnmatch.fnmatchcase(library, one) for one in _LOADERS)


def is_musl(binary: Binary) -> bool:
    """Tell whether a library is for systems with musl."""
    return any(name == "libc.so" or name.startswith("libc.musl-") for name in binary.needed)


def windows_platform(arch: str) -> str:
    """Return the platform tag of libraries for a machine.

    >>> windows_platform("amd64"), windows_platform("x86")
    ('win_amd64', 'win32')
    """
    return "win32" if arch == "x86" else f"win_{arch}"


@lru_cache
def list_linux(arch: str, *, is_musl: bool) -> frozenset[str]:
    """Return the libraries that one of the tags for Linux promises."""
    try:
        architecture = Architecture(arch)
    except ValueError:
        return frozenset()
    if is_musl:
        policies = WheelPolicies(libc=Libc.MUSL, arch=architecture, musl_policy="musllinux_1_2")
    else:
        policies = WheelPolicies(libc=Libc.GLIBC, arch=architecture)
    return frozenset(name for policy in policies for name in policy.whitelist)


def _is_windows(name: str, arch: str) -> bool:
    machine = windows.MachineType.platform_tag_to_type(windows_platform(arch))
    return name in windows.ignore_names.get(machine, ()) or any(
        pattern.fullmatch(name) for pattern in windows.ignore_regexes
    )
