"""Tags that name versions, and those that only look like it.

A version tag is the project's prefix and a version by PEP 440 in any of its spellings, with two
numbers or more: `v2` names a branch or a milestone more often than a version. A local part
(`v1.0+cuda`) names a build and not a release. A tag on another branch or on no commit at all
(the Linux kernel has one on a tree) counts for nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from packaging.version import InvalidVersion
from packaging.version import Version as Pep440

if TYPE_CHECKING:
    from collections.abc import Iterable

_FEWEST_NUMBERS = 2
_SHOWN = 3


class Tag(NamedTuple):
    """A tag that names a version."""

    name: str
    version: Pep440
    commit: str = ""
    """The full hash of the commit that it stands on, where that was asked."""


def parse_tag(name: str, prefix: str, commit: str = "") -> Tag | None:
    """Return the version that a tag names, or None if it names none.

    >>> parse_tag("v1.2.0-rc1", "v").version
    <Version('1.2.0rc1')>
    >>> parse_tag("v2", "v"), parse_tag("v1.0+cuda", "v"), parse_tag("nightly", "v")
    (None, None, None)
    >>> parse_tag("vv1.0", "v"), parse_tag("mypkg/v1.0", "v")
    (None, None)
    """
    text = name.removeprefix(prefix)
    if not name.startswith(prefix) or not text[:1].isdigit():
        return None  # PEP 440 lets `v1.0` pass for 1.0, so `vv1.0` would be a version, too
    try:
        version = Pep440(text)
    except InvalidVersion:
        return None
    if len(version.release) < _FEWEST_NUMBERS or version.local:
        return None
    return Tag(name=name, version=version, commit=commit)


def pick_release(tags: Iterable[Tag]) -> Tag | None:
    """Return the tag that a tagged commit is released as: the highest, a `.dev` anchor last.

    An anchor `v1.1.0.dev0` beside the release `v1.0.0` speaks of the commits that follow.

    >>> here = [parse_tag(name, "v") for name in ("v1.0.0", "v1.1.0.dev0", "v1.0.0rc1")]
    >>> pick_release(here).name
    'v1.0.0'
    """
    return max(tags, key=lambda tag: (not tag.version.is_devrelease, tag.version), default=None)


def note_other_tags(names: Iterable[str], prefix: str) -> tuple[str, ...]:
    """Return a note on the tags that begin like version tags and are none.

    >>> note_other_tags(["v1.2.3-foo", "v2", "vendor"], "v")
    ('tags that name no version, such as `v1.2.3-foo`, `v2`, were passed over',)
    """
    begun = [name for name in names if name.removeprefix(prefix)[:1].isdigit()]
    if not begun:
        return ()
    shown = ", ".join(f"`{name}`" for name in begun[:_SHOWN])
    if len(begun) == 1:
        return (f"the tag {shown} names no version and was passed over",)
    return (f"tags that name no version, such as {shown}, were passed over",)
