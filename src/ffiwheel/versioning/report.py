"""How a version came about: for programs as a JSON object, for people in a few plain lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import Version as Pep440

from ffiwheel.errors import VersionError
from ffiwheel.versioning.forms.registry import FORMS, render_form
from ffiwheel.versioning.scheme import FIRST_RELEASE, next_version, show_commits
from ffiwheel.versioning.tag import parse_tag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ffiwheel.config.schema import VersionTable
    from ffiwheel.model.version import Version
    from ffiwheel.versioning.resolve import Resolution
    from ffiwheel.versioning.tag import Tag

_SCHEMA = 1
_SHOWN_FILES = 5
_NEITHER = "`[project]` has no `version`, and the environment no FFIWHEEL_VERSION"
_SILENT = {"pyproject": "", "environment": "`[project]` has no `version`"}
"""What was asked before a source, and said nothing."""


def describe_version(version: Version, *, untracked: int | None = None) -> dict[str, object]:
    """Return everything that is known of a version, for JSON.

    Args:
        version: the version.
        untracked: how many files git neither tracks nor ignores; None if it was not asked.
    """
    return {
        "schema": _SCHEMA,
        "version": version.full,
        "public": version.public,
        "local": version.local,
        "base": Pep440(version.public).base_version,
        "tag": version.tag,
        "distance": version.distance,
        "node": version.node,
        "dirty": version.is_dirty,
        "dirty_files": list(version.dirty_files),
        "untracked": untracked,
        "shallow": version.is_shallow,
        "source": version.source,
        "reason": version.reason,
        "notes": list(version.notes),
        "forms": describe_forms(version),
    }


def describe_forms(version: Version) -> dict[str, str | None]:
    """Return the version in every form; None where a form cannot express it."""
    return {name: _render_or_none(version, name) for name in FORMS}


def _render_or_none(version: Version, name: str) -> str | None:
    try:
        return render_form(version, name)
    except VersionError:
        return None


def explain_version(
    resolution: Resolution, table: VersionTable, following: Tag | None = None
) -> Iterator[tuple[str, str]]:
    """Yield what each part of the answer to "why this number?" is about, and says.

    Args:
        resolution: the version and where it is from.
        table: how git was read.
        following: the tag that commits after HEAD count from, if it is another than the version's.

    >>> from ffiwheel.config.schema import VersionTable
    >>> from ffiwheel.model.version import Version
    >>> from ffiwheel.versioning.resolve import Resolution
    >>> version = Version(public="0.7.0.dev912", tag="v0.6.0", distance=912, source="git")
    >>> given = Resolution(
    ...     version=version,
    ...     why="git tracks this folder",
    ...     choice="the highest version tag that HEAD contains",
    ... )
    >>> for label, text in explain_version(given, VersionTable()):
    ...     print(f"{label:<8} {text}")
    source   git: git tracks this folder
    before   `[project]` has no `version`, and the environment no FFIWHEEL_VERSION
    tag      `v0.6.0`, the highest version tag that HEAD contains
    counted  912 commits since `v0.6.0`
    edits    none
    next     0.7.0, which is `v0.6.0` with its minor part counted up (`next`)
    """
    version = resolution.version
    yield "source", f"{version.source}: {resolution.why}"
    if silent := _SILENT.get(version.source, _NEITHER):
        yield "before", silent
    if version.source == "setuptools_scm":
        yield from _explain_provider(version)
    elif version.source in ("git", "archive") or version.node:
        yield "tag", _explain_tag(resolution, table)
        yield "counted", _explain_count(version, table)
        yield "edits", _explain_edits(version)
        tag = following or parse_tag(version.tag, table.tag_prefix)
        yield "next", _explain_next(tag, table)
    for note in version.notes:
        yield "note", note


def _explain_provider(version: Version) -> Iterator[tuple[str, str]]:
    """Yield what another tool told of its number; how it counts is in its own configuration."""
    if version.node:
        yield "tag", f"`{version.tag}`" if version.tag else "not told"
        yield "counted", show_commits(version.distance)
        yield "edits", _explain_edits(version)
    yield "rule", f"`[tool.setuptools_scm]`, as read by {version.reason}"


def _explain_tag(resolution: Resolution, table: VersionTable) -> str:
    version = resolution.version
    if not version.tag:
        return f"none: HEAD contains no tag of `{table.tag_prefix}` and a version"
    if version.source != "git":
        return f"`{version.tag}`, as recorded in the {version.source}"
    return f"`{version.tag}`, {resolution.choice}"


def _explain_count(version: Version, table: VersionTable) -> str:
    scope = " that touch `paths`" if table.paths and version.source == "git" else ""
    since = f"since `{version.tag}`" if version.tag else "since the beginning"
    return f"{show_commits(version.distance)}{scope} {since}"


def _explain_edits(version: Version) -> str:
    names = [f"`{name}`" for name in version.dirty_files[:_SHOWN_FILES]]
    others = len(version.dirty_files) - len(names)
    if not names:
        return "there were some" if version.is_dirty else "none"
    return ", ".join(names) + (f" and {others} more" if others else "")


def _explain_next(tag: Tag | None, table: VersionTable) -> str:
    if tag is None:
        key = "what `fallback` says" if table.fallback else "unless `fallback` says another"
        return f"{table.fallback or FIRST_RELEASE}, {key}"
    following, _ = next_version(tag.version, table.next)
    if tag.version.is_devrelease:
        return f"{following}, which `{tag.name}` announces"
    if tag.version.is_prerelease or tag.version.is_postrelease:
        return f"{following}, which is `{tag.name}` counted up"
    return f"{following}, which is `{tag.name}` with its {table.next} part counted up (`next`)"
