"""What `git archive` leaves behind: the commit and the nearest tag, in one small file.

git fills in the file's placeholder where `.gitattributes` says `export-subst`; GitHub's "Download
ZIP" and release tarballs are made this way, too. The full hash is recorded, because the length of
the one that `git describe` appends depends on the repository: the archive and the checkout of one
commit have the same version.

`git describe` knows the *nearest* tag, where a checkout counts from the highest. At a tag that is
the same; elsewhere a note says what was counted.

https://git-scm.com/docs/gitattributes#_export_subst: git fills in one `%(describe)` per archive.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ffiwheel.errors import VersionError
from ffiwheel.versioning.git import GitFacts
from ffiwheel.versioning.tag import parse_tag

if TYPE_CHECKING:
    from pathlib import Path

    from ffiwheel.config.schema import VersionTable
    from ffiwheel.versioning.tag import Tag

ARCHIVE = ".ffiwheel-archive.txt"
ATTRIBUTES = ".gitattributes"
_UNFILLED = "$Format:"
_HEAD = "`git archive` fills in the next line, for `ffiwheel version` in the archive."


def render_archive_files(tag_prefix: str) -> dict[str, bytes]:
    """Return the two files that a project needs for its archives to know their version.

    >>> print(render_archive_files("v")[".ffiwheel-archive.txt"].decode().splitlines()[1])
    $Format:%H %(describe:tags=true,match=v[0-9]*)$
    """
    placeholder = f"$Format:%H %(describe:tags=true,match={tag_prefix}[0-9]*)$"
    return {
        ARCHIVE: f"{_HEAD}\n{placeholder}\n".encode(),
        ATTRIBUTES: f"{ARCHIVE} export-subst\n".encode(),
    }


def is_filled_in(root: Path) -> bool:
    """Tell whether the folder comes from `git archive`, and not from a checkout or a copy."""
    file = root / ARCHIVE
    return file.is_file() and _UNFILLED not in file.read_text("utf-8", "replace")


def read_archive(root: Path, table: VersionTable) -> GitFacts | None:
    """Return what git recorded in the archive that was unpacked in `root`, None if no tag.

    Raises:
        VersionError: if git did not fill in everything, or counted from something else.
    """
    file = root / ARCHIVE
    return parse_archive(file.read_text("utf-8", "replace"), table.tag_prefix, str(file))


def parse_archive(text: str, prefix: str, where: str) -> GitFacts | None:
    r"""Return the facts in a filled-in archive file, or None if no tag came before its commit.

    Raises:
        VersionError: if git did not fill in all of it, or counted from something else.

    >>> node = "1f2e3d4c5b" * 4
    >>> facts = parse_archive(f"...\n{node} v0.6.0-912-g1f2e3d4c5\n", "v", "")
    >>> facts.tag.name, facts.distance, facts.node == node
    ('v0.6.0', 912, True)
    """
    recorded = re.search(r"^([0-9a-f]{40,64})(?: +(\S.*?))?\s*$", text, re.MULTILINE)
    if recorded is None or "%(" in (recorded[2] or ""):
        raise VersionError(
            "git left a placeholder in the archive unfilled",
            where=where,
            hint=(
                "it fills in one `%(describe)` per archive, and none before git 2.35;\n"
                "archive again, or set FFIWHEEL_VERSION"
            ),
        )
    if not recorded[2]:
        return None
    name, distance = split_description(recorded[2], recorded[1])
    tag = parse_tag(name, prefix)
    if tag is None:
        raise VersionError(
            f"the archive was counted from `{name}`, which is no version tag",
            where=where,
            hint=f"say `match={prefix}[0-9]*` there and archive again, or set FFIWHEEL_VERSION",
        )
    notes = _note_choice(tag, distance)
    return GitFacts(node=recorded[1], tag=tag, distance=distance, notes=notes)


def split_description(described: str, node: str) -> tuple[str, int]:
    """Return the tag and the commits since, as `git describe` writes them.

    >>> split_description("v1.0-rc1-3-gabc", "abcdef"), split_description("v1.0-rc1", "abcdef")
    (('v1.0-rc1', 3), ('v1.0-rc1', 0))
    """
    found = re.fullmatch(r"(.+)-(\d+)-g([0-9a-f]+)", described)
    if found and node.startswith(found[3]):
        return found[1], int(found[2])
    return described, 0


def _note_choice(tag: Tag, distance: int) -> tuple[str, ...]:
    """Return a note where the nearest tag may not be the one that a checkout counts from."""
    if distance:
        note = f"an archive knows only the nearest tag, `{tag.name}`; a checkout of the commit"
        return (f"{note} counts from the highest, should it contain a higher one",)
    if tag.version.is_devrelease:
        return (f"an archive knows only one tag of its commit, `{tag.name}`",)
    return ()
