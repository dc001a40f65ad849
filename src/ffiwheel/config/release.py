"""Check the keys of `[tool.ffiwheel.version]` that a release uses: what a type cannot say."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ffiwheel.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ffiwheel.config.schema import VersionTable

_TABLE = "tool.ffiwheel.version"


def check_release_keys(table: VersionTable, known: Sequence[Problem]) -> list[Problem]:
    """Return the problems of `changelog` and `write`.

    Args:
        table: what was read.
        known: the problems of the reading, which are not reported once more.
    """
    problems = []
    if table.changelog is not None:
        problems += _check_path(table.changelog, f"{_TABLE}.changelog")
    for index, entry in enumerate(table.write):
        where = f"{_TABLE}.write[{index}]"
        if not any(f"{problem.where}.".startswith(f"{where}.") for problem in known):
            problems += _check_path(entry.path, f"{where}.path")
            problems += _check_pattern(entry.pattern, f"{where}.pattern")
    return problems


def _check_path(path: str, where: str) -> list[Problem]:
    parts = PurePosixPath(path).parts
    if parts and parts[0] != "/" and ".." not in parts and "\0" not in path:
        return []
    hint = "give a path below the project's folder, such as `include/version.h`"
    return [Problem(f"`{path}` is not a file of the project", where, hint)]


def _check_pattern(pattern: str, where: str) -> list[Problem]:
    """Check a pattern as it is used: on bytes, so that a file's encoding does not matter."""
    try:
        groups = re.compile(pattern.encode(), re.MULTILINE).groups
    except (re.error, OverflowError) as error:
        hint = "write it between single quotes, in which TOML knows no escapes"
        return [Problem(f"not a regular expression: {error}", where, hint)]
    if groups == 1:
        return []
    hint = "put the version between `(` and `)`, and whatever else is grouped between `(?:` and `)`"
    return [Problem(f"the pattern has {groups} groups, and needs one", where, hint)]
