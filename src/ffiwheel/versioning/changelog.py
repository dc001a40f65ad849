"""Find the heading of a release in a changelog, be it Markdown or reStructuredText.

A heading is of a release if the first version in it is that one, in any of PEP 440's spellings:

| Markdown                     | reStructuredText          |
|------------------------------|---------------------------|
| `## 0.7.0`                   | `0.7.0 (2026-11-21)`      |
| `## [0.7.0] - 2026-11-21`    | `------------------`      |
| `## hello v0.7`              |                           |

So `## Changes since 0.6.0` is none of 0.7.0, and `## 0.7.0rc1` is another version.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion
from packaging.version import Version as Pep440

if TYPE_CHECKING:
    from collections.abc import Iterator

_FEWEST_NUMBERS = 2
_MARKED = re.compile(r" {0,3}#{1,6}\s+(.*)")
_UNDERLINE = re.compile(r"([=\-~^\"'*+#:.])\1{2,}\s*")
_FENCE = re.compile(r" {0,3}```")


def has_heading(text: str, release: Pep440, prefix: str = "v") -> bool:
    """Tell whether a changelog has a heading for `release`.

    A pre-release may do with the heading of the release that it leads to.

    Args:
        text: the changelog.
        release: the version.
        prefix: what version tags begin with, which may stand in the heading, too.
    """
    accepted = {release}
    if release.is_prerelease and release.post is None:
        accepted.add(Pep440(release.base_version))
    return any(_first_version(heading, prefix) in accepted for heading in _headings(text))


def _headings(text: str) -> Iterator[str]:
    r"""Yield the headings of a text.

    >>> list(_headings("# Changes\n\n## 0.7.0\ntext\n```\n# 0.5.0\n```\n0.6.0\n-----\n"))
    ['Changes', '0.7.0', '0.6.0']
    """
    is_code = False
    for line, following in itertools.pairwise([*text.splitlines(), ""]):
        if _FENCE.match(line):
            is_code = not is_code
        elif is_code:
            continue
        elif found := _MARKED.fullmatch(line):
            yield found[1]
        elif line.strip() and _UNDERLINE.fullmatch(following) and not _UNDERLINE.fullmatch(line):
            yield line.strip()


def _first_version(heading: str, prefix: str) -> Pep440 | None:
    """Return the first version in a heading; dates with hyphens and single numbers are none.

    >>> _first_version("[0.7.0](https://example.org/0.6.0...0.7.0) - 2026-11-21", "v")
    <Version('0.7.0')>
    >>> _first_version("Release 7 of 2026-11-21", "v")
    """
    for word in re.findall(r"[\w.!+/-]+", heading):
        bare = word.strip(".-/").removeprefix(prefix).removeprefix("v")
        try:
            version = Pep440(bare) if bare[:1].isdigit() else None
        except InvalidVersion:
            continue
        if version and len(version.release) >= _FEWEST_NUMBERS:
            return version
    return None
