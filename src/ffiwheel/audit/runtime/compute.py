"""From the symbols of a library to the releases of `apache-tvm-ffi` on which it works.

A release fails if it lacks a symbol that the library takes from the runtime, or if it lies on the
other side of a known break than the headers the library was compiled with. Nothing is run.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.version import Version

from ffiwheel.audit.runtime.table import C_PREFIX, Break, Table, read_table
from ffiwheel.model.runtime import PYTHON_SINCE, Bound, Failure, RuntimeRange

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from ffiwheel.model.binary import Binary, Import
    from ffiwheel.model.runtime import Release

Reason = tuple[str, str]
"""A symbol, and what happens because of it."""


def compute_range(binary: Binary) -> RuntimeRange:
    """Return the releases on which a library works, and what sets each bound."""
    table = read_table()
    found: dict[str, Reason] = {}
    for release, symbol, reason in (*_missing(binary, table), *_broken(binary, table)):
        found.setdefault(release, (symbol, reason))
    if len(found) == len(table.releases):
        return replace(make_range(table.releases, found), bounds=_guess_bounds(binary, table))
    return make_range(table.releases, found)


def _missing(binary: Binary, table: Table) -> Iterator[tuple[str, str, str]]:
    """Yield release, symbol and effect where a release lacks a symbol."""
    for symbol in needed_symbols(binary, table):
        having = table.exporting(symbol, binary.format)
        for release in table.releases:
            if release.version not in having:
                yield release.version, symbol, f"it has no `{symbol}`"


def _broken(binary: Binary, table: Table) -> Iterator[tuple[str, str, str]]:
    """Yield release, mark and effect where a release lies on the other side of a break."""
    for one in table.breaks:
        if mark := find_mark(binary, one):
            works_apart = _was_built_apart(binary, one)
            for release in table.releases:
                if (release.version in one.apart) != works_apart:
                    yield release.version, mark, f"{one.name}: {one.effect}"


def _guess_bounds(binary: Binary, table: Table) -> tuple[Bound, ...]:
    """Return the lower bound of a library whose headers are newer than the table."""
    headers, newest = binary.header_version, table.releases[-1].version
    unknown = [one for one in needed_symbols(binary, table) if not table.knows(one, binary.format)]
    if not unknown or not headers or Version(headers) <= Version(newest):
        return ()
    reason = f"no release up to {newest} has `{unknown[0]}`, and its headers are of {headers}"
    return (Bound(clause=f">={headers}", symbol=unknown[0], reason=reason),)


def needed_symbols(binary: Binary, table: Table) -> tuple[str, ...]:
    """Return the symbols that a library takes from the runtime, sorted.

    A C++ symbol that no release has is not among them: it belongs to another library.
    """
    return tuple(
        sorted(
            one.name
            for one in binary.imports
            if _is_asked_of_runtime(one)
            and (one.name.startswith(C_PREFIX) or table.knows(one.name, binary.format))
        )
    )


def _is_asked_of_runtime(one: Import) -> bool:
    """Tell whether a symbol may come from the runtime; ELF says of few where they come from."""
    return not one.weak and (not one.library or "tvm_ffi" in one.library)


def find_mark(binary: Binary, change: Break) -> str:
    """Return the symbol by which a library depends on what a break changed; empty for none."""
    marks = (one.name for one in binary.imports if one.name in change.marks and not one.version)
    return next(marks, "")


def _was_built_apart(binary: Binary, change: Break) -> bool:
    """Tell whether a library was compiled with headers of the smaller group of a break."""
    if binary.header_version:
        return binary.header_version in change.apart
    return any(one.name == change.evidence for one in binary.imports)


def compute_python_range(names: Iterable[str]) -> RuntimeRange:
    """Return the releases that have the names in Python which bindings derive from."""
    table = read_table()
    versions = [one.version for one in table.releases]
    found: dict[str, Reason] = {}
    for name in sorted(PYTHON_SINCE.keys() & set(names)):
        for version in versions[: versions.index(PYTHON_SINCE[name])]:
            found.setdefault(version, (name, f"it has no `{name}`"))
    return make_range(table.releases, found)


def compute_joint_range(libraries: Collection[Binary]) -> RuntimeRange:
    """Return the releases on which all libraries of a wheel work.

    What one of them exports, the others do not take from the runtime.
    """
    inside = {name for one in libraries for name in one.exports}
    return intersect_ranges(
        compute_range(
            replace(one, imports=tuple(item for item in one.imports if item.name not in inside))
        )
        for one in libraries
    )


def intersect_ranges(ranges: Iterable[RuntimeRange]) -> RuntimeRange:
    """Return the releases on which all of several libraries work."""
    given = tuple(ranges)
    found: dict[str, Reason] = {}
    for one in given:
        for failure in one.failures:
            found.setdefault(failure.release, (failure.symbol, failure.reason))
    joint = make_range(read_table().releases, found)
    guessed = (bound for one in given if not one.releases for bound in one.bounds)
    return joint if joint.releases else replace(joint, bounds=tuple(guessed))


def make_range(releases: tuple[Release, ...], found: dict[str, Reason]) -> RuntimeRange:
    """Return the range that leaves out the releases with a reason."""
    return RuntimeRange(
        releases=tuple(one.version for one in releases if one.version not in found),
        newest_known=releases[-1].version,
        bounds=tuple(_find_bounds(releases, found)),
        failures=tuple(
            Failure(
                release=one.version,
                yanked=one.yanked,
                symbol=found[one.version][0],
                reason=found[one.version][1],
            )
            for one in releases
            if one.version in found
        ),
    )


def _find_bounds(releases: tuple[Release, ...], found: dict[str, Reason]) -> Iterator[Bound]:
    """Yield the clauses of the requirement, the lower bound first.

    The lower bound is a release that installers take. Nothing is said of releases that are newer
    than the table.
    """
    works = [index for index, one in enumerate(releases) if one.version not in found]
    if not works:
        return
    kept = [index for index in works if not releases[index].yanked] or works
    first, last = kept[0], works[-1]
    before = [one.version for one in releases[:first] if one.version in found]
    if before:
        symbol, reason = found[before[-1]]
        yield Bound(clause=f">={releases[first].version}", symbol=symbol, reason=reason)
    for one in releases[first:last]:
        if one.version in found:
            symbol, reason = found[one.version]
            yield Bound(clause=f"!={one.version}", symbol=symbol, reason=reason)
    if last + 1 < len(releases):
        symbol, reason = found[releases[last + 1].version]
        yield Bound(clause=f"<{releases[last + 1].version}", symbol=symbol, reason=reason)
