"""What git knows of a project: the commit, the tag to count from, the commits since, the edits.

Few processes, and at once what can be: the status is found out beside the tags, and one
`rev-list --left-right --count TAG...HEAD` tells both whether HEAD contains the highest tag (then
nothing is on the left) and how many commits came after it.

Of all tags that HEAD contains the *highest* counts, not the nearest, which lets the number fall
where a maintenance release is merged; `lines` has the one exception.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from packaging.version import Version as Pep440

from ffiwheel.errors import VersionError
from ffiwheel.versioning.checkout import STATUS, tags_question
from ffiwheel.versioning.edits import hash_edits, note_edits, parse_status
from ffiwheel.versioning.lines import find_rivals, seen_from
from ffiwheel.versioning.scheme import next_version
from ffiwheel.versioning.tag import Tag, note_other_tags, parse_tag, pick_release

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ffiwheel.config.schema import VersionTable
    from ffiwheel.system.question import Asked
    from ffiwheel.versioning.repository import Repository


class GitFacts(NamedTuple):
    """What the version of a checkout is computed from."""

    node: str
    """The full hash of HEAD, empty while there is no commit."""
    tag: Tag | None
    """The tag to count from: the best one on HEAD in a clean tree, else the highest that HEAD
    contains."""
    distance: int
    """Commits since `tag`, or since the beginning where there is no tag."""
    choice: str = ""
    """Why that tag, in words that follow its name."""
    diff: str = ""
    """The hash of the edits to tracked files, empty in a clean tree."""
    dirty_files: tuple[str, ...] = ()
    """Those files, relative to the repository."""
    is_shallow: bool = False
    """Whether the clone lacks history."""
    is_certain: bool = True
    """Whether a full clone would give the same `tag` and `distance`."""
    lacks_tags: bool = False
    """Whether there is no tag at all, but a remote that may have some."""
    notes: tuple[str, ...] = ()


class Counted(NamedTuple):
    """A tag, the commits since, and why that tag."""

    tag: Tag | None
    distance: int
    choice: str = "the highest version tag that HEAD contains"


def read_git(repository: Repository, table: VersionTable, listed: Asked, status: Asked) -> GitFacts:
    """Return the facts about a checkout.

    Args:
        repository: whom to ask more.
        table: how to count.
        listed: the question for the tags, as `checkout` puts it.
        status: the question for the status.

    Raises:
        VersionError: if git does not tell them.
    """
    tags, notes = hear_tags(repository, table.tag_prefix, listed)
    top = count_from_top(repository, tags)
    node, edits = parse_status(repository.check(status.answer(), *STATUS))
    if not node:
        repository.ask("for-each-ref", "--count=1", "refs/heads")  # tells if HEAD's is broken
        return GitFacts(node="", tag=None, distance=0, notes=("there is no commit yet",))
    is_shallow = _is_shallow(repository)
    here = [tag for tag in tags if tag.commit == node]
    counted = take_tag_on_head(here, is_clean=not edits, is_shallow=is_shallow)
    counted = counted or count(repository, tags, table, top)
    if not counted.tag:
        notes += _note_no_tag(repository, table.tag_prefix)
    return GitFacts(
        node=node,
        tag=counted.tag,
        distance=counted.distance,
        choice=counted.choice,
        diff=hash_edits(repository, edits, table.paths) if edits else "",
        dirty_files=tuple(edit.shown for edit in edits),
        is_shallow=is_shallow,
        is_certain=not is_shallow or _is_line(repository, counted),
        lacks_tags=not counted.tag and not tags and _lacks_tags(repository),
        notes=notes + (note_edits(repository, edits) if edits else ()),
    )


def read_following_tag(repository: Repository, table: VersionTable) -> Tag | None:
    """Return the tag that commits after HEAD are going to be counted from.

    It is not always the one on HEAD: an anchor may stand beside that, or a higher one behind it.
    """
    tags, _ = list_tags(repository, table.tag_prefix)
    return count(repository, tags, table, count_from_top(repository, tags)).tag


def list_tags(repository: Repository, prefix: str) -> tuple[tuple[Tag, ...], tuple[str, ...]]:
    """Return the tags that name versions, and notes on those that seem to."""
    with repository.asking(*tags_question(prefix)) as listed:
        return hear_tags(repository, prefix, listed)


def hear_tags(
    repository: Repository, prefix: str, listed: Asked
) -> tuple[tuple[Tag, ...], tuple[str, ...]]:
    """Return what `list_tags` does once the question for the tags is answered."""
    answer = repository.check(listed.answer(), *tags_question(prefix))
    tags, others = [], []
    lines = answer.decode(errors="replace").split("\n")
    for line in filter(None, lines):  # a tag's name may hold what Python calls a line
        kind, node, peeled_kind, peeled, name = line.split(" ")
        commit = node if kind == "commit" else peeled if peeled_kind == "commit" else ""
        if peeled_kind == "tag" and parse_tag(name, prefix):
            # A tag of a tag, which git before 2.45 does not peel to its end.
            commit = repository.ask_text("rev-parse", f"refs/tags/{name}^{{}}")
        tag = parse_tag(name, prefix, commit) if commit else None
        if tag:
            tags.append(tag)
        else:
            others.append(name)
    return tuple(tags), note_other_tags(others, prefix)


def take_tag_on_head(here: Sequence[Tag], *, is_clean: bool, is_shallow: bool) -> Counted | None:
    """Return a tag on HEAD, if it is the one that counts.

    In a clean tree it is. An edited one is counted from the highest tag that HEAD contains; a
    shallow clone knows no other than this.
    """
    if here and is_clean:
        choice = "on HEAD itself"
        if len(here) > 1:
            choice += ", where a release goes before a `.dev` tag, and then the highest"
        return Counted(tag=pick_release(here), distance=0, choice=choice)
    if here and is_shallow:
        tag = max(here, key=lambda tag: tag.version)
        return Counted(tag=tag, distance=0, choice="on HEAD itself")
    return None


def count(
    repository: Repository,
    tags: Sequence[Tag],
    table: VersionTable,
    top: Counted | None,
    head: str = "HEAD",
) -> Counted:
    """Return the tag to count from, with the commits since.

    Args:
        repository: whom to ask.
        tags: all that name versions.
        table: how to count.
        top: what `count_from_top` says.
        head: the commit.
    """
    counted = top or count_from_merged(repository, tags, table.tag_prefix, head)
    if table.paths and counted.distance:
        repository.ask("ls-files", "--error-unmatch", "-z", "--", *table.paths)
        distance = count_since(repository, counted.tag, head, table.paths)
        counted = counted._replace(distance=distance)
    return _prefer_longer_line(repository, tags, table, counted, head)


def count_from_top(
    repository: Repository, tags: Sequence[Tag], head: str = "HEAD"
) -> Counted | None:
    """Return the highest of all tags with the commits since, or None if `head` lacks it."""
    top = max(tags, key=lambda tag: tag.version, default=None)
    span = f"{top.commit}...{head}" if top else head
    out, _, code = repository.hear("rev-list", "--left-right", "--count", span, "--")
    left, right = map(int, out.split()) if code == 0 else (1, 0)
    return None if left else Counted(tag=top, distance=right)


def count_from_merged(
    repository: Repository, tags: Sequence[Tag], prefix: str, head: str = "HEAD"
) -> Counted:
    """Return the highest tag that `head` contains, with the commits since."""
    merged = _keep_merged(repository, tags, prefix, head)
    tag = max(merged, key=lambda tag: tag.version, default=None)
    return Counted(tag=tag, distance=count_since(repository, tag, head))


def _keep_merged(repository: Repository, tags: Sequence[Tag], prefix: str, head: str) -> list[Tag]:
    """Return those of `tags` that `head` contains."""
    command = ("for-each-ref", f"--merged={head}", "--format=%(refname:lstrip=2)")
    names = set(repository.ask_text(*command, f"refs/tags/{prefix}*").split("\n"))
    return [tag for tag in tags if tag.name in names]


def count_since(
    repository: Repository, tag: Tag | None, head: str, paths: Sequence[str] = ()
) -> int:
    """Return the number of commits since `tag`, of those that touch `paths` if there are any.

    `--full-history` keeps commits of merged branches whose changes arrived in another way, too:
    else a merge could make the count fall.
    """
    span = f"{tag.commit}..{head}" if tag else head
    scope = ("--full-history", span, "--", *paths) if paths else (span, "--")
    return int(repository.ask("rev-list", "--count", *scope))


def _prefer_longer_line(
    repository: Repository,
    tags: Sequence[Tag],
    table: VersionTable,
    counted: Counted,
    head: str,
) -> Counted:
    """Return where the line that leads furthest began: see `lines`."""
    rivals: Sequence[Tag] = find_rivals(tags, counted.tag, table.next) if counted.tag else ()
    if not counted.tag or not rivals or not _has_merges(repository, counted.tag, head):
        return counted
    rivals = _keep_merged(repository, rivals, table.tag_prefix, head)
    if not rivals:
        return counted
    lowest = min(rivals, key=lambda tag: tag.version)
    listed = repository.ask_text("rev-list", "--parents", head, "--not", f"{lowest.commit}^@", "--")
    rows = [line.split() for line in listed.splitlines()]
    seen = seen_from(rows[0][0], {row[0]: row[1:] for row in rows}, {tag.commit for tag in tags})
    choice = f"which leads further than `{counted.tag.name}`, the highest that HEAD contains"
    others = [
        Counted(tag=tag, distance=count_since(repository, tag, head, table.paths), choice=choice)
        for tag in rivals
        if tag.commit in seen
    ]
    return max(counted, *others, key=lambda one: _reach(one, table)) if others else counted


def _reach(counted: Counted, table: VersionTable) -> Pep440:
    """Return how far commits have come since the tag: with `paths`, they may not have moved."""
    assert counted.tag is not None
    base, start = next_version(counted.tag.version, table.next)
    far = Pep440(f"{base}.dev{start + counted.distance}")
    return far if counted.distance else counted.tag.version


def _has_merges(repository: Repository, tag: Tag, head: str) -> bool:
    span = f"{tag.commit}..{head}"
    return bool(repository.ask("rev-list", "--merges", "--max-count=1", span))


def _is_shallow(repository: Repository) -> bool:
    """Tell whether history was cut off; a worktree's or submodule's `.git` is a file."""
    inside = os.path.join(repository.folder, ".git")
    if repository.is_own and os.path.isdir(inside):
        return os.path.exists(os.path.join(inside, "shallow"))  # gitrepository-layout(5)
    return repository.ask_text("rev-parse", "--is-shallow-repository") == "true"


def _is_line(repository: Repository, counted: Counted) -> bool:
    """Tell whether the commits since the tag are a line, which a cut elsewhere cannot change.

    Behind a merge, commits may hang together in a way that the clone does not show.
    """
    if not counted.tag or not counted.distance:
        return counted.tag is not None
    return not _has_merges(repository, counted.tag, "HEAD")


def _lacks_tags(repository: Repository) -> bool:
    listed = repository.ask("for-each-ref", "--count=1", "refs/tags")
    return not listed and bool(repository.ask("remote"))


def _note_no_tag(repository: Repository, prefix: str) -> tuple[str, ...]:
    """Return a note where there are tags, but none of the project's versions."""
    listed = repository.ask_text(
        "for-each-ref", "--count=3", "--merged=HEAD", "--format=`%(refname:lstrip=2)`", "refs/tags"
    )
    if not listed:
        return ()
    names = ", ".join(listed.split("\n"))
    return (f"no version tag begins with `{prefix}`; HEAD contains {names} (see `tag-prefix`)",)


def count_untracked(repository: Repository) -> int:
    """Return how many files git neither tracks nor ignores; they do not count as edits."""
    listed = repository.ask("ls-files", "--others", "--exclude-standard", "-z")
    return listed.count(b"\0")


def check_facts(facts: GitFacts, table: VersionTable, where: str) -> None:
    """Refuse to count what cannot be counted: a wrong number is worse than none.

    Raises:
        VersionError: with the command that fetches what is missing.
    """
    if facts.node and not facts.is_certain:
        lacking = (
            f"there are merges since `{facts.tag.name}`" if facts.tag else "it holds no version tag"
        )
        raise VersionError(
            f"commits cannot be counted: the clone is shallow, and {lacking}",
            where=where,
            hint="git fetch --unshallow --tags  (in GitHub Actions: `fetch-depth: 0`)",
        )
    if facts.lacks_tags and table.fallback is None:
        raise VersionError(
            "the clone has no tag at all, so it may be that tags were not fetched",
            where=where,
            hint=(
                "git fetch --tags\n"
                "or, while the project has no release, say what work leads to:\n"
                "[tool.ffiwheel.version]\n"
                'fallback = "0.1.0"'
            ),
        )
