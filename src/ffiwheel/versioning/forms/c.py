"""Versions for C and C++: three numbers, and one number that holds all but the local part.

The number has 63 bits, so it is a legal `intmax_t` and `#if` can compare it:

| bits | what     |                                                         |
|------|----------|---------------------------------------------------------|
| 11   | major    | years fit until 2047                                    |
| 12   | minor    |                                                         |
| 12   | patch    |                                                         |
| 3    | stage    | 0 `.dev`, 1 `a`, 2 `b`, 3 `rc`, 4 release, 5 `.post`    |
| 8    | serial   | the number of the pre-release or post-release           |
| 1    | complete | 0 with `.devN`, 1 without, because `rc1.dev3` < `rc1`   |
| 16   | distance | the N of `.devN`                                        |

What does not fit its bits is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.versioning.forms.limit import (
    refuse_above,
    refuse_epoch,
    refuse_post_of_pre,
    require_three_numbers,
)
from ffiwheel.versioning.forms.pep440 import parse_version

if TYPE_CHECKING:
    from packaging.version import Version as Pep440

    from ffiwheel.model.version import Version

COUNT_BITS = 16
"""The lowest bits, which hold the count of commits."""
_WIDTHS = (11, 12, 12, 3, 8, 1, COUNT_BITS)
_PRE_STAGES = {"a": 1, "b": 2, "rc": 3}
_DEV, _RELEASE, _POST = 0, 4, 5
_INT_MOST = 2**31 - 1


def render_c_major(version: Version) -> str:
    """Return the first number of the release."""
    return _release_number(version, 0, "c-major")


def render_c_minor(version: Version) -> str:
    """Return the second number of the release."""
    return _release_number(version, 1, "c-minor")


def render_c_patch(version: Version) -> str:
    """Return the third number of the release."""
    return _release_number(version, 2, "c-patch")


def render_c_number(version: Version) -> str:
    """Return the one number, in decimal digits and without a suffix."""
    parsed = parse_version(version)
    refuse_epoch(parsed, "c-number")
    refuse_post_of_pre(parsed, "c-number")
    release = require_three_numbers(parsed, "c-number")
    is_complete = int(parsed.dev is None)
    number = 0
    parts = (*release, *_stage(parsed), is_complete, parsed.dev or 0)
    for width, part in zip(_WIDTHS, parts, strict=True):
        refuse_above(parsed, part, 2**width - 1, "c-number")
        number = number << width | part
    return str(number)


def _stage(version: Pep440) -> tuple[int, int]:
    """Return the stage and its serial number."""
    if version.post is not None:
        return _POST, version.post
    if version.pre:
        return _PRE_STAGES[version.pre[0]], version.pre[1]
    return (_RELEASE if version.dev is None else _DEV), 0


def _release_number(version: Version, index: int, form: str) -> str:
    parsed = parse_version(version)
    refuse_epoch(parsed, form)
    number = require_three_numbers(parsed, form)[index]
    refuse_above(parsed, number, _INT_MOST, form)
    return str(number)
