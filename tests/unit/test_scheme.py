"""The version rule, on facts."""

from __future__ import annotations

from typing import Literal

import pytest
from packaging.version import Version as Pep440

from ffiwheel.versioning.git import GitFacts
from ffiwheel.versioning.scheme import compute_version
from ffiwheel.versioning.tag import parse_tag

NODE = "1f2e3d4c5b" + "0" * 30
EDITS = "0a1b2c3d" + "0" * 32


def facts(tag: str = "", distance: int = 0, diff: str = "", node: str = NODE) -> GitFacts:
    return GitFacts(
        node=node, tag=parse_tag(tag, "v") if tag else None, distance=distance, diff=diff
    )


CASES: list[tuple[str, GitFacts, Literal["minor", "patch"], str]] = [
    ("the number of the RFC", facts("v0.6.0", 912), "minor", "0.7.0.dev912+g1f2e3d4c5b"),
    ("the RFC's anchor", facts("v0.7.0.dev0", 912), "minor", "0.7.0.dev912+g1f2e3d4c5b"),
    ("at a tag", facts("v0.6.0"), "minor", "0.6.0"),
    ("at a tag with edits", facts("v0.6.0", 0, EDITS), "minor", "0.7.0.dev0+g1f2e3d4c5b.d0a1b2c3d"),
    ("maintenance", facts("v0.6.0", 4), "patch", "0.6.1.dev4+g1f2e3d4c5b"),
    ("after a candidate", facts("v1.0.0-rc1", 3), "minor", "1.0.0rc2.dev3+g1f2e3d4c5b"),
    ("after a post release", facts("v1.0.0.post1", 3), "minor", "1.0.0.post2.dev3+g1f2e3d4c5b"),
    (
        "after a dev tag that is no anchor",
        facts("v1.0.0.dev5", 3),
        "minor",
        "1.0.0.dev8+g1f2e3d4c5b",
    ),
    ("two numbers get a third", facts("v1.2"), "minor", "1.2.0"),
    ("an epoch stays", facts("v1!2.0.0", 1), "minor", "1!2.1.0.dev1+g1f2e3d4c5b"),
    ("no tag", facts("", 5), "minor", "0.1.0.dev5+g1f2e3d4c5b"),
    ("no commit", facts("", node=""), "minor", "0.1.0.dev0"),
]


@pytest.mark.parametrize(("name", "given", "step", "expected"), CASES, ids=[c[0] for c in CASES])
def test_version_of_facts(
    name: str, given: GitFacts, step: Literal["minor", "patch"], expected: str
) -> None:
    version = compute_version(given, step=step, fallback="0.1.0")
    assert version.full == expected, name
    assert str(Pep440(version.full)) == expected, "it is in PEP 440's normal form"


@pytest.mark.parametrize(
    "tag", ["v1", "nightly-2024", "latest", "v1.2.3-foo", "v1.0+cuda", "1.0.0"]
)
def test_other_tags_name_no_version(tag: str) -> None:
    assert parse_tag(tag, "v") is None


def test_only_an_edited_tree_keeps_its_local_part_in_a_wheel() -> None:
    clean = compute_version(facts("v0.6.0", 1), step="minor", fallback="0.1.0")
    edited = compute_version(facts("v0.6.0", 1, EDITS), step="minor", fallback="0.1.0")
    assert clean.for_wheel == "0.7.0.dev1"
    assert edited.for_wheel == "0.7.0.dev1+g1f2e3d4c5b.d0a1b2c3d"
