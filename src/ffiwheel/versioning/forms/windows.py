"""`FILEVERSION` of a Windows resource: `0,7,0,912`.

It is four numbers of 16 bits (https://learn.microsoft.com/windows/win32/menurc/versioninfo-resource),
compared from left to right. Three are the release; the fourth holds the rest:

| PEP 440  | fourth number | up to |
|----------|---------------|-------|
| `.devN`  | N             | 39998 |
| `aK`     | 40000 + 2K    | 44998 |
| `bK`     | 45000 + 2K    | 49998 |
| `rcK`    | 50000 + 2K    | 59998 |
| release  | 60000         |       |
| `.postK` | 60001 + 2K    | 65535 |

`.devN` after one of them is one less, whatever N is (so `.post0.devN` equals the release). What
exceeds its range stays at its end: the order never turns around, but two versions may be equal. The
full text goes to `ProductVersion`.
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

_MOST = 2**16 - 1
_LAST_DEV = 39998
_RELEASE = 60000
_PRE = {"a": (40000, 44998), "b": (45000, 49998), "rc": (50000, 59998)}
_POST = (60001, _MOST)


def render_windows(version: Version) -> str:
    """Return the four numbers as a resource script writes them."""
    parsed = parse_version(version)
    refuse_epoch(parsed, "windows")
    refuse_post_of_pre(parsed, "windows")
    release = require_three_numbers(parsed, "windows")
    refuse_above(parsed, max(release), _MOST, "windows")
    return ",".join(map(str, (*release, _fourth(parsed))))


def _fourth(version: Pep440) -> int:
    if version.post is not None:
        (start, end), serial = _POST, version.post
    elif version.pre:
        (start, end), serial = _PRE[version.pre[0]], version.pre[1]
    else:
        return _RELEASE if version.dev is None else min(version.dev, _LAST_DEV)
    return min(start + 2 * serial - int(version.dev is not None), end)
