"""The questions that every checkout is asked; git works on them while we get ready to understand.

What makes sense of the answers takes about as long to be imported as git takes to give them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ffiwheel.config.schema import VersionTable
    from ffiwheel.versioning.git import GitFacts
    from ffiwheel.versioning.repository import Repository

# Untracked files never count, be it ours or a submodule's: else building into ./build would
# change the version. The other options overrule what people may have configured.
STATUS = (
    *("status", "--porcelain=v2", "--branch", "-z", "--untracked-files=no"),
    *("--no-renames", "--no-ahead-behind", "--ignore-submodules=untracked"),
)
_TAG_FIELDS = ("objecttype", "objectname", "*objecttype", "*objectname", "refname:lstrip=2")
_TAG_FORMAT = " ".join(f"%({field})" for field in _TAG_FIELDS)


def tags_question(prefix: str) -> tuple[str, ...]:
    """Return the question for all tags that begin like the project's."""
    return ("for-each-ref", f"--format={_TAG_FORMAT}", f"refs/tags/{prefix}*")


def read_checkout(repository: Repository, table: VersionTable) -> GitFacts:
    """Return the facts about a checkout.

    Raises:
        VersionError: if git does not tell them.
    """
    status_question = (*STATUS, *(("--", *table.paths) if table.paths else ()))
    with (
        repository.asking(*tags_question(table.tag_prefix)) as tags,
        repository.asking(*status_question) as status,
    ):
        from ffiwheel.versioning.git import read_git  # noqa: PLC0415 - now, while git works

        return read_git(repository, table, tags, status)
