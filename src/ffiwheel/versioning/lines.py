"""Lines of history that a merge brought together, and which of them leads further.

The highest tag that HEAD contains is not always the one that the work has come furthest from. Take
`v1.0.0`, fifty commits on the main line, which are 1.1.0.dev50 by then, and a maintenance line with
`v1.0.1rc1`. Where that is merged, the highest tag is `v1.0.1rc1`, whose next version is 1.0.1rc2:
the number would fall. So every line that HEAD brings together is asked where it leads: a line ends
at the first version tag on it, and the highest next version wins, then the longer way.

On one line the last tag is the only one that is seen. And a number never falls from a commit to its
child, provided that each tag is higher than all those it contains: the child sees every tag that
its parent sees, from further away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from packaging.version import Version as Pep440

from ffiwheel.versioning.scheme import next_version

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from ffiwheel.versioning.tag import Tag


def find_rivals(
    tags: Sequence[Tag], highest: Tag, step: Literal["minor", "patch"]
) -> tuple[Tag, ...]:
    """Return the lower tags whose next version is not lower: few, and most often none.

    On a commit with several tags, only the highest has a say.

    >>> from ffiwheel.versioning.tag import parse_tag
    >>> tags = [parse_tag(name, "v", commit=name) for name in ("v0.9.0", "v1.0.0", "v1.0.1")]
    >>> [tag.name for tag in find_rivals(tags, tags[-1], "minor")]
    ['v1.0.0']
    >>> [tag.name for tag in find_rivals(tags, tags[-1], "patch")]
    []
    """
    # A release leads to the following minor version at most: older tags need no closer look.
    epoch, (major, minor) = highest.version.epoch, highest.version.release[:2]
    near = [
        tag
        for tag in tags
        if tag.version.epoch == epoch
        and tag.version.release[:2] >= (major, minor - 1)
        and tag.version < highest.version
    ]
    goal = lead(highest, step)
    further = [tag for tag in near if lead(tag, step) >= goal]
    return tuple(
        tag
        for tag in further
        if not any(one.commit == tag.commit and one.version > tag.version for one in tags)
    )


def lead(tag: Tag, step: Literal["minor", "patch"]) -> Pep440:
    """Return the version that commits after a tag lead to, as their first one."""
    return Pep440(f"{next_version(tag.version, step)[0]}.dev0")


def seen_from(head: str, parents: Mapping[str, Sequence[str]], tagged: Collection[str]) -> set[str]:
    """Return the tagged commits that can be reached without passing another one.

    >>> parents = {"merge": ["main", "fix"], "main": ["v1.0.0"], "fix": ["v1.0.1"]}
    >>> parents |= {"v1.0.1": ["v1.0.0"], "v1.0.0": ["root"]}
    >>> sorted(seen_from("merge", parents, {"v1.0.0", "v1.0.1"}))
    ['v1.0.0', 'v1.0.1']
    >>> sorted(seen_from("fix", parents, {"v1.0.0", "v1.0.1"}))
    ['v1.0.1']
    """
    seen: set[str] = set()
    visited = {head}
    waiting = [head]
    while waiting:
        commit = waiting.pop()
        if commit in tagged:
            seen.add(commit)
            continue
        following = [parent for parent in parents.get(commit, ()) if parent not in visited]
        visited.update(following)
        waiting += following
    return seen
