"""From git's facts to the version: the rule of the RFC *Naming scheme for TVM versions*.

At a tag, in a clean tree, the version is the tag's. Otherwise it is the next version, `.devN`
for N commits, and a local part that names the commit and the edits. The next version of a
release counts up its minor part, so 912 commits after `v0.6.0` are `0.7.0.dev912`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import Version as Pep440

from ffiwheel.model.version import Version

if TYPE_CHECKING:
    from typing import Literal

    from ffiwheel.model.version import Source
    from ffiwheel.versioning.git import GitFacts

FIRST_RELEASE = "0.1.0"
"""What work leads to while there is no tag, unless the project says something else."""
_NODE_DIGITS = 10
_DIFF_DIGITS = 8


def compute_version(
    facts: GitFacts,
    *,
    step: Literal["minor", "patch"],
    fallback: str = FIRST_RELEASE,
    source: Source = "git",
) -> Version:
    """Return the version of a checkout, or of an archive of one.

    Args:
        facts: what git knows, or knew.
        step: which part of a release the next version counts up.
        fallback: the release that work leads to while there is no tag.
        source: where the facts are from.
    """
    public, local = _spell(facts, step, fallback)
    return Version(
        public=public,
        local=local,
        tag=facts.tag.name if facts.tag else "",
        distance=facts.distance,
        node=facts.node,
        is_dirty=bool(facts.diff),
        dirty_files=facts.dirty_files,
        is_shallow=facts.is_shallow,
        source=source,
        reason=_reason(facts),
        notes=facts.notes,
    )


def _spell(facts: GitFacts, step: Literal["minor", "patch"], fallback: str) -> tuple[str, str]:
    """Return the public and the local part."""
    if facts.tag and not facts.distance and not facts.diff:
        return str(pad(facts.tag.version)), ""
    if facts.tag:
        base, start = next_version(facts.tag.version, step)
    else:
        base, start = str(pad(Pep440(fallback))), 0
    return f"{base}.dev{start + facts.distance}", _local_part(facts)


def next_version(version: Pep440, step: Literal["minor", "patch"]) -> tuple[str, int]:
    """Return the version that commits after `version` lead to, and where their count starts.

    >>> next_version(Pep440("0.6.0"), "minor"), next_version(Pep440("0.6.0"), "patch")
    (('0.7.0', 0), ('0.6.1', 0))
    >>> next_version(Pep440("1.0.0rc1"), "minor"), next_version(Pep440("1.0.post1"), "minor")
    (('1.0.0rc2', 0), ('1.0.0.post2', 0))
    >>> next_version(Pep440("0.7.0.dev0"), "minor")
    ('0.7.0', 0)
    """
    padded = pad(version)
    if padded.dev is not None:
        return str(padded).removesuffix(f".dev{padded.dev}"), padded.dev
    epoch = f"{padded.epoch}!" if padded.epoch else ""
    release = ".".join(map(str, padded.release))
    pre = "".join(map(str, padded.pre)) if padded.pre else ""
    if padded.post is not None:
        return f"{epoch}{release}{pre}.post{padded.post + 1}", 0
    if padded.pre:
        return f"{epoch}{release}{padded.pre[0]}{padded.pre[1] + 1}", 0
    major, minor, patch = padded.release[:3]
    following = (major, minor + 1, 0) if step == "minor" else (major, minor, patch + 1)
    return epoch + ".".join(map(str, following)), 0


def pad(version: Pep440) -> Pep440:
    """Return `version` with at least three numbers, so that every output has a patch.

    >>> str(pad(Pep440("1.2rc1")))
    '1.2.0rc1'
    """
    missing = 3 - len(version.release)
    if missing <= 0:
        return version
    release = ".".join(map(str, version.release))
    return Pep440(str(version).replace(release, release + ".0" * missing, 1))


def _local_part(facts: GitFacts) -> str:
    parts = [f"g{facts.node[:_NODE_DIGITS]}"] if facts.node else []
    if facts.diff:
        parts.append(f"d{facts.diff[:_DIFF_DIGITS]}")
    return ".".join(parts)


def _reason(facts: GitFacts) -> str:
    if facts.tag and not facts.distance and not facts.diff:
        return f"tag {facts.tag.name}"
    since = facts.tag.name if facts.tag else "no tag yet"
    edited = ", edited files" if facts.diff else ""
    commits = show_commits(facts.distance)
    return f"{since}, {commits}{edited}" if facts.node else "no commit yet"


def show_commits(count: int) -> str:
    """Return a number of commits in words.

    >>> show_commits(1), show_commits(2)
    ('1 commit', '2 commits')
    """
    return f"{count} commit" + ("" if count == 1 else "s")
