"""Change lines of `dependencies` in a `pyproject.toml`, and nothing else in the file.

https://packaging.python.org/en/latest/specifications/pyproject-toml/#dependencies-optional-dependencies
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Array, String

from ffiwheel.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Mapping


def replace_dependencies(text: str, changes: Mapping[str, str], where: str) -> str:
    """Return the text of a `pyproject.toml` with other lines in `project.dependencies`.

    Comments, order, quotes and line breaks stay.

    Args:
        text: the file.
        changes: line -> what takes its place.
        where: the file's name, for people.

    Raises:
        ProjectError: if a line is not there as it stands.
    """
    pasted = "\n".join(changes.values())
    try:
        document = tomlkit.parse(text)
        listed = document.unwrap().get("project", {}).get("dependencies", ())
        array = document["project"]["dependencies"] if listed else None
    except TOMLKitError as error:
        raise ProjectError(f"cannot be changed: {error}", where=where, hint=pasted) from error
    missing = [line for line in changes if line not in listed]
    if missing or not isinstance(array, Array):
        raise ProjectError(
            f"`{(missing or list(changes))[0]}` does not stand in `project.dependencies`",
            where=where,
            hint=f"write this where your dependencies are:\n{pasted}",
        )
    for index, line in enumerate(listed):
        if line in changes:
            item = array[index]
            is_literal = isinstance(item, String) and item.as_string().startswith("'")
            array[index] = tomlkit.string(changes[line], literal=is_literal)
    changed = tomlkit.dumps(document)
    expected = [changes.get(line, line) for line in listed]
    if tomlkit.parse(changed).unwrap()["project"]["dependencies"] != expected:
        raise ProjectError("cannot be changed safely", where=where, hint=pasted)
    return changed
