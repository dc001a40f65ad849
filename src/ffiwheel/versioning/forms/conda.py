"""Versions for conda: `0.7.0.dev912+1.g1f2e3d4c5b`.

conda splits a version at dots, each piece into numbers and words, and has `dev` < other words <
numbers < `post` (CEP 33, https://github.com/conda/ceps/blob/main/cep-0033.md). Every part gets a
dot before it: without, `0rc1` would be compared with `0`, and `0.7.0.dev912` come after `0.7.0rc1`.

A local part begins with a letter and would sort below none at all; the number before it mends
that. Of two local parts of one version, conda has its own opinion.

In a recipe, quote the version: YAML reads `0.10` as a number.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ffiwheel.versioning.forms.limit import (
    all_numbers,
    refuse_above,
    require_length,
    require_numbers,
)
from ffiwheel.versioning.forms.pep440 import parse_version

if TYPE_CHECKING:
    from packaging.version import Version as Pep440

    from ffiwheel.model.version import Version

_MOST_NUMBERS = 4  # a fifth breaks the order: `1.0.0.0.1` would sort below `1.0.0.post1`
_MOST = 2**31 - 1  # CEP 33
_LONGEST = 64  # CEP 26


def render_conda(version: Version) -> str:
    """Return the `version` of a conda package."""
    parsed = parse_version(version)
    numbers = require_numbers(parsed, _MOST_NUMBERS, "conda")
    refuse_above(parsed, max(all_numbers(parsed)), _MOST, "conda")
    epoch = f"{parsed.epoch}!" if parsed.epoch else ""
    parts = [*map(str, numbers), *_suffixes(parsed)]
    local = f"+1.{cut_digits(parsed.local)}" if parsed.local else ""
    return require_length(f"{epoch}{'.'.join(parts)}{local}", _LONGEST, "conda")


def cut_digits(local: str) -> str:
    """Return a local part without digits in longer rows than CEP 33 allows.

    One commit in a hundred has a hash that begins with ten digits.

    >>> cut_digits("g4831029384"), cut_digits("g48a1029384")
    ('g483102938.4', 'g48a1029384')
    """
    return re.sub(r"(\d{9})(?=\d)", r"\1.", local)


def _suffixes(version: Pep440) -> list[str]:
    suffixes = ["".join(map(str, version.pre))] if version.pre else []
    suffixes += [] if version.post is None else [f"post{version.post}"]
    suffixes += [] if version.dev is None else [f"dev{version.dev}"]
    return suffixes
