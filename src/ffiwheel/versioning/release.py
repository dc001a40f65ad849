"""Whether a release can be made of a commit, and which number a literal version has to say.

A release is a tag. It must be a version that people can order: higher than every version tag that
the commit contains, and not lower than the development versions that led to it. After
`0.7.0.dev912`, `0.7.0rc1` and `0.7.0` and `1.0.0` are such versions; `0.6.1` is none.

A literal cannot hold the count of commits: it would have to change with each. So on a tagged commit
it is the release, and on others one of these, the same in all files:

- the first development version of what work leads to, `0.7.0.dev0`;
- the last release, `0.6.0`, where literals change with releases only;
- a release that is prepared and not tagged yet, `0.7.0`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion
from packaging.version import Version as Pep440

from ffiwheel.errors import Problem, VersionError
from ffiwheel.versioning.checkout import read_checkout
from ffiwheel.versioning.git import check_facts, list_tags
from ffiwheel.versioning.lines import lead
from ffiwheel.versioning.scheme import FIRST_RELEASE, next_version, pad

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ffiwheel.config.schema import VersionTable
    from ffiwheel.versioning.git import GitFacts
    from ffiwheel.versioning.literals import LiteralVersion
    from ffiwheel.versioning.repository import Repository
    from ffiwheel.versioning.tag import Tag

_FEWEST_NUMBERS = 2
_NODE_DIGITS = 10
_SHOWN_FILES = 5
_TABLE = "[tool.ffiwheel.version]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a checkout stands among the releases."""

    facts: GitFacts
    tags: tuple[Tag, ...]
    """Every version tag of the project, on whatever branch."""
    names: frozenset[str]
    """Every tag that begins with the prefix, be it of a version or not."""
    merged: tuple[Tag, ...]
    """The version tags that HEAD contains."""


def read_standing(repository: Repository, table: VersionTable) -> Standing:
    """Return where a checkout stands.

    Raises:
        VersionError: if git does not tell.
    """
    facts = read_checkout(repository, table)
    tags, _ = list_tags(repository, table.tag_prefix)
    query = ("for-each-ref", "--format=%(refname:lstrip=2)")
    pattern = f"refs/tags/{table.tag_prefix}*"
    names = repository.ask_text(*query, pattern).splitlines()
    contained = (
        repository.ask_text(*query, "--merged=HEAD", pattern).splitlines() if facts.node else ()
    )
    merged = tuple(tag for tag in tags if tag.name in contained)
    return Standing(facts=facts, tags=tags, names=frozenset(names), merged=merged)


def parse_release(text: str, prefix: str) -> Pep440 | Problem:
    """Return the version that is to be released, or why it cannot be.

    It may be given as its tag is spelt.

    >>> str(parse_release("0.7", "v")), str(parse_release("hello-v1.0.0-rc1", "hello-v"))
    ('0.7.0', '1.0.0rc1')
    >>> parse_release("1.0.0.dev0", "v").hint
    'to state what work leads to, tag it without `--release`: git tag v1.0.0.dev0'
    """
    where = f"--release {text}"
    example = "give a version such as `0.7.0`, `0.7.0rc1` or `0.7.0.post1`"
    try:
        version = Pep440(text.removeprefix(prefix))
    except InvalidVersion:
        return Problem(f"`{text}` is no version by PEP 440", where, example)
    if len(version.release) < _FEWEST_NUMBERS:
        return Problem(f"`{text}` has one number, which no version tag has", where, example)
    if version.local:
        return Problem(f"`{text}` has a local part, which names a build", where, example)
    version = pad(version)
    if version.is_devrelease:
        name = name_tag(version, prefix)
        hint = f"to state what work leads to, tag it without `--release`: git tag {name}"
        return Problem(f"`{text}` is a development version", where, hint)
    return version


def name_tag(release: Pep440, prefix: str) -> str:
    """Return the name of a release's tag."""
    return f"{prefix}{release}"


def plan_tag(release: Pep440, name: str, prefix: str, node: str) -> tuple[str, ...]:
    """Return what to say to git to tag the commit `node`.

    >>> plan_tag(Pep440("0.7.0"), "hello", "v", "1f2e3d4c5b" + "0" * 30)
    ('tag', '-a', 'v0.7.0', '-m', 'hello 0.7.0', '1f2e3d4c5b')
    """
    message = f"{name} {release}"
    return ("tag", "-a", name_tag(release, prefix), "-m", message, node[:_NODE_DIGITS])


def check_history(facts: GitFacts, table: VersionTable, where: str) -> list[Problem]:
    """Return what keeps the checkout from knowing which versions there are."""
    if not facts.node:
        return [Problem("there is no commit that could be released", where, "commit first")]
    try:
        check_facts(facts, table, where)
    except VersionError as error:
        return list(error.problems)
    if facts.is_shallow:
        message = "the clone is shallow, so there may be higher version tags than it shows"
        hint = "git fetch --unshallow --tags  (in GitHub Actions: `fetch-depth: 0`)"
        return [Problem(message, where, hint)]
    return []


