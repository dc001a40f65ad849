"""Semantic versions for npm and Cargo: `0.7.0-1.dev.912+g1f2e3d4c5b`.

Semantic Versioning 2.0.0 (https://semver.org) orders what follows the hyphen identifier by
identifier: numbers before words, numbers by value, words by ASCII, and more of them after fewer.

| PEP 440         | form                 | because                                           |
|-----------------|----------------------|---------------------------------------------------|
| `X.Y.Z.devN`    | `X.Y.Z-1.dev.N`      | a number is below `alpha`, the word `dev` above   |
| `X.Y.Za1`       | `X.Y.Z-alpha.1`      | `b` is `beta`, `rc` is `rc`: that is their order  |
| `X.Y.Zrc2.dev3` | `X.Y.Z-rc.1.dev.3`   | commits after `rc.1`: above it and below `rc.2`   |
| `X.Y.Z.post1`   | `X.Y.(Z+1)-0.post.1` | above `X.Y.Z`, below all that leads to `X.Y.Z+1`: |
|                 |                      | so this has 0 in front, and `.dev` has 1          |

`X.Y.Z-dev.N` would be shorter and right for a project that never tags an alpha or a beta. But no
project can know that of its future, and what it has published by then stays published: so there
is one rule for all. The shape of post-releases is that of Go's pseudo-versions.

The local part is build metadata. npm ignores it in comparisons; so does Cargo in requirements.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.errors import VersionError
from ffiwheel.versioning.forms.limit import (
    all_numbers,
    refuse_above,
    refuse_epoch,
    refuse_post_of_pre,
    require_length,
    require_three_numbers,
)
from ffiwheel.versioning.forms.pep440 import parse_version

if TYPE_CHECKING:
    from packaging.version import Version as Pep440

    from ffiwheel.model.version import Version

# npm's numbers are JavaScript's: 2**53 - 1 is the last that is exact. Cargo's are 64 bits wide.
# Of both one less, because a post-release counts up the patch.
_NPM_MOST = 2**53 - 2
_NPM_LONGEST = 256  # MAX_LENGTH of node-semver
_CARGO_MOST = 2**64 - 2
_WORDS = {"a": "alpha", "b": "beta", "rc": "rc"}


def render_npm(version: Version) -> str:
    """Return the `version` of a `package.json`."""
    return require_length(_render(parse_version(version), _NPM_MOST, "npm"), _NPM_LONGEST, "npm")


def render_cargo(version: Version) -> str:
    """Return the `version` of a `Cargo.toml`."""
    return _render(parse_version(version), _CARGO_MOST, "cargo")


def _render(version: Pep440, most: int, form: str) -> str:
    refuse_epoch(version, form)
    refuse_post_of_pre(version, form)
    refuse_above(version, max(all_numbers(version)), most, form)
    major, minor, patch = require_three_numbers(version, form)
    if version.post is not None:
        patch += 1
    identifiers = _identifiers(version, form)
    before = f"-{identifiers}" if identifiers else ""
    build = f"+{version.local}" if version.local else ""
    return f"{major}.{minor}.{patch}{before}{build}"


def _identifiers(version: Pep440, form: str) -> str:
    """Return what follows the hyphen, empty for a release."""
    if version.post is not None:
        word, serial = "0.post", version.post
    elif version.pre:
        word, serial = _WORDS[version.pre[0]], version.pre[1]
    else:
        return "" if version.dev is None else f"1.dev.{version.dev}"
    if version.dev is None:
        return f"{word}.{serial}"
    if serial == 0:
        raise VersionError(
            f"`{version}` comes before the first of its kind, which this form cannot express",
            where=f"form `{form}`",
            hint="count pre-releases and post-releases from 1",
        )
    return f"{word}.{serial - 1}.dev.{version.dev}"
