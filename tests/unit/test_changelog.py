"""Headings of releases in changelogs."""

from __future__ import annotations

import pytest
from packaging.version import Version as Pep440

from ffiwheel.versioning.changelog import has_heading


@pytest.mark.parametrize(
    "text",
    [
        "## 0.7.0",
        "# Changes\n\n## [0.7.0] - 2026-11-21\n",
        "## [0.7.0](https://example.org/compare/v0.6.0...v0.7.0) (2026-11-21)",
        "### v0.7.0:",
        "## hello 0.7.0, the fast one",
        "## Version 0.7",
        "## **0.7.0**",
        "## <a name='x'></a>0.7.0",
        "## 2026-11-21: 0.7.0",
        "0.7.0 (2026-11-21)\n------------------\n",
        "==========\nhello 0.7.0\n==========\n",
        "0.7.0\r\n=====\r\n",
        "## 0.7.0 ##",
    ],
)
def test_headings_of_the_release(text: str) -> None:
    assert has_heading(text, Pep440("0.7.0"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0.7.0",
        "- 0.7.0",
        "#0.7.0",
        "## 0.7.0rc1",
        "## 0.7.0-rc.1",
        "## 0.7.0.post1",
        "## 0.7.0.1",
        "## 0.7.01",
        "## 10.7.0",
        "## 0.7.0.dev3",
        "## Changes from 0.6.0 to 0.7.0",
        "## Unreleased",
        "```\n## 0.7.0\n```\n",
        "text on 0.7.0\n\n----\n",
    ],
)
def test_other_lines(text: str) -> None:
    assert not has_heading(text, Pep440("0.7.0"))


def test_a_candidate_may_do_with_its_release() -> None:
    assert has_heading("## 0.7.0", Pep440("0.7.0rc1"))
    assert has_heading("## 0.7.0-rc1", Pep440("0.7.0rc1"))
    assert not has_heading("## 0.7.0", Pep440("0.7.0.post1"))
    assert not has_heading("## 0.7.0rc2", Pep440("0.7.0rc1"))


def test_a_heading_may_be_spelt_like_the_tag() -> None:
    assert has_heading("## hello-v0.7.0", Pep440("0.7.0"), "hello-v")
    assert not has_heading("## other-v0.7.0", Pep440("0.7.0"), "hello-v")
