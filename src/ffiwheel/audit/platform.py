"""The lowest platform tag that is true for a set of libraries, and what forces it.

The table of what each `manylinux` promises is auditwheel's; the comparison is ours, so that it
can name the symbol that decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from auditwheel.architecture import Architecture
from auditwheel.libc import Libc
from auditwheel.policy import WheelPolicies

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from auditwheel.policy import Policy

    from ffiwheel.model.binary import Binary

RUNTIME = "libtvm_ffi.so"
"""The library that `apache-tvm-ffi` brings, and no wheel has to."""

_LOADERS = ("ld-linux", "ld64.so")
"""The dynamic loader, which is part of every system with glibc."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """A platform tag and its reason."""

    tag: str
    reasons: tuple[str, ...] = ()
    """What the next lower tag would not allow, for people; empty for the lowest tag there is."""


def lowest_platform(binaries: Mapping[str, Binary]) -> Platform:
    """Return the lowest tag on which all `binaries` (by archive path) load.

    Where none of the `manylinux` tags will do, that is the plain `linux` tag, which no index takes.
    """
    arches = sorted({binary.arch for binary in binaries.values()})
    if not arches:
        return Platform(tag="any")
    reasons: tuple[str, ...] = ()
    inside = frozenset(path.rpartition("/")[2] for path in binaries)
    for policy in _policies(arches[0]):
        unmet = tuple(
            reason
            for path, binary in sorted(binaries.items())
            for reason in _unmet(path, binary, policy, inside)
        )
        if not unmet:
            return Platform(tag=policy.name, reasons=reasons)
        reasons = unmet
    return Platform(tag=f"linux_{arches[0]}", reasons=reasons)


@lru_cache
def _policies(arch: str) -> tuple[Policy, ...]:
    """Return the `manylinux` policies of `arch`, the lowest glibc first."""
    try:
        policies = WheelPolicies(libc=Libc.GLIBC, arch=Architecture(arch))
    except ValueError:
        return ()
    ordered = sorted(policies, key=lambda policy: policy.priority, reverse=True)
    return tuple(policy for policy in ordered if policy.name.startswith("manylinux"))


def _unmet(path: str, binary: Binary, policy: Policy, inside: frozenset[str]) -> Iterable[str]:
    """Yield what `binary` needs and `policy` does not promise."""
    name = path.rpartition("/")[2]
    for library in binary.needed:
        is_loader = library.startswith(_LOADERS)
        if not is_loader and library not in {*policy.whitelist, *inside, RUNTIME}:
            yield f"{name} needs {library}"
    for one in binary.imports:
        family, _, number = one.version.rpartition("_")
        promised = policy.symbol_versions.get(family)
        if promised is not None and number not in promised and one.library in policy.whitelist:
            yield f"{name} needs {one.name}@{one.version} of {one.library}"
    for library, symbols in policy.blacklist.items():
        if library in binary.needed:
            for symbol in sorted(symbols.intersection(one.name for one in binary.imports)):
                yield f"{name} needs {symbol} of {library}"
