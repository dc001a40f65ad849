"""What was edited in a checkout, and a hash of it.

The hash is that of `git diff-index -p --full-index HEAD`: the same edits give the same hash on
every day and every machine, and touching a file gives none. So nothing is left to settings: each
file is shown whole, for the line at the head of a hunk depends on the user's attributes. Binary
files are there by the hashes of their contents, for a compressed diff depends on the zlib that git
was built with. The diff says of an edited submodule only that it is, so each submodule adds its
path and its own edits in the same way.

Format of the status: https://git-scm.com/docs/git-status#_porcelain_format_version_2
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from ffiwheel.versioning.checkout import STATUS
from ffiwheel.versioning.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_DIFF = (
    *("-c", "core.quotePath=true", "-c", "core.bigFileThreshold=512m"),
    *("-c", "diff.suppressBlankEmpty=false"),
    *("diff-index", "-p", "--full-index", "--unified=999999999"),
    *("--diff-algorithm=myers", "--indent-heuristic", "--src-prefix=a/", "--dst-prefix=b/"),
    *("--ignore-submodules=dirty", "--submodule=short", "--no-color", "--no-ext-diff"),
    *("--no-textconv", "--no-renames", "HEAD", "--"),
)
_PATH_FIELD = {"1": 8, "2": 9, "u": 10}
_LOOKED_AT = 100


class Edit(NamedTuple):
    """A file that git tracks, or was told to, and that differs from HEAD."""

    path: str
    """Relative to the top of the repository, as the system spells it."""
    state: str
    """What happened to it in the index and in the tree: two of git's letters, `.` for nothing."""
    submodule: str = "N..."
    """`N...`, or for a submodule `S` with `C`, `M`, `U` for a new commit, edits, new files."""

    @property
    def shown(self) -> str:
        """The path for people and JSON, whatever bytes it has."""
        return os.fsencode(self.path).decode(errors="replace")


def parse_status(status: bytes) -> tuple[str, tuple[Edit, ...]]:
    r"""Return HEAD's hash, empty before the first commit, and what was edited.

    >>> parse_status(b"# branch.oid 1f2e\0# branch.head main\0")
    ('1f2e', ())
    >>> parse_status(b"# branch.oid (initial)\0")[0]
    ''
    >>> line = b"1 .M N... 100644 100644 100755 587b 587b a name\0"
    >>> parse_status(b"# branch.oid 1f2e\0" + line)[1]
    (Edit(path='a name', state='.M', submodule='N...'),)
    """
    entries = os.fsdecode(status).split("\0")
    node = next(line.split()[-1] for line in entries if line.startswith("# branch.oid"))
    edits = tuple(_parse_entry(line) for line in entries if line[:1] in _PATH_FIELD)
    return ("" if node == "(initial)" else node), edits


def _parse_entry(line: str) -> Edit:
    fields = line.split(" ", _PATH_FIELD[line[0]])
    return Edit(path=fields[-1], state=fields[1], submodule=fields[2])


def hash_edits(repository: Repository, edits: Sequence[Edit], scope: Sequence[str] = ()) -> str:
    """Return the hash of `edits`, of those in `scope` if paths are given."""
    import hashlib  # noqa: PLC0415 - only an edited tree pays for it

    digest = hashlib.sha1(usedforsecurity=False)
    _feed_edits(digest.update, repository, edits, scope)
    return digest.hexdigest()


def _feed_edits(
    sink: Callable[[bytes], None],
    repository: Repository,
    edits: Sequence[Edit],
    scope: Sequence[str] = (),
) -> None:
    repository.feed(sink, *_DIFF, *scope)
    inside = [edit for edit in edits if edit.submodule[2] == "M"]
    if not inside:
        return
    top = os.fsdecode(repository.ask("rev-parse", "--show-toplevel")).rstrip("\n")
    for edit in inside:
        submodule = Repository(os.path.join(top, edit.path))
        sink(os.fsencode(edit.path) + b"\0")
        _feed_edits(sink, submodule, parse_status(submodule.ask(*STATUS))[1])


def note_edits(repository: Repository, edits: Sequence[Edit]) -> tuple[str, ...]:
    """Return notes on files that count as edited though nobody edited them."""
    missing = [edit.shown for edit in edits if edit.state == ".D"]
    files = [edit.path for edit in edits if edit.state == ".M" and edit.submodule == "N..."]
    notes = (_note_missing(missing), _note_line_ends(repository, files[:_LOOKED_AT]))
    return tuple(note for note in notes if note)


def _note_missing(names: Sequence[str]) -> str:
    """Return a note on files that are not there, as in a container that copied only some."""
    if not names:
        return ""
    others = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return (
        f"`{names[0]}`{others} that git tracks is not here, which counts as an edit; "
        "where that is on purpose, set FFIWHEEL_VERSION"
    )


def _note_line_ends(repository: Repository, files: Sequence[str]) -> str:
    """Return a note on files that look edited in every clone, for their line ends alone.

    They are committed with CRLF, and `.gitattributes` says that they are text: git would commit
    them with LF. (gitattributes(5); `text=auto` leaves such files alone.)
    """
    if not files:
        return ""
    paths = [f":(top,literal){name}" for name in files]
    listed = repository.ask("ls-files", "--eol", "--full-name", "-z", "--", *paths)
    names = []
    for line in listed.decode(errors="replace").split("\0"):
        facts, _, name = line.partition("\t")
        index, _, attributes = facts.partition("attr/")
        is_text = attributes.startswith("text") and not attributes.startswith("text=auto")
        if is_text and index.startswith(("i/crlf", "i/mixed")):
            names.append(f"`{name}`")
    if not names:
        return ""
    return (
        f"{', '.join(names[:3])} counts as edited in every clone: it is committed with CRLF line "
        "ends, but .gitattributes makes it text; run `git add --renormalize .` and commit"
    )
