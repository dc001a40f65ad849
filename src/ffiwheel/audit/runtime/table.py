"""What is known of the releases of `apache-tvm-ffi`: two files of data, read.

`runtimes.json` is made by `tools/runtime_table.py` of the distributions on PyPI. `breaks.toml` is
kept by people: changes that keep every symbol.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, TypedDict, cast

from packaging.specifiers import SpecifierSet

from ffiwheel.model.binary import Format
from ffiwheel.model.runtime import Release

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Mapping

_DATA = files("ffiwheel.audit") / "data"
_GROUPS = {Format.ELF: "elf", Format.MACHO: "macho", Format.PE: "pe"}
C_PREFIX = "TVMFFI"
"""How the names of the C functions begin."""


class _ReleaseEntry(TypedDict):
    date: str
    headers: str
    yanked: bool
    platforms: list[str]


class _File(TypedDict):
    releases: dict[str, _ReleaseEntry]
    symbols: dict[str, dict[str, list[str]]]


class _BreakEntry(TypedDict, total=False):
    name: str
    releases: str
    mark: list[str]
    evidence: str
    effect: str
    source: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A change that keeps every symbol and parts the releases into two groups."""

    name: str
    apart: frozenset[str]
    """The releases of the smaller group."""
    marks: frozenset[str]
    """Undefined symbols, one of which a library has if it depends on what changed."""
    evidence: str
    """An undefined symbol that only headers of the smaller group lead to."""
    effect: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Everything that is known of the releases."""

    releases: tuple[Release, ...]
    """The oldest first."""
    turns: Mapping[str, Mapping[str, tuple[str, ...]]]
    """`c`, `elf`, `macho`, `pe` -> symbol -> the releases at which it came, went, came again ..."""
    breaks: tuple[Break, ...]

    def knows(self, symbol: str, kind: Format) -> bool:
        """Tell whether some release exports a symbol."""
        return symbol in self.turns["c"] or symbol in self.turns[_GROUPS[kind]]

    def exporting(self, symbol: str, kind: Format) -> frozenset[str]:
        """Return the releases that export a symbol."""
        turns = self.turns["c"].get(symbol) or self.turns[_GROUPS[kind]].get(symbol, ())
        found, is_there = set(), False
        for release in self.releases:
            is_there ^= release.version in turns
            if is_there:
                found.add(release.version)
        return frozenset(found)


@lru_cache(maxsize=1)
def read_table() -> Table:
    """Return what the two files say."""
    known = cast("_File", json.loads((_DATA / "runtimes.json").read_text(encoding="utf-8")))
    listed = tomllib.loads((_DATA / "breaks.toml").read_text(encoding="utf-8"))
    releases = tuple(
        Release(
            version=version,
            headers=one["headers"],
            yanked=one["yanked"],
            date=one["date"],
            platforms=tuple(one["platforms"]),
        )
        for version, one in known["releases"].items()
    )
    return Table(
        releases=releases,
        turns={
            group: {name: tuple(turns) for name, turns in names.items()}
            for group, names in known["symbols"].items()
        },
        breaks=tuple(_decode_break(one, releases) for one in listed["breaks"]),
    )


def _decode_break(entry: _BreakEntry, releases: tuple[Release, ...]) -> Break:
    apart = SpecifierSet(entry["releases"])
    return Break(
        name=entry["name"],
        apart=frozenset(one.version for one in releases if apart.contains(one.version)),
        marks=frozenset(entry["mark"]),
        evidence=entry.get("evidence", ""),
        effect=entry["effect"],
    )
