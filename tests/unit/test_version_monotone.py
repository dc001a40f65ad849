"""The version never falls from a commit to its child, however branches fork and merge.

One thing is taken for granted: a tag is higher than every tag that its commit contains. A run
looks at some 4,000 pairs of a commit and its child.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import pytest
from graphs import Commit, make_repository
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from packaging.version import Version as Pep440
from workshop import check

from ffiwheel.config.schema import VersionTable
from ffiwheel.versioning.git import GitFacts, count, count_from_top, list_tags, take_tag_on_head
from ffiwheel.versioning.repository import Repository
from ffiwheel.versioning.scheme import compute_version, next_version

if TYPE_CHECKING:
    from pathlib import Path

    from ffiwheel.versioning.tag import Tag

FIRST = Pep440("0.1.0")
FOLDER = "part"
ACTIONS = (
    ["commit"] * 3 + ["commit in part"] * 3 + ["fork", "fork back", "merge", "merge", "tag", "tag"]
)
RELEASES = [
    "patch",
    "minor",
    "patch rc",
    "minor rc",
    "patch anchor",
    "minor anchor",
    "final",
    "post",
]

Action = tuple[str, int, int]
actions = st.lists(
    st.tuples(st.sampled_from(ACTIONS), st.integers(0, 999), st.integers(0, 999)),
    min_size=90,
    max_size=130,
)


class Graph:
    """A commit graph that grows, with the ancestors of each commit."""

    def __init__(self) -> None:
        self.commits = [Commit((), (f"v{FIRST}",), (f"{FOLDER}/0",))]
        self.ancestors = [{0}]
        self.versions = {0: FIRST}
        self.branches = [0]

    def do(self, action: str, first: int, second: int) -> None:
        branch = first % len(self.branches)
        head = self.branches[branch]
        if action == "fork":
            self.branches.append(head)
        elif action == "fork back":
            self.branches.append(second % len(self.commits))
        elif action == "merge":
            other = self.branches[second % len(self.branches)]
            if other not in self.ancestors[head]:
                self.merge(branch, head, other)
        else:
            inside = f"{FOLDER}/{len(self.commits)}"
            self.commit(branch, (head,), (inside,) if action == "commit in part" else ())
            if action == "tag":
                self.tag(self.branches[branch], RELEASES[second % len(RELEASES)])

    def merge(self, branch: int, head: int, other: int) -> None:
        """Make a merge with the files of both."""
        new = sorted(self.ancestors[other] - self.ancestors[head])
        files = [name for one in new for name in self.commits[one].files]
        self.commit(branch, (head, other), tuple(files))

    def commit(self, branch: int, parents: tuple[int, ...], files: tuple[str, ...] = ()) -> None:
        self.branches[branch] = len(self.commits)
        self.ancestors.append(
            {len(self.commits)}.union(*(self.ancestors[parent] for parent in parents))
        )
        self.commits.append(Commit(parents, (), files))

    def tag(self, commit: int, release: str) -> None:
        """Tag a commit with a version that is new and higher than all that it contains."""
        highest = self.highest(commit)
        version = following(highest, release)
        while version in self.versions.values() or version <= highest:
            version = following(version, "patch")
        self.versions[commit] = version
        self.commits[commit] = replace(self.commits[commit], tags=(f"v{version}",))

    def highest(self, commit: int) -> Pep440:
        return max(self.versions[one] for one in self.ancestors[commit] if one in self.versions)

    def line_since_highest(self, commit: int) -> int | None:
        """Return the commits since the highest tag if no merge is among them."""
        highest = self.highest(commit)
        tagged = next(one for one, version in self.versions.items() if version == highest)
        since = self.ancestors[commit] - self.ancestors[tagged]
        merges = [one for one in since if len(self.commits[one].parents) > 1]
        return None if merges else len(since)


def following(version: Pep440, release: str) -> Pep440:
    major, minor, patch = version.release
    word, _, suffix = release.partition(" ")
    numbers = (major, minor + 1, 0) if word == "minor" else (major, minor, patch + 1)
    if word == "post":
        return Pep440(f"{version.base_version}.post{(version.post or 0) + 1}")
    if word == "final":
        return Pep440(version.base_version)
    text = ".".join(map(str, numbers))
    return Pep440(text + {"": "", "rc": "rc1", "anchor": ".dev0"}[suffix])


def version_of(
    repository: Repository, tags: tuple[Tag, ...], table: VersionTable, node: str
) -> str:
    here = [tag for tag in tags if tag.commit == node]
    counted = take_tag_on_head(here, is_clean=True, is_shallow=False) or count(
        repository, tags, table, count_from_top(repository, tags, node), node
    )
    facts = GitFacts(node=node, tag=counted.tag, distance=counted.distance)
    return compute_version(facts, step=table.next).public


def find_falls(graph: Graph, versions: list[Pep440], *, may_stay: bool) -> list[tuple[int, int]]:
    """Return each commit without a tag of its own that is not above its parent."""
    return [
        (parent, number)
        for number, commit in enumerate(graph.commits)
        for parent in commit.parents
        if number not in graph.versions
        if versions[number] < versions[parent]
        or (versions[number] == versions[parent] and not may_stay)
    ]


def test_the_nearest_tag_would_fall(tmp_path: Path) -> None:
    """What is looked for is found where `git describe` chooses the tag."""
    graph = Graph()
    for action in ("commit", "tag", "commit", "commit", "commit"):  # on main, with v0.2.0
        graph.do(action, 0, 1)
    graph.do("fork back", 0, 1)
    for action in ("commit", "commit", "tag"):  # on maintenance, with v0.1.1
        graph.do(action, 1, 0)
    graph.do("merge", 0, 1)
    assert [str(version) for version in graph.versions.values()] == ["0.1.0", "0.2.0", "0.1.1"]
    nodes = make_repository(tmp_path, graph.commits)
    versions = []
    for node in nodes:
        described = check("git", "describe", "--tags", "--long", node, cwd=tmp_path)
        tag, distance, _ = described.rsplit("-", 2)
        base, _ = next_version(Pep440(tag), "minor")
        versions.append(Pep440(f"{base}.dev{distance}" if int(distance) else tag))
    merge = len(nodes) - 1
    assert find_falls(graph, versions, may_stay=False) == [(graph.commits[merge].parents[0], merge)]


@pytest.mark.parametrize("paths", [(), (FOLDER,)], ids=["all", "paths"])
@pytest.mark.parametrize("step", ["minor", "patch"])
@settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(happened=actions)
def test_no_child_is_below_its_parent(
    step: Literal["minor", "patch"],
    paths: tuple[str, ...],
    happened: list[Action],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    graph = Graph()
    for action in happened:
        graph.do(*action)
    folder = tmp_path_factory.mktemp("graph")
    nodes = make_repository(folder, graph.commits)
    repository, table = Repository(folder), VersionTable(next=step, paths=paths)
    tags, _ = list_tags(repository, table.tag_prefix)
    versions = [Pep440(version_of(repository, tags, table, node)) for node in nodes]
    assert find_falls(graph, versions, may_stay=bool(paths)) == []
    for number in range(len(graph.commits)):
        distance = graph.line_since_highest(number)
        if number in graph.versions:
            assert versions[number] == graph.versions[number]
        elif distance is not None and not paths:
            base, start = next_version(graph.highest(number), step)
            assert versions[number] == Pep440(f"{base}.dev{start + distance}")
