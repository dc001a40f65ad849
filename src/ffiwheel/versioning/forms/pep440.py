"""The forms of PEP 440 itself, and the reading that every other form begins with.

PEP 440: https://packaging.python.org/en/latest/specifications/version-specifiers/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import InvalidVersion
from packaging.version import Version as Pep440

from ffiwheel.errors import VersionError

if TYPE_CHECKING:
    from ffiwheel.model.version import Version

_FEWEST_NUMBERS = 3


def render_full(version: Version) -> str:
    """Return the whole version in its normal form, `0.7.0.dev912+g1f2e3d4c5b`."""
    return str(parse_version(version))


def render_public(version: Version) -> str:
    """Return the version that an index accepts, `0.7.0.dev912`."""
    return parse_version(version).public


def render_local(version: Version) -> str:
    """Return the local part alone, `g1f2e3d4c5b`; it is empty at a tag."""
    return parse_version(version).local or ""


def parse_version(version: Version) -> Pep440:
    """Return `version` taken apart.

    Raises:
        VersionError: if it is none by PEP 440, which only a version that somebody wrote can be.
    """
    try:
        return Pep440(version.full)
    except InvalidVersion:
        raise VersionError(
            f"`{version.full}` is not a version by PEP 440",
            where=f"the version from {version.source}",
            hint="write it like `1.2.0`, `1.2.0rc1`, `1.2.0.post1` or `1.2.0.dev3`",
        ) from None


def release_numbers(version: Pep440) -> tuple[int, ...]:
    """Return the numbers of the release: three at least, and no zeros after those.

    `1.2`, `1.2.0` and `1.2.0.0` are equal in PEP 440, so they must be one text everywhere.

    >>> release_numbers(Pep440("1.2rc1")), release_numbers(Pep440("1.2.0.0"))
    ((1, 2, 0), (1, 2, 0))
    >>> release_numbers(Pep440("1.0.0.4"))
    (1, 0, 0, 4)
    """
    numbers = list(version.release)
    while len(numbers) > _FEWEST_NUMBERS and numbers[-1] == 0:
        numbers.pop()
    return (*numbers, *(0,) * (_FEWEST_NUMBERS - len(numbers)))
