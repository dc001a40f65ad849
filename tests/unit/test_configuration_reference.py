"""The reference page says what the schema says."""

from __future__ import annotations

from workshop import REPOSITORY, compare_golden

from ffiwheel.config.reference import render_reference


def test_the_page_is_up_to_date(*, update_golden: bool) -> None:
    page = REPOSITORY / "docs" / "configuration.md"
    compare_golden(page, render_reference(), update=update_golden)
