"""Every rule has a section in the page of rules, under its code and name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workshop import REPOSITORY

from ffiwheel.audit.rules import RULES, Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ffiwheel.model.finding import Finding


def test_the_page_has_a_section_for_each_rule() -> None:
    page = (REPOSITORY / "docs" / "rules.md").read_text()
    sections = re.findall(r"^## (\w+ [\w-]+)$", page, re.MULTILINE)
    assert sections == [headline(rule) for rule in RULES]


def headline(rule: Callable[[Subject], Iterator[Finding]]) -> str:
    """Return the code and the name of a rule, with which its docstring begins."""
    return (rule.__doc__ or "").partition(":")[0]
