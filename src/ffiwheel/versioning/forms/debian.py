"""Upstream versions for Debian: `0.7.0~~dev912+g1f2e3d4c5b`; a revision such as `-1` may follow.

By Debian Policy §5.6.12 (https://www.debian.org/doc/debian-policy/ch-controlfields.html#version)
`~` sorts before the end of the text, the end before letters, and letters before `+`, `-`, `.`. So
`~` goes before what precedes a release, and twice before a `.dev` that precedes even `~a1`. RPM
knows the same `~`.

A fourth number is refused: `1.0.0.1` would sort below `1.0.0.post1`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.versioning.forms.limit import refuse_above, require_three_numbers
from ffiwheel.versioning.forms.pep440 import parse_version

if TYPE_CHECKING:
    from ffiwheel.model.version import Version

_LARGEST_EPOCH = 2**31 - 1  # dpkg: "epoch in version is too big"


def render_debian(version: Version) -> str:
    """Return the upstream version of a Debian package."""
    parsed = parse_version(version)
    major, minor, patch = require_three_numbers(parsed, "debian")
    refuse_above(parsed, parsed.epoch, _LARGEST_EPOCH, "debian")
    epoch = f"{parsed.epoch}:" if parsed.epoch else ""
    stage = f"~{parsed.pre[0]}{parsed.pre[1]}" if parsed.pre else ""
    if parsed.post is not None:
        stage += f".post{parsed.post}"
    if parsed.dev is not None:
        stage += f"~dev{parsed.dev}" if stage else f"~~dev{parsed.dev}"
    local = f"+{parsed.local}" if parsed.local else ""
    return f"{epoch}{major}.{minor}.{patch}{stage}{local}"