def check_clean(facts: GitFacts, where: str) -> list[Problem]:
    """Return a problem if what is released would not be what is here."""
    if not facts.diff:
        return []
    names = [f"`{name}`" for name in facts.dirty_files[:_SHOWN_FILES]]
    others = len(facts.dirty_files) - len(names)
    shown = ", ".join(names) + (f" and {others} more" if others else "")
    verb = "differs" if len(facts.dirty_files) == 1 else "differ"
    message = f"{shown} {verb} from HEAD, which is what a tag releases"
    return [Problem(message, where, "commit the edits, or undo them")]


def check_number(release: Pep440, standing: Standing, table: VersionTable) -> list[Problem]:
    """Return what speaks against releasing this number."""
    where = f"--release {release}"
    same = next((tag for tag in standing.tags if tag.version == release), None)
    name = same.name if same else name_tag(release, table.tag_prefix)
    if same or name in standing.names:
        place = f", on {same.commit[:_NODE_DIGITS]}" if same else ""
        hint = f"release another number; `git tag --delete {name}` if it was never published"
        return [Problem(f"the tag `{name}` is there already{place}", where, hint)]
    top = max(standing.merged, key=lambda tag: tag.version, default=None)
    if top and release < top.version:
        message = f"{release} is lower than `{top.name}`, which HEAD contains"
        return [Problem(message, where, _recommend(standing, table))]
    so_far = note_fall(release, standing, table)
    if not so_far or _is_repair(release, standing.facts):
        return []
    return [Problem(so_far, where, _hint_higher(release, standing, table))]


def note_fall(release: Pep440, standing: Standing, table: VersionTable) -> str:
    """Return a note if versions would fall with the release, else the empty text."""
    facts = standing.facts
    first = _first_after(facts.tag, table)
    so_far = Pep440(f"{_goal_of(first)}.dev{(first.dev or 0) + facts.distance}")
    if facts.tag and not facts.distance:
        so_far = pad(facts.tag.version)
    return f"{release} is lower than {so_far}, which this commit is so far" * (release < so_far)


def coming_version(standing: Standing, table: VersionTable) -> Pep440:
    """Return the first development version of what commits from here lead to.

    After `v0.6.0` that is `0.7.0.dev0`.
    """
    return _first_after(_tag_to_count_from(standing, table), table)


def _first_after(tag: Tag | None, table: VersionTable) -> Pep440:
    base, start = str(pad(Pep440(table.fallback or FIRST_RELEASE))), 0
    if tag:
        base, start = next_version(tag.version, table.next)
    return Pep440(f"{base}.dev{start}")


def _tag_to_count_from(standing: Standing, table: VersionTable) -> Tag | None:
    """Return the tag that the next commit is counted from.

    On a commit with a release and the anchor of the next one, it is not the tag that counts here.
    """
    here = [tag for tag in standing.tags if tag.commit == standing.facts.node]
    if not here:
        return standing.facts.tag
    rivals = [max(tags, key=lambda tag: tag.version) for tags in (standing.merged, here) if tags]
    return max(rivals, key=lambda tag: lead(tag, table.next))


def _goal_of(coming: Pep440) -> str:
    """Return what development versions lead to: `0.7.0` for `0.7.0.dev0`."""
    return str(coming).rpartition(".dev")[0]


def _is_repair(release: Pep440, facts: GitFacts) -> bool:
    """Tell whether it is a post-release of the release that commits are counted from."""
    before = pad(facts.tag.version) if facts.tag else None
    return (
        before is not None
        and release.is_postrelease
        and release.base_version == before.base_version
        and release.pre == before.pre
    )


def _recommend(standing: Standing, table: VersionTable) -> str:
    return f"release {_goal_of(coming_version(standing, table))} or a higher version"


def _hint_higher(release: Pep440, standing: Standing, table: VersionTable) -> str:
    hint, tag = _recommend(standing, table), standing.facts.tag
    if not tag:
        return f'{hint},\nor set `fallback = "{release.base_version}"` in {_TABLE}'
    if table.next == "minor" and release.release[:2] == pad(tag.version).release[:2]:
        return f'{hint}, or, for patch releases from here,\nset `next = "patch"` in {_TABLE}'
    return hint


def released_version(facts: GitFacts) -> Pep440 | None:
    """Return the release that the checkout is, if it is one."""
    tag = None if facts.distance or facts.diff else facts.tag
    return pad(tag.version) if tag and not tag.version.is_devrelease else None


def numbers_for_literals(
    literals: Sequence[LiteralVersion], standing: Standing, table: VersionTable
) -> tuple[Pep440, ...]:
    """Return the versions of which literals may say one, the most usual one first."""
    if released := released_version(standing.facts):
        return (released,)
    releases = [tag.version for tag in standing.merged if not tag.version.is_devrelease]
    last = [pad(max(releases))] if releases else []
    return (coming_version(standing, table), *last, *_announced(literals, standing, table))


def _announced(
    literals: Iterable[LiteralVersion], standing: Standing, table: VersionTable
) -> list[Pep440]:
    """Return the versions that literals seem to say and that could be released."""
    read = [parse_release(literal.text.replace("~", ""), "") for literal in literals]
    versions = sorted({version for version in read if isinstance(version, Pep440)})
    return [version for version in versions if not check_number(version, standing, table)]
