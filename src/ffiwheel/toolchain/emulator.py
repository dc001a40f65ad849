"""What runs programs of other systems on this machine: qemu for processors, wine for Windows."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from ffiwheel.system.environment import cache_folder
from ffiwheel.system.machine import is_host

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ffiwheel.model.target import Target

EmulatorName: TypeAlias = Literal["qemu", "wine"]

_LOADERS = {
    "aarch64": "lib/ld-linux-aarch64.so.1",
    "x86_64": "lib64/ld-linux-x86-64.so.2",
}
"""Processor -> where glibc's loader lies below the root of a system for it."""
_DEBIAN = {"aarch64": "arm64", "x86_64": "amd64"}
"""Processor -> how Debian calls it."""
_QUIET_WINE = {"WINEDEBUG": "-all,err+module", "WINEDLLOVERRIDES": "mscoree,mshtml="}
"""Says which library is missing, and does not offer to install what no library here needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Emulator:
    """How a program of another system is started here."""

    name: EmulatorName
    command: tuple[str, ...]
    """What stands before the program."""
    variables: Mapping[str, str]
    """What the environment has in addition."""


def find_emulator(target: Target) -> Emulator | None:
    """Return what runs programs of a target here, if that is needed and there is one.

    There is none for macOS, and none for musl: no TVM-FFI runtime could be loaded there.
    """
    if target.system == "windows":
        return _find_wine(target)
    if target.libc == "glibc" and not is_host(target.arch):
        return _find_qemu(target)
    return None


def name_missing(target: Target) -> str:
    """Return what would have to be installed for `find_emulator` to find one, as Debian calls it.

    Nothing where there is no emulator of that system.
    """
    if target.system == "windows":
        return "wine" if is_host("x86_64") and target.arch == "amd64" else ""
    arch = _DEBIAN.get(target.arch, "")
    if target.libc != "glibc" or is_host(target.arch) or not arch:
        return ""
    return f"qemu-user-static and libstdc++6-{arch}-cross"


def _find_wine(target: Target) -> Emulator | None:
    """Return wine, which emulates no processor, with a folder of its own for its Windows."""
    found = shutil.which("wine64") or shutil.which("wine")
    if not found or not is_host("x86_64") or target.arch != "amd64":
        return None
    prefix = os.environ.get("WINEPREFIX") or str(cache_folder() / "wine")
    return Emulator(name="wine", command=(found,), variables={**_QUIET_WINE, "WINEPREFIX": prefix})


def _find_qemu(target: Target) -> Emulator | None:
    """Return qemu, with the folder that has a C library of the target."""
    names = (f"qemu-{target.arch}-static", f"qemu-{target.arch}")
    found = next(filter(None, map(shutil.which, names)), None)
    given = os.environ.get("QEMU_LD_PREFIX")
    places = [Path(given)] if given else [Path(f"/usr/{target.arch}-linux-gnu"), Path("/")]
    loader = _LOADERS.get(target.arch)
    root = next((one for one in places if loader and (one / loader).exists()), None)
    if sys.platform != "linux" or not found or root is None:
        return None
    return Emulator(name="qemu", command=(found, "-L", str(root)), variables={})
