"""The lowest `manylinux` or `musllinux` tag.

What each tag promises is auditwheel's table. glibc and libstdc++ put a version on every symbol, so
the highest version that is asked for decides. musl has no versions, so that nothing
tells its releases apart: as auditwheel does, its one tag is 1.2, the oldest that is looked after.

Specifications: PEP 600, PEP 656.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from auditwheel.architecture import Architecture
from auditwheel.libc import Libc
from auditwheel.policy import WheelPolicies

from ffiwheel.audit.platform.value import (
    Platform,
    file_name,
    is_runtime,
    names_inside,
    one_arch,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from auditwheel.policy import Policy

    from ffiwheel.model.binary import Binary

_LOADERS: Final = ("ld-linux", "ld64.so")
"""The dynamic loader, which is part of every system with glibc."""

_GLIBC: Final = ("libc.so.6", *_LOADERS)
_MUSL: Final = ("libc.musl-", "ld-musl-")
_MUSL_ITSELF: Final = "libc.so"
"""What Zig calls musl; every musl answers to it."""

_MUSL_POLICY: Final = "musllinux_1_2"
_MUSL_TAGS: Final = (_MUSL_POLICY, "musllinux_1_1")


class Demand(NamedTuple):
    """A version of a library that one of the wheel's libraries asks for."""

    path: str
    """The library that asks."""
    library: str
    version: str
    symbols: tuple[str, ...]
    """The symbols that have the version, sorted; empty where only the loader checks it."""


def lowest_linux(binaries: Mapping[str, Binary]) -> Platform:
    """Return the lowest tag for ELF libraries (by archive path, at least one)."""
    arch, conflict = one_arch(binaries.values())
    libcs = {libc for one in binaries.values() if (libc := _libc(one))}
    if len(libcs) > 1:
        conflict = "some of its libraries ask for glibc, others for musl"
    if conflict:
        return Platform(tag="", conflict=conflict)
    libc = next(iter(libcs), Libc.GLIBC)
    tag, reasons, missing = _lowest(binaries, _policies(arch, libc), f"linux_{arch}")
    also = (
        ()
        if (libcs and libc is Libc.GLIBC) or tag.startswith("linux_")
        else tuple(f"{one}_{arch}" for one in _MUSL_TAGS if f"{one}_{arch}" != tag)
    )
    return Platform(tag=tag, also=also, reasons=reasons, missing=missing)


def _lowest(
    binaries: Mapping[str, Binary], policies: Sequence[Policy], plain: str
) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Return tag, reasons and missing libraries, from policies in rising order."""
    inside = names_inside(binaries)
    demands = [demand for path, one in sorted(binaries.items()) for demand in _demands(path, one)]
    reasons: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    for policy in policies:
        missing = tuple(_missing(binaries, policy, inside))
        unmet = (
            *(_explain(one) for one in demands if not _is_met(one, policy)),
            *missing,
            *_forbidden(binaries, policy),
            *_too_new_processor(binaries),
        )
        if not unmet:
            return policy.name, reasons, ()
        reasons = unmet
    return plain, reasons, missing


def _libc(binary: Binary) -> Libc | None:
    for library in binary.needed:
        if library.startswith(_MUSL) or library == _MUSL_ITSELF:
            return Libc.MUSL
        if library.startswith(_GLIBC):
            return Libc.GLIBC
    return None


@lru_cache
def _policies(arch: str, libc: Libc) -> tuple[Policy, ...]:
    """Return the policies of a machine, the lowest first, without the one that allows all."""
    policy = _MUSL_POLICY if libc is Libc.MUSL else None
    try:
        policies = WheelPolicies(libc=libc, arch=Architecture(arch), musl_policy=policy)
    except ValueError:
        return ()
    ordered = sorted(policies, key=lambda one: one.priority, reverse=True)
    return tuple(one for one in ordered if not one.name.startswith("linux_"))


def _demands(path: str, binary: Binary) -> Iterator[Demand]:
    """Yield what a library asks for, the highest version first."""
    symbols: dict[tuple[str, str], list[str]] = {pair: [] for pair in binary.versions}
    for one in binary.imports:
        if one.version:
            symbols.setdefault((one.library, one.version), []).append(one.name)
    for library, version in sorted(symbols, key=lambda pair: _number(pair[1]), reverse=True):
        yield Demand(path, library, version, tuple(sorted(symbols[library, version])))


def _number(version: str) -> tuple[int, ...]:
    """Return the number in a version for comparison.

    >>> _number("GLIBC_2.17") < _number("GLIBC_2.4.1"), _number("GLIBC_ABI_DT_RELR")
    (False, ())
    """
    parts = version.rpartition("_")[2].split(".")
    return tuple(int(part) for part in parts) if all(map(str.isdigit, parts)) else ()


def _is_met(demand: Demand, policy: Policy) -> bool:
    family, _, number = demand.version.partition("_")
    promised = policy.symbol_versions.get(family)
    return promised is None or number in promised or demand.library not in policy.whitelist


def _explain(demand: Demand) -> str:
    users = ""
    if demand.symbols:
        more = f" and {len(demand.symbols) - 1} more" if len(demand.symbols) > 1 else ""
        users = f" for `{demand.symbols[0]}`{more}"
    return (
        f"{file_name(demand.path)} needs {demand.version} of {demand.library}{users}:"
        " build on an older system, or with zig"
    )


def _missing(
    binaries: Mapping[str, Binary], policy: Policy, inside: frozenset[str]
) -> Iterator[str]:
    known = {*policy.whitelist, *inside, _MUSL_ITSELF}
    for path, binary in sorted(binaries.items()):
        for library in binary.needed:
            if (
                library not in known
                and not library.startswith(_LOADERS)
                and not is_runtime(library)
            ):
                yield (
                    f"{file_name(path)} needs {library}, which no system promises:"
                    " link it statically, or put it into the wheel"
                )


def _forbidden(binaries: Mapping[str, Binary], policy: Policy) -> Iterator[str]:
    """Yield the symbols of promised libraries that not all of their builds have."""
    for path, binary in sorted(binaries.items()):
        for library in sorted(set(binary.needed) & set(policy.blacklist)):
            imports = {one.name for one in binary.imports if not one.weak}
            for symbol in sorted(imports & policy.blacklist[library]):
                yield (
                    f"{file_name(path)} needs `{symbol}`, which not every {library} has:"
                    " link it statically, or leave the symbol out"
                )


def _too_new_processor(binaries: Mapping[str, Binary]) -> Iterator[str]:
    for path, binary in sorted(binaries.items()):
        if binary.processor:
            yield (
                f"{file_name(path)} runs on processors of level {binary.processor} only:"
                " leave `-march` and `-z x86-64-v...` out"
            )
