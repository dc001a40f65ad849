"""The systems that wheels are built for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from ffiwheel.model.binary import Format

System: TypeAlias = Literal["linux", "macos", "windows"]
Libc: TypeAlias = Literal["glibc", "musl", "system"]

NATIVE = "native"
"""The name of the machine that we run on, with its own compiler."""

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
