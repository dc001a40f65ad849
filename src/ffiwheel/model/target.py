"""The systems that wheels are built for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ffiwheel.model.binary import Format

System: TypeAlias = Literal["linux", "macos", "windows"]
Libc: TypeAlias = Literal["glibc", "musl", "system"]

NATIVE = "native"
"""The name of the machine that we run on, with its own compiler."""

OLDEST = {"glibc": "2.17", "macos": "11.0"}
"""The oldest glibc and macOS that anything is built for.

The runtime's own library needs glibc 2.17 on aarch64 and macOS 11.0; no release of `apache-tvm-ffi`
has wheels for an older glibc.
"""

_NEWEST_GLIBC = "2.44"
"""zig 0.17 builds for this one, with a warning, where a newer one is asked for."""

_SYSTEMS = {"glibc": "glibc", "macos": "macOS"}
_FORMATS = {"linux": Format.ELF, "macos": Format.MACHO, "windows": Format.PE}
_NAMES = {"linux": "lib{}.so", "macos": "lib{}.dylib", "windows": "{}.dll"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A system that libraries are compiled for."""

    name: str
    """Such as `linux-aarch64`, or `native`."""
    system: System
    libc: Libc
    """`system` where the system has only one."""
    arch: str
    """The processor as the platform tags of its system spell it: `aarch64`, `arm64`, `amd64`."""
    minimum: str = ""
    """The oldest glibc or macOS that libraries are to run on, such as `2.17` or `11.0`."""

    @property
    def is_native(self) -> bool:
        """Whether this is the machine that we run on, with its own compiler."""
        return self.name == NATIVE

    @property
    def format(self) -> Format:
        """The format of its shared libraries."""
        return _FORMATS[self.system]

    def library_name(self, stem: str) -> str:
        """Return the name under which loaders look for the library `stem`.

        >>> Target(name="", system="windows", libc="system", arch="amd64").library_name("hello")
        'hello.dll'
        """
        return _NAMES[self.system].format(stem)


def explain_minimum(kind: str, text: str) -> str:
    """Return why `text` cannot be the oldest glibc or macOS to run on; empty if it can.

    >>> explain_minimum("glibc", "2.28"), explain_minimum("glibc", "2.5")
    ('', 'glibc 2.5 is older than 2.17, the oldest that anything is built for')
    """
    if not re.fullmatch(r"\d{1,3}\.\d{1,3}", text):
        return f"`{text}` is no release of {_SYSTEMS[kind]}; the oldest is {OLDEST[kind]}"
    if _number(text) < _number(OLDEST[kind]):
        oldest = f"{OLDEST[kind]}, the oldest that anything is built for"
        return f"{_SYSTEMS[kind]} {text} is older than {oldest}"
    if kind == "glibc" and _number(text) > _number(_NEWEST_GLIBC):
        return f"glibc {text} is newer than {_NEWEST_GLIBC}, the newest that zig knows"
    return ""


def _number(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))
