"""Look at a workflow as its service does: is it YAML, and has every job one name of its own?

Only the tree of nodes is made, so that GitLab's own tags (`!reference`) are no hindrance.
https://yaml.org/spec/1.2.2
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from ffiwheel.errors import Problem, ProjectError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ffiwheel.scaffold.ci.choice import Service


def check_yaml(text: str, where: str) -> None:
    """Check that somebody's file can be read at all.

    Raises:
        ProjectError: if it is no YAML, with the line.
    """
    _read(text, where)


def check_jobs(text: str, service: Service, wanted: Sequence[str], where: str) -> None:
    """Check a workflow as it would be written.

    Args:
        text: the whole file.
        service: whose workflow it is.
        wanted: the keys of our jobs, which have to be among its jobs.
        where: the file, for messages.

    Raises:
        ProjectError: if two jobs have one name, or ours are not among the jobs.
    """
    keys = [
        key
        for document in _read(text, where)
        for key in _keys(document, ("jobs",) if service == "github" else ())
    ]
    problems = []
    for name in wanted:
        lines = [line for key, line in keys if key == name]
        if not lines:
            place = "below `jobs:`" if service == "github" else "at the left margin"
            hint = f"jobs of ffiwheel have to stay {place}; move what stands between"
            problems.append(Problem(f"the job `{name}` would not be among the jobs", where, hint))
        if len(lines) > 1:
            listed = " and ".join(str(line) for line in lines)
            message = f"two jobs would be called `{name}`, in the lines {listed}"
            problems.append(Problem(message, where, "give yours another name"))
    if problems:
        raise ProjectError.of(problems)


def _read(text: str, where: str) -> list[yaml.Node]:
    try:
        return list(yaml.compose_all(text, yaml.SafeLoader))
    except yaml.YAMLError as error:
        mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
        said = error.problem if isinstance(error, yaml.MarkedYAMLError) else str(error)
        line = mark.line + 1 if mark else 1
        lines = text.splitlines()
        shown = lines[line - 1].strip() if line <= len(lines) else "the end of the file"
        raise ProjectError(
            f"not valid YAML: {said}",
            where=f"{where}:{line}",
            hint=f"correct the line, or one before it: {shown}",
        ) from error


def _keys(node: yaml.Node, path: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    """Yield the keys of the mapping at `path`, each with its line."""
    if not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        if not path:
            yield str(key.value), key.start_mark.line + 1
        elif key.value == path[0]:
            yield from _keys(value, path[1:])
