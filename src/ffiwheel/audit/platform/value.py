"""What the answer for a platform is made of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ffiwheel.model.binary import Binary

_RUNTIME = re.compile(r"(lib)?tvm_ffi\.(so|dylib|dll)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """A platform tag and its reason."""

    tag: str
    """Empty where no tag is true; then there is a `conflict`."""
    also: tuple[str, ...] = ()
    """Tags that nothing in the libraries speaks against either, though this one is preferred: what
    needs no libc runs with musl as well, and no symbol tells one release of musl from another."""
    reasons: tuple[str, ...] = ()
    """What the next lower tag would not allow and what to do, for people; empty for the lowest tag
    there is."""
    missing: tuple[str, ...] = ()
    """Libraries that neither the system nor the wheel brings, and who needs them, for people."""
    conflict: str = ""
    """Why no system can load all of its libraries."""


def file_name(path: str) -> str:
    """Return the last part of a path of any system.

    >>> file_name("pkg/liba.so"), file_name("@rpath/a.dylib"), file_name("A.dll")
    ('liba.so', 'a.dylib', 'A.dll')
    """
    return path.rpartition("/")[2]


def names_inside(binaries: Mapping[str, Binary]) -> frozenset[str]:
    """Return the names by which libraries of the wheel are asked for."""
    files = {file_name(path) for path in binaries}
    return frozenset(files | {file_name(one.soname) for one in binaries.values() if one.soname})


def is_runtime(library: str) -> bool:
    """Tell whether a library is the one that `apache-tvm-ffi` brings.

    >>> is_runtime("@rpath/libtvm_ffi.dylib"), is_runtime("tvm_ffi.dll"), is_runtime("libtvm.so")
    (True, True, False)
    """
    return _RUNTIME.fullmatch(file_name(library)) is not None


def one_arch(binaries: Iterable[Binary]) -> tuple[str, str]:
    """Return the machine of all libraries, or why there is none."""
    arches = sorted({one.arch for one in binaries})
    if len(arches) == 1:
        return arches[0], ""
    return "", f"it has libraries for several machines: {', '.join(arches)}"
