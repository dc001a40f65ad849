"""Which releases can be made of a commit, and what a literal version has to say there."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version as Pep440

from ffiwheel.config.schema import VersionTable
from ffiwheel.errors import Problem
from ffiwheel.versioning.git import GitFacts
from ffiwheel.versioning.literals import LiteralVersion
from ffiwheel.versioning.release import (
    Standing,
    check_clean,
    check_history,
    check_number,
    coming_version,
    note_fall,
    numbers_for_literals,
    parse_release,
    plan_tag,
    released_version,
)
from ffiwheel.versioning.scheme import compute_version
from ffiwheel.versioning.tag import Tag, parse_tag

HEAD = "1f2e3d4c5b" + "0" * 30


def tag(name: str, commit: str = "elsewhere") -> Tag:
    made = parse_tag(name, "v", commit)
    assert made
    return made


def stand(
    counted: str = "",
    distance: int = 0,
    *,
    merged: tuple[str, ...] = (),
    on_head: tuple[str, ...] = (),
    unmerged: tuple[str, ...] = (),
    diff: str = "",
) -> Standing:
    """Return where a checkout stands, `distance` commits after the tag `counted`."""
    names = {counted, *merged} - {"", *on_head}
    contained = tuple(tag(name) for name in sorted(names)) + tuple(
        tag(name, HEAD) for name in on_head
    )
    found = next((one for one in contained if one.name == counted), None)
    tags = contained + tuple(tag(name) for name in unmerged)
    return Standing(
        facts=GitFacts(node=HEAD, tag=found, distance=distance, diff=diff),
        tags=tags,
        names=frozenset(one.name for one in tags),
        merged=contained,
    )


Step = Literal["minor", "patch"]
AFTER = stand("v0.6.0", 912)
CASES: list[tuple[str, str, Standing, Step, str]] = [
    ("what work leads to", "0.7.0", AFTER, "minor", ""),
    ("a candidate of it", "0.7.0rc1", AFTER, "minor", ""),
    ("an alpha of it", "0.7.0a1", AFTER, "minor", ""),
    ("a major release", "1.0.0", AFTER, "minor", ""),
    ("an epoch", "1!0.1.0", AFTER, "minor", ""),
    ("a patch release", "0.6.1", AFTER, "minor", "lower than 0.7.0.dev912"),
    ("a patch release of a maintenance branch", "0.6.1", AFTER, "patch", ""),
    ("a minor release of a maintenance branch", "0.7.0", AFTER, "patch", ""),
    ("a post-release repairs the last release", "0.6.0.post1", AFTER, "minor", ""),
    ("a post-release of another one", "0.6.1.post1", AFTER, "minor", "lower than 0.7.0.dev912"),
    ("of an older one", "0.5.0.post1", AFTER, "minor", "lower than `v0.6.0`"),
    ("what is there already", "0.6.0", AFTER, "minor", "`v0.6.0` is there already"),
    ("in another spelling", "0.6.0", stand("v0.6", 3), "minor", "`v0.6` is there already"),
    ("on another branch", "0.7.0", stand("v0.6.0", 3, unmerged=("v0.7.0",)), "minor", "`v0.7.0` is there already, on elsewhere"),
    ("higher ones on other branches", "0.7.0", stand("v0.6.0", 3, unmerged=("v0.8.0",)), "minor", ""),
    ("the final one after a candidate", "1.0.0", stand("v1.0.0rc1", 3), "minor", ""),
    ("the next candidate", "1.0.0rc2", stand("v1.0.0rc1", 3), "minor", ""),
    ("a beta after a candidate", "1.0.0b1", stand("v1.0.0rc1", 3), "minor", "lower than `v1.0.0rc1`"),
    ("after an anchor", "0.7.0", stand("v0.7.0.dev0", 912), "minor", ""),
    ("below an anchor", "0.6.1", stand("v0.7.0.dev0", 912), "minor", "lower than `v0.7.0.dev0`"),
    ("after a .dev5 tag", "0.7.0a1", stand("v0.7.0.dev5", 3), "minor", ""),
    ("final on a candidate's commit", "1.0.0", stand("v1.0.0rc1", on_head=("v1.0.0rc1",)), "minor", ""),
    ("on a release's commit", "0.6.1", stand("v0.6.0", on_head=("v0.6.0",)), "minor", ""),
    ("the same in an edited tree", "0.6.1", stand("v0.6.0", on_head=("v0.6.0",), diff="0a1b"), "minor", ""),
    ("below the anchor of that commit", "1.0.1", stand("v1.0.0", on_head=("v1.0.0", "v1.1.0.dev0")), "minor", "lower than `v1.1.0.dev0`"),
    ("a longer line than the highest tag's", "1.0.1", stand("v1.0.0", 50, merged=("v1.0.1rc1",)), "minor", "lower than 1.1.0.dev50"),
    ("edits on an older release's commit", "2.1.0", stand("v2.0.0", 9, on_head=("v1.0.0",), merged=("v2.0.0",), diff="0a"), "minor", ""),
    ("the first release", "0.1.0", stand("", 5), "minor", ""),
    ("a first release below the fallback", "0.0.1", stand("", 5), "minor", "lower than 0.1.0.dev5"),
    ("four numbers", "0.6.0.1", AFTER, "patch", "lower than 0.6.1.dev912"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "release", "standing", "step", "refusal"), CASES, ids=[case[0] for case in CASES]
)
def test_number(name: str, release: str, standing: Standing, step: Step, refusal: str) -> None:
    problems = check_number(Pep440(release), standing, VersionTable(next=step))
    assert len(problems) == bool(refusal), name
    for problem in problems:
        assert refusal in problem.message
        assert problem.hint


@pytest.mark.parametrize("standing", [case[2] for case in CASES])
@pytest.mark.parametrize("step", ["minor", "patch"])
def test_what_a_refusal_recommends_can_be_released(standing: Standing, step: Step) -> None:
    table = VersionTable(next=step)
    problems = check_number(Pep440("0.0.1rc1"), standing, table)
    for problem in problems:
        recommended = problem.hint.split()[1].strip(",")
        refusals = check_number(Pep440(recommended), standing, table)
        assert all("is there already" in refusal.message for refusal in refusals)


def test_a_tag_of_that_name_on_no_commit() -> None:
    after = stand("v0.6.0", 3)
    standing = Standing(
        facts=after.facts, tags=after.tags, merged=after.merged, names=frozenset({"v0.7.0"})
    )
    [problem] = check_number(Pep440("0.7.0"), standing, VersionTable())
    assert problem.message == "the tag `v0.7.0` is there already"


def test_a_fallback_moves_the_first_release() -> None:
    table = VersionTable(fallback="0.0.1")
    assert not check_number(Pep440("0.0.1"), stand("", 5), table)


def test_a_repair_is_noted() -> None:
    table = VersionTable()
    assert "0.7.0.dev912" in note_fall(Pep440("0.6.0.post1"), AFTER, table)
    assert note_fall(Pep440("0.7.0"), AFTER, table) == ""


@pytest.mark.parametrize(
    ("text", "version"),
    [("0.7.0", "0.7.0"), ("v0.7", "0.7.0"), ("1.0-rc.1", "1.0.0rc1"), ("1!2.0", "1!2.0.0")],
)
def test_a_release_is_read_in_any_spelling(text: str, version: str) -> None:
    assert str(parse_release(text, "v")) == version


@pytest.mark.parametrize(
    "text", ["", "next", "7", "1.0+cuda", "1.0.dev0", "1.0rc1.dev2", "hello-1.0"]
)
def test_other_texts_are_no_release(text: str) -> None:
    problem = parse_release(text, "v")
    assert isinstance(problem, Problem)
    assert problem.hint


def test_the_tag_is_on_the_commit_that_was_checked() -> None:
    command = plan_tag(Pep440("1.2.0rc1"), "hello", "hello-v", HEAD)
    assert command == ("tag", "-a", "hello-v1.2.0rc1", "-m", "hello 1.2.0rc1", "1f2e3d4c5b")


def test_history_has_to_be_there() -> None:
    table = VersionTable()
    facts = [
        GitFacts(node="", tag=None, distance=0),
        GitFacts(node=HEAD, tag=None, distance=1, is_shallow=True, is_certain=False),
        GitFacts(node=HEAD, tag=tag("v1.0.0"), distance=1, is_shallow=True),
        GitFacts(node=HEAD, tag=None, distance=1, lacks_tags=True),
    ]
    for one in facts:
        [problem] = check_history(one, table, "/hello")
        assert problem.where == "/hello"
        assert problem.hint
    assert not check_history(GitFacts(node=HEAD, tag=None, distance=1), table, "/hello")


def test_many_edits_are_not_all_listed() -> None:
    names = tuple(f"file{number}" for number in range(7))
    facts = GitFacts(node=HEAD, tag=None, distance=1, diff="0a", dirty_files=names)
    [problem] = check_clean(facts, "/hello")
    assert "`file4` and 2 more differ" in problem.message


numbers_of_a_release = st.tuples(*[st.integers(0, 2)] * 3).map(
    lambda parts: "{}.{}.{}".format(*parts)
)
suffixes = st.sampled_from(["", "", "a1", "b1", "rc1", "rc2", ".post1", "rc1.post1"])
attempts = st.lists(st.tuples(numbers_of_a_release, suffixes, st.integers(0, 3)), max_size=12)


@given(attempts=attempts, step=st.sampled_from(["minor", "patch"]))
def test_no_accepted_release_lets_the_version_fall(
    attempts: list[tuple[str, str, int]], step: Step
) -> None:
    """Along a line of commits, whatever somebody tries to release; repairs are the exception."""
    table = VersionTable(next=step)
    standing = stand("", 3)
    accepted: list[str] = []
    for text, suffix, commits in attempts:
        release = Pep440(text + suffix)
        if check_number(release, standing, table):
            continue
        before = Pep440(compute_version(standing.facts, step=step).public)
        assert release > before or release.is_postrelease
        assert bool(note_fall(release, standing, table)) == (release < before)
        accepted.append(f"v{release}")
        on_head = stand(accepted[-1], merged=tuple(accepted[:-1]), on_head=(accepted[-1],))
        assert compute_version(on_head.facts, step=step).public == str(release)
        assert numbers_for_literals([], on_head, table) == (release,)
        standing = stand(accepted[-1], commits + 1, merged=tuple(accepted[:-1]))
        after = Pep440(compute_version(standing.facts, step=step).public)
        assert after > release
        assert coming_version(standing, table) == Pep440(f"{after}".rpartition(".dev")[0] + ".dev0")


# Literals.


def literal(text: str, form: str = "public") -> LiteralVersion:
    return LiteralVersion(path="file", line=1, form=form, text=text, start=0, end=len(text))


def numbers(standing: Standing, *texts: str) -> list[str]:
    literals = [literal(text) for text in texts]
    return [str(one) for one in numbers_for_literals(literals, standing, VersionTable())]


def test_at_a_release_a_literal_says_the_release() -> None:
    standing = stand("v0.7", on_head=("v0.7",))
    assert numbers(standing, "0.8.0") == ["0.7.0"]
    assert released_version(standing.facts) == Pep440("0.7.0")


def test_after_it_a_literal_says_the_next_or_the_last() -> None:
    assert numbers(stand("v0.7.0", 3), "0.7.0") == ["0.8.0.dev0", "0.7.0"]
    assert numbers(stand("v0.7.0", on_head=("v0.7.0",), diff="0a")) == ["0.8.0.dev0", "0.7.0"]
    assert numbers(stand("", 3)) == ["0.1.0.dev0"]


def test_an_anchor_is_no_release() -> None:
    after = stand("v1.0.0.dev0", 3, merged=("v0.7.0",))
    assert numbers(after) == ["1.0.0.dev0", "0.7.0"]
    on_it = stand("v1.0.0.dev0", merged=("v0.7.0",), on_head=("v1.0.0.dev0",))
    assert numbers(on_it) == ["1.0.0.dev0", "0.7.0"]


def test_a_release_may_be_announced() -> None:
    after = stand("v0.7.0", 3)
    assert numbers(after, "0.8.0", "1.0.0-rc.1", "0.8.0~rc1")[2:] == [
        "0.8.0rc1",
        "0.8.0",
        "1.0.0rc1",
    ]
    assert numbers(after, "0.7.1", "0.9.0.dev0", "1", "text")[2:] == []


def test_the_next_commit_is_counted_from_the_anchor() -> None:
    standing = stand("v1.0.0", on_head=("v1.0.0", "v2.0.0.dev0"))
    assert str(coming_version(standing, VersionTable())) == "2.0.0.dev0"
    assert str(coming_version(stand("v0.7.0.dev5", 3), VersionTable())) == "0.7.0.dev5"
