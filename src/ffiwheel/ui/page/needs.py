"""Who needs whom: the libraries of a wheel, and what they ask the loader for."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ffiwheel.model.picture import Origin
from ffiwheel.model.provider import name_asked, names_inside

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from ffiwheel.model.binary import Binary
    from ffiwheel.model.picture import Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """The newest version of a family of symbols that one library asks of another."""

    version: str
    """Such as `GLIBC_2.17`."""
    symbols: tuple[str, ...]
    """Those of that version, sorted; a library may also ask for the version itself."""
    decides: bool
    """Whether it is a reason for the platform tag."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What one library of the wheel asks of another library."""

    path: str
    """The archive path of the one that asks."""
    library: str
    """The one it asks for, by the name it asks for."""
    origin: Origin
    found: str = ""
    """The archive path of the one it finds, where that is in the wheel."""
    floors: tuple[Floor, ...] = ()

    @property
    def decides(self) -> bool:
        """Whether it is a reason for the platform tag."""
        return any(floor.decides for floor in self.floors)


def list_needs(picture: Picture) -> Iterator[Need]:
    """Yield who needs whom in a wheel, library by library."""
    inside = names_inside(picture.binaries)
    deciding = {(one.path, one.library, one.version) for one in picture.reasons}
    for path, binary in sorted(picture.binaries.items()):
        asked = _ask(binary)
        for library in dict.fromkeys(binary.needed):
            found = inside.get(name_asked(library), "")
            origin = picture.origins.get(library, Origin.MISSING)
            decides = {version for by, of, version in deciding if (by, of) == (path, library)}
            yield Need(
                path=path,
                library=library,
                origin=Origin.INSIDE if found else origin,
                found=found,
                floors=tuple(_floors(asked[library], decides)),
            )


def _ask(binary: Binary) -> Mapping[str, Mapping[str, set[str]]]:
    """Return library -> version -> the symbols of that version that are asked of it."""
    asked: dict[str, dict[str, set[str]]] = defaultdict(dict)
    for library, version in binary.versions:
        asked[library].setdefault(version, set())
    for one in binary.imports:
        if one.version:
            asked[one.library].setdefault(one.version, set()).add(one.name)
    return asked


def _floors(asked: Mapping[str, set[str]], decides: Collection[str]) -> Iterator[Floor]:
    """Yield the newest version of each family.

    Args:
        asked: version -> symbols that one library asks of another.
        decides: the versions that are reasons for the platform tag.
    """
    families: dict[str, list[str]] = defaultdict(list)
    for version in asked:
        if "_" in version:
            families[version.rpartition("_")[0]].append(version)
    for _, versions in sorted(families.items()):
        newest = max(versions, key=in_order)
        yield Floor(version=newest, symbols=tuple(sorted(asked[newest])), decides=newest in decides)


def in_order(version: str) -> list[int]:
    """Return what sorts the versions of one family."""
    return [int(number) for number in re.findall(r"\d{1,9}", version)]
