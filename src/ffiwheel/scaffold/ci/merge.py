"""Bring a workflow up to date: our blocks anew, every other letter as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ffiwheel.scaffold.ci.blocks import (
    Block,
    blocks_of,
    find_versions,
    keep_versions,
    parse_blocks,
    render_block,
)
from ffiwheel.scaffold.ci.choice import render_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ffiwheel.scaffold.ci.choice import Choice, Record
    from ffiwheel.scaffold.ci.render import Workflow

_END = ""
"""Stands for the end of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """A workflow as it should be."""

    text: str
    edited: tuple[Block, ...] = ()
    """Blocks that somebody changed, whose changes are not in the text."""
    left_out: tuple[str, ...] = ()
    """Jobs of ours that somebody took out, and that stay out."""


def new_workflow(choice: Choice, workflow: Workflow) -> str:
    """Return the text of a file that is not there yet."""
    indent = _indent(choice)
    blocks = [render_block(name, text, indent) for name, text in workflow.jobs.items()]
    return f"{render_line(choice, tuple(workflow.jobs))}\n{workflow.head}" + "\n".join(blocks)


def merge_workflow(
    text: str, record: Record, choice: Choice, workflow: Workflow, where: str, *, force: bool
) -> Merged:
    """Return a file's text with our blocks as they should be.

    Args:
        text: what is there.
        record: what its line says.
        choice: what is wanted now.
        workflow: our jobs as they should be.
        where: the file, for messages.
        force: whether jobs that were taken out come back, and versions of actions are ours.

    Raises:
        ProjectError: if marks are broken.
    """
    begin, end = record.span
    line = render_line(choice, tuple(workflow.jobs))
    parts = parse_blocks(text[:begin] + line + text[end:], where)
    there = {block.name: block for block in blocks_of(parts)}
    gone = {name for name in record.jobs if name not in there and not force}
    versions = {} if force else find_versions([block.text for block in there.values()])
    wanted = {
        name: keep_versions(job, versions)
        for name, job in workflow.jobs.items()
        if name not in gone
    }
    edited = (b for b in there.values() if b.is_edited and wanted.get(b.name) != b.text)
    return Merged(
        text=_compose(parts, wanted, tuple(there), _indent(choice)),
        edited=tuple(edited),
        left_out=tuple(name for name in workflow.jobs if name in gone),
    )


def _compose(
    parts: Sequence[str | Block], wanted: Mapping[str, str], there: Sequence[str], indent: str
) -> str:
    """Return the text with the wanted blocks in place of those that are there."""
    places = _place_jobs(tuple(wanted), there)
    rendered = {
        place: "\n".join(render_block(name, wanted[name], indent) for name in names)
        for place, names in places.items()
    }
    made: list[str] = []
    for part in parts:
        if isinstance(part, str):
            made.append(part)
        elif part.name in rendered:
            made.append(rendered[part.name])
        elif made[-1] == "\n" or made[-1].endswith("\n\n"):
            made[-1] = made[-1][:-1]  # the empty line between blocks
    text = "".join(made)
    if _END in rendered:
        text = f"{text.rstrip()}\n\n{rendered[_END]}"
    return text


def _place_jobs(wanted: Sequence[str], there: Sequence[str]) -> dict[str, list[str]]:
    """Return which jobs stand where one is now: new ones follow what they follow in the workflow.

    >>> _place_jobs(("sdist", "build", "test", "publish"), ("build", "publish"))
    {'build': ['sdist', 'build', 'test'], 'publish': ['publish']}
    """
    place = next((name for name in wanted if name in there), _END)
    places: dict[str, list[str]] = {}
    for name in wanted:
        place = name if name in there else place
        places.setdefault(place, []).append(name)
    return places


def _indent(choice: Choice) -> str:
    return "  " if choice.service == "github" else ""
