"""What an sdist says about its version: our own stamp, and the `PKG-INFO` that every sdist has.

The stamp keeps what `PKG-INFO` has no place for: the commit, the tag and the commits since. So
what is built from the sdist says the same as what is built from the checkout. It counts only as
long as `PKG-INFO` agrees: who gives the sdist another version gives it there.

https://packaging.python.org/en/latest/specifications/source-distribution-format/
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ffiwheel.config.project import normalize_name
from ffiwheel.errors import VersionError
from ffiwheel.model.version import Version

if TYPE_CHECKING:
    from pathlib import Path

    from _typeshed import StrPath

STAMP = ".ffiwheel-version.json"
METADATA = "PKG-INFO"
_SCHEMA = 1


def has_stamp(root: StrPath) -> bool:
    """Tell whether the folder looks like an unpacked sdist."""
    return any(os.path.isfile(os.path.join(root, name)) for name in (METADATA, STAMP))


def read_stamp(root: Path, name: str) -> Version | None:
    """Return the version of the sdist that was unpacked in `root`, or None if it is none.

    Args:
        root: the project's folder.
        name: the project's name; the `PKG-INFO` of another project says nothing of this one.

    Raises:
        VersionError: if it says something that is no version.
    """
    metadata, stamp = root / METADATA, root / STAMP
    stated = parse_metadata(metadata.read_text("utf-8", "replace")) if metadata.is_file() else None
    if stated and normalize_name(stated[0]) != normalize_name(name):
        stated = None
    if stamp.is_file():
        version = parse_stamp(stamp.read_text("utf-8", "replace"), str(stamp))
        if stated is None or stated[1] == version.for_wheel:
            return version
    return _plain_version(stated[1], str(metadata)) if stated else None


def parse_metadata(text: str) -> tuple[str, str] | None:
    r"""Return the name and the version in core metadata, or None if they are not there.

    >>> parse_metadata("Metadata-Version: 2.4\nName: hello\nVersion: 1.0\n\nVersion: of the text")
    ('hello', '1.0')
    """
    from email.parser import HeaderParser  # noqa: PLC0415 - 5 ms that only an sdist pays

    headers = HeaderParser().parsestr(text)
    name, version = headers.get("Name"), headers.get("Version")
    return (name.strip(), version.strip()) if name and version else None


def _plain_version(text: str, where: str) -> Version:
    from packaging.version import Version as Pep440  # noqa: PLC0415 - the same

    try:
        version = Pep440(text)
    except ValueError as error:
        raise VersionError(
            f"`{text}` is no version", where=where, hint="unpack the sdist again"
        ) from error
    reason = f"{METADATA} of the sdist"
    return Version(public=version.public, local=version.local or "", source="sdist", reason=reason)


def render_stamp(version: Version) -> bytes:
    """Return the stamp for an sdist of `version`."""
    import json  # noqa: PLC0415 - only an sdist pays for it

    facts = {
        "schema": _SCHEMA,
        "version": version.full,
        "tag": version.tag,
        "distance": version.distance,
        "node": version.node,
        "dirty": version.is_dirty,
        "keeps_local": version.keeps_local,
    }
    return f"{json.dumps(facts, indent=2)}\n".encode()


def parse_stamp(text: str, where: str) -> Version:
    """Return the version in a stamp.

    Raises:
        VersionError: if it is none that we wrote.

    >>> version = Version(public="0.7.0.dev2", local="g1f2e", tag="v0.6.0", distance=2, node="1f2e")
    >>> read = parse_stamp(render_stamp(version).decode(), "")
    >>> read.full, read.tag, read.distance, read.node, read.source
    ('0.7.0.dev2+g1f2e', 'v0.6.0', 2, '1f2e', 'sdist')
    """
    import json  # noqa: PLC0415 - only an sdist pays for it

    from packaging.version import Version as Pep440  # noqa: PLC0415 - the same

    try:
        facts = json.loads(text)
        version = Pep440(facts["version"])
        return Version(
            public=version.public,
            local=version.local or "",
            tag=str(facts["tag"]),
            distance=int(facts["distance"]),
            node=str(facts["node"]),
            is_dirty=bool(facts["dirty"]),
            keeps_local=bool(facts.get("keeps_local", False)),
            source="sdist",
            reason=f"the sdist's {STAMP}",
        )
    except (ValueError, TypeError, KeyError) as error:
        raise VersionError(
            "the sdist's version cannot be read", where=where, hint="unpack the sdist again"
        ) from error
