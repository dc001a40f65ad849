"""The page of exit codes lists the classes of errors, with their codes and what they mean."""

from __future__ import annotations

import re

from workshop import REPOSITORY

from ffiwheel.errors import FfiwheelError


def test_the_page_agrees_with_the_classes() -> None:
    page = (REPOSITORY / "docs" / "exit-codes.md").read_text()
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \| (.+) \|$", page, re.MULTILINE)
    documented = [(int(code), name, meaning) for code, name, meaning in rows]
    classes: list[type[FfiwheelError]] = [FfiwheelError, *FfiwheelError.__subclasses__()]
    expected = [(one.exit_code, one.__name__, headline(one)) for one in classes]
    assert [row[:2] for row in documented] == [row[:2] for row in expected]
    for row, (_, _, meaning) in zip(documented, expected, strict=True):
        assert row[2].startswith(meaning)


def test_no_two_classes_share_a_code() -> None:
    codes = [one.exit_code for one in FfiwheelError.__subclasses__()]
    assert len(codes) == len(set(codes))


def headline(error: type[FfiwheelError]) -> str:
    """Return the first line of a class's docstring."""
    return (error.__doc__ or "").splitlines()[0]
