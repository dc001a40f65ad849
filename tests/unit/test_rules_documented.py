"""Every rule has a text in the package, and the page of rules is made of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from workshop import REPOSITORY, compare_golden

from ffiwheel.audit.rules import RULES
from ffiwheel.audit.texts import read_text, render_page

if TYPE_CHECKING:
    from ffiwheel.audit.rule import Rule

TEXTS = REPOSITORY / "src" / "ffiwheel" / "audit" / "data" / "rules"


def test_the_page_is_up_to_date(*, update_golden: bool) -> None:
    compare_golden(REPOSITORY / "docs" / "rules.md", render_page(), update=update_golden)


@pytest.mark.parametrize("one", RULES, ids=[one.code for one in RULES])
def test_a_text_says_what_why_and_what_to_do(one: Rule) -> None:
    title = (TEXTS / f"{one.code}.md").read_text().splitlines()[0]
    assert title == f"# {one.title}"
    summary, why, *_ = read_text(one).split("\n\n")
    assert summary.endswith(".")
    assert len(summary.splitlines()) == 1
    assert len(why) > 60
    assert read_text(one).count("*What to do.*") == 1


def test_codes_and_names_are_unique_and_every_text_has_a_rule() -> None:
    codes, names = [one.code for one in RULES], [one.name for one in RULES]
    assert len(set(codes)) == len(codes)
    assert len(set(names)) == len(names)
    assert {path.stem for path in TEXTS.iterdir()} == set(codes)


def test_the_number_of_rules_is_told_truly() -> None:
    for page in ("README.md", "docs/guide-projects.md"):
        told = re.findall(r"\b(\d+) rules\b", (REPOSITORY / page).read_text())
        assert told
        assert set(told) == {str(len(RULES))}, page
