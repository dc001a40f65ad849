"""The lowest `manylinux` or `musllinux` tag.

What each tag promises is auditwheel's table. glibc and libstdc++ put a version on every symbol, so
the highest version that is asked for decides.

Specifications: PEP 600, PEP 656.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from ffiwheel.audit.platform.every import find_missing, one_arch
from ffiwheel.model.platform import Platform, Reason
from ffiwheel.model.provider import file_name
from ffiwheel.system.libraries import is_glibc, is_libc, is_musl, list_policies

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ffiwheel.model.binary import Binary
    from ffiwheel.system.libraries import Policy

_MUSL_TAGS: Final = ("musllinux_1_2", "musllinux_1_1")


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
    every = binaries.values()
    uses_musl, uses_glibc = any(map(is_musl, every)), any(map(is_glibc, every))
    if uses_musl and uses_glibc:
        conflict = "some of its libraries ask for glibc, others for musl"
    if conflict:
        return Platform(tag="", conflict=conflict)
    policies = list_policies(arch, is_musl=uses_musl)
    tag, reasons, missing = _lowest(binaries, policies, f"linux_{arch}")
    also = (
        ()
        if uses_glibc or tag.startswith("linux_")
        else tuple(f"{one}_{arch}" for one in _MUSL_TAGS if f"{one}_{arch}" != tag)
    )
    return Platform(tag=tag, also=also, reasons=reasons, missing=missing)


def _lowest(
    binaries: Mapping[str, Binary], policies: Sequence[Policy], plain: str
) -> tuple[str, tuple[Reason, ...], tuple[Reason, ...]]:
    """Return tag, reasons and missing libraries, from policies in rising order."""
    demands = [demand for path, one in sorted(binaries.items()) for demand in _demands(path, one)]
    reasons: tuple[Reason, ...] = ()
    missing: tuple[Reason, ...] = ()
    for policy in policies:
        missing = tuple(_missing(binaries, policy))
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
    promised = policy.versions.get(family)
    return promised is None or number in promised or demand.library not in policy.libraries


def _explain(demand: Demand) -> Reason:
    users = ""
    if demand.symbols:
        more = f" and {len(demand.symbols) - 1} more" if len(demand.symbols) > 1 else ""
        users = f" for `{demand.symbols[0]}`{more}"
    return Reason(
        path=demand.path,
        library=demand.library,
        version=demand.version,
        symbols=demand.symbols,
        text=f"{file_name(demand.path)} needs {demand.version} of {demand.library}{users}",
        help="build on an older system, or with zig",
    )


def _missing(binaries: Mapping[str, Binary], policy: Policy) -> Iterator[Reason]:
    return find_missing(
        binaries,
        "which not every system has",
        lambda library, _: library in policy.libraries or is_libc(library),
    )


def _forbidden(binaries: Mapping[str, Binary], policy: Policy) -> Iterator[Reason]:
    """Yield the symbols of promised libraries that not all of their builds have."""
    for path, binary in sorted(binaries.items()):
        for library in sorted(set(binary.needed) & set(policy.forbidden)):
            imports = {one.name for one in binary.imports if not one.weak}
            for symbol in sorted(imports & policy.forbidden[library]):
                yield Reason(
                    path=path,
                    library=library,
                    symbols=(symbol,),
                    text=f"{file_name(path)} needs `{symbol}`, which not every {library} has",
                    help="link it statically, or leave the symbol out",
                )


def _too_new_processor(binaries: Mapping[str, Binary]) -> Iterator[Reason]:
    for path, binary in sorted(binaries.items()):
        if binary.processor:
            level = binary.processor
            yield Reason(
                path=path,
                text=f"{file_name(path)} runs on processors of level {level} only",
                help="leave `-march` and `-z x86-64-v...` out",
            )
