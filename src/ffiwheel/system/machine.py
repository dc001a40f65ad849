"""The machine we run on, in the words of platform tags."""

from __future__ import annotations

import os
import platform
import sys
from typing import TYPE_CHECKING, Literal

from ffiwheel.errors import MissingToolError

if TYPE_CHECKING:
    from ffiwheel.model.target import Target

_ARCHES = {"amd64": "x86_64", "arm64": "aarch64"}


def is_host(arch: str) -> bool:
    """Tell whether this is Linux on a processor with that name."""
    return sys.platform == "linux" and arch == machine_arch()


def loads_here(target: Target) -> bool:
    """Tell whether this machine can load libraries of a target."""
    return target.system == "linux" and is_host(target.arch) and target.libc == host_libc()


def machine_arch() -> str:
    """Return the processor's name as Linux platform tags spell it.

    Raises:
        MissingToolError: on another system than Linux, for which nothing is built yet.
    """
    if sys.platform != "linux":
        raise MissingToolError(
            f"ffiwheel builds on Linux, not yet on {sys.platform}",
            hint="build in a Linux container or virtual machine",
        )
    name = platform.machine().lower()
    return _ARCHES.get(name, name)


def describe_machine() -> str:
    """Return what compilers go by on this machine: its processor and its C library's release."""
    try:
        libc = os.confstr("CS_GNU_LIBC_VERSION")
    except (OSError, ValueError):
        libc = "musl"
    return f"{platform.machine()} {libc}"


def host_libc() -> Literal["glibc", "musl"]:
    """Return the C library of this Linux."""
    try:
        return "glibc" if os.confstr("CS_GNU_LIBC_VERSION") else "musl"
    except (OSError, ValueError):
        return "musl"
