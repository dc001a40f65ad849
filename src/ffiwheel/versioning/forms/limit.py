"""What a target has no word for, refused in the same words by every form.

A form that dropped an epoch or cut a number would put versions in a wrong order without a sign.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.errors import VersionError
from ffiwheel.versioning.forms.pep440 import release_numbers

if TYPE_CHECKING:
    from packaging.version import Version as Pep440

_NUMBERS = 3


def refuse_epoch(version: Pep440, form: str) -> None:
    """Raise if there is an epoch: it outranks every number, and most targets have no such thing."""
    if version.epoch:
        raise VersionError(
            f"`{version}` has an epoch, which this form cannot express",
            where=f"form `{form}`",
            hint="`full`, `public`, `conda`, `debian` and `docker` can; the others need tags"
            " without an epoch",
        )


def require_numbers(version: Pep440, most: int, form: str) -> tuple[int, ...]:
    """Return the numbers of the release, of which there are `most` at the most."""
    numbers = release_numbers(version)
    if len(numbers) > most:
        raise VersionError(
            f"`{version}` has {len(numbers)} numbers, and this form has room for {most}",
            where=f"form `{form}`",
            hint=f"tag releases with {_NUMBERS} numbers, such as"
            f" `{'.'.join(map(str, numbers[:_NUMBERS]))}`",
        )
    return numbers


def require_three_numbers(version: Pep440, form: str) -> tuple[int, int, int]:
    """Return the three numbers of the release."""
    major, minor, patch = require_numbers(version, _NUMBERS, form)
    return major, minor, patch


def refuse_post_of_pre(version: Pep440, form: str) -> None:
    """Raise for `1.0.0rc1.post2`: targets that know post-releases at all know them of releases."""
    if version.pre and version.post is not None:
        letter, serial = version.pre
        raise VersionError(
            f"`{version}` is a post-release of a pre-release, which this form cannot express",
            where=f"form `{form}`",
            hint=f"tag the next pre-release instead, here `{letter}{serial + 1}`",
        )


def refuse_above(version: Pep440, number: int, most: int, form: str) -> None:
    """Raise if `number`, which is a part of `version`, is more than `most`."""
    if number > most:
        raise VersionError(
            f"`{version}` has the number {number}, and this form holds {most} at the most",
            where=f"form `{form}`",
            hint="use smaller numbers in tags; where it is the count of commits, tag a release or"
            " the next version's `.dev0`, from which they are counted anew",
        )


def require_length(text: str, most: int, form: str) -> str:
    """Return `text`, which has no more than `most` characters."""
    if len(text) > most:
        raise VersionError(
            f"`{text}` has {len(text)} characters, and this form has room for {most}",
            where=f"form `{form}`",
            hint="shorten the version's local part",
        )
    return text


def all_numbers(version: Pep440) -> tuple[int, ...]:
    """Return every number of the public version.

    >>> from packaging.version import Version as Pep440
    >>> all_numbers(Pep440("1!2.3rc4.post5.dev6"))
    (1, 2, 3, 4, 5, 6)
    """
    pre = version.pre[1] if version.pre else None
    optional = (pre, version.post, version.dev)
    return (
        version.epoch,
        *version.release,
        *(number for number in optional if number is not None),
    )
