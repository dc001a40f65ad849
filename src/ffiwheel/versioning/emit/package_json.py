"""A `package.json` with the version in it: a copy of the project's, which is left as it is.

Only the text of the value changes; order, indentation and line ends are the user's.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from ffiwheel.errors import ProjectError
from ffiwheel.versioning.forms.semver import render_npm

if TYPE_CHECKING:
    from ffiwheel.versioning.emit.request import Request

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]')


def render_package_json(request: Request) -> str:
    """Return the text of the given `package.json` with the version replaced.

    Raises:
        ProjectError: if it is not JSON, or has no version.
        VersionError: if npm cannot express the version.
    """
    text = request.given
    span = find_version(text, request.where)
    return f'{text[: span[0]]}"{render_npm(request.version)}"{text[span[1] :]}'


def find_version(text: str, where: str) -> tuple[int, int]:
    """Return where the version's value stands in a `package.json`, with its quotes.

    >>> text = '{"a": {"version": "9"}, "version": "1.0"}'
    >>> text[slice(*find_version(text, ""))]
    '"1.0"'
    """
    try:
        facts = json.loads(text)
    except json.JSONDecodeError as error:
        raise ProjectError(
            f"not valid JSON: {error.msg}",
            where=f"{where}:{error.lineno}",
            hint="correct the line: npm would not read it either",
        ) from error
    if not isinstance(facts, dict) or not isinstance(facts.get("version"), str):
        hint = 'add `"version": "0.0.0"`; the copy gets the version in its place'
        raise ProjectError("it has no `version` to replace", where=where, hint=hint)
    return _locate(text)


def _locate(text: str) -> tuple[int, int]:
    """Return the last value of the outermost object's key `version`, which is the one that counts.

    A key of the outermost object is a text at depth 1 with a colon after it.
    """
    tokens = list(_TOKEN.finditer(text))
    depth = 0
    found = (0, 0)
    for index, token in enumerate(tokens):
        depth += (token[0] in "{[") - (token[0] in "}]")
        is_key = depth == 1 and token[0][0] == '"' and tokens[index + 1][0] == ":"
        if is_key and json.loads(token[0]) == "version":
            found = tokens[index + 2].span()
    return found
