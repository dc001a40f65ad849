"""Hold what a wheel requires of `apache-tvm-ffi` against the releases on which it works.

https://packaging.python.org/en/latest/specifications/version-specifiers/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.specifiers import Specifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from ffiwheel.audit.requirements import parse_requirements
from ffiwheel.model import provider

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ffiwheel.model.runtime import Failure, RuntimeRange

RUNTIME = provider.RUNTIME.name
"""The distribution with the runtime."""
_LOWER, _UPPER = (">=", ">"), ("<", "<=")
_PARTS = re.compile(
    r"(?P<name>\s*[A-Za-z0-9._-]+(?:\s*\[[^\]]*\])?)(?P<clauses>[^;@]*?)(?P<rest>\s*(?:;.*)?)"
)


def runtime_requirements(lines: Iterable[str]) -> Iterator[Requirement]:
    """Yield the requirements of the runtime that hold without an extra.

    One that names a URL is left out: it says which file, not which releases.
    """
    for requirement in parse_requirements(lines):
        is_extra = "extra" in str(requirement.marker or "")
        if canonicalize_name(requirement.name) == RUNTIME and not is_extra and not requirement.url:
            yield requirement


def admitted_failures(wanted: SpecifierSet, runtime: RuntimeRange) -> tuple[Failure, ...]:
    """Return the releases that a specifier admits and that are known to fail."""
    return tuple(one for one in runtime.failures if wanted.contains(one.release, prereleases=True))


def mend_specifier(wanted: SpecifierSet, runtime: RuntimeRange) -> SpecifierSet | None:
    """Return the specifier with what it takes to admit no release that is known to fail.

    Clauses stay as they are, unless one of the range on the same side says more.

    Returns:
        The specifier, or None where nothing that it admits would be left.
    """
    clauses = list(wanted)
    for bound in runtime.bounds:
        new = Specifier(bound.clause)
        now = SpecifierSet(clauses)
        if any(not new.contains(one.release) for one in admitted_failures(now, runtime)):
            sides = [side for side in (_LOWER, _UPPER) if new.operator in side]
            clauses = [one for one in clauses if not sides or one.operator not in sides[0]]
            clauses.append(new)
    mended = SpecifierSet(clauses)
    is_right = not admitted_failures(mended, runtime)
    if is_right and any(mended.contains(one, prereleases=True) for one in runtime.releases):
        return mended
    return None


def spell_specifier(wanted: SpecifierSet) -> str:
    """Return a specifier as people write it: from below to above.

    >>> spell_specifier(SpecifierSet("<1,!=0.5,>=0.2"))
    '>=0.2,!=0.5,<1'
    """

    def rank(one: Specifier) -> tuple[int, Version]:
        side = 0 if one.operator in _LOWER else 2 if one.operator in _UPPER else 1
        return side, Version(one.version.removesuffix(".*"))

    return ",".join(str(one) for one in sorted(wanted, key=rank))


def mend_line(line: str, runtime: RuntimeRange) -> str | None:
    """Return a line of `dependencies` that admits no release known to fail.

    Extras, markers and the spelling of the name stay.

    Returns:
        The line, the same if it was right, or None if it cannot be mended.
    """
    wanted = Requirement(line)
    if not admitted_failures(wanted.specifier, runtime):
        return line
    mended, parts = mend_specifier(wanted.specifier, runtime), _PARTS.fullmatch(line)
    if mended is None or parts is None:
        return None
    gap = " " if parts["clauses"].startswith(" ") else ""
    text = f"{parts['name']}{gap}{spell_specifier(mended)}{parts['rest']}"
    wanted.specifier = mended
    return text if Requirement(text) == wanted else None


def quote_line(line: str) -> str:
    """Return a line of `dependencies` as it stands in TOML.

    >>> print(quote_line("a>=1"), quote_line('a; os_name == "nt"'))
    "a>=1" 'a; os_name == "nt"'
    """
    return f"'{line}'" if '"' in line else f'"{line}"'
