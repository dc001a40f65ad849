"""Check the keys of `[tool.ffiwheel.version]` that a release uses: what a type cannot say."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ffiwheel.errors import Problem

if TYPE_CHECKING:
    from ffiwheel.config.decode import Table

_TABLE = "tool.ffiwheel.version"


def check_release_keys(table: Table) -> list[Problem]:
    """Return the problems of `changelog` and `write`, whatever else is wrong in the table.

    What has a wrong type is the decoder's to report.
    """
    problems = []
    changelog, entries = table.get("changelog"), table.get("write")
    if isinstance(changelog, str):
        problems += _check_path(changelog, f"{_TABLE}.changelog")
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        keys = entry if isinstance(entry, dict) else {}
        path, pattern = keys.get("path"), keys.get("pattern")
        where = f"{_TABLE}.write[{index}]"
        if isinstance(path, str):
            problems += _check_path(path, f"{where}.path")
        if isinstance(pattern, str):
            problems += _check_pattern(pattern, f"{where}.pattern")
    return problems


def _check_path(path: str, where: str) -> list[Problem]:
    parts = PurePosixPath(path).parts
    if parts and parts[0] != "/" and ".." not in parts and "\0" not in path:
        return []
    hint = "give a path below the project's folder"
    return [Problem(f"`{path}` is not a file of the project", where, hint)]


def _check_pattern(pattern: str, where: str) -> list[Problem]:
    """Check a pattern as it is used: on bytes, so that a file's encoding does not matter."""
    try:
        groups = re.compile(pattern.encode(), re.MULTILINE).groups
    except (re.error, OverflowError) as error:
        hint = "correct it; between single quotes, TOML leaves backslashes as they are"
        return [Problem(f"not a regular expression: {error}", where, hint)]
    if groups == 1:
        return []
    hint = "put the version between `(` and `)`, and whatever else is grouped between `(?:` and `)`"
    return [Problem(f"the pattern has {groups} groups, and needs one", where, hint)]
