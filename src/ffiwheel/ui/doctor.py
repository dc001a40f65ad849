"""How tools look: a line for each under its group, and below it what is wrong and what mends it."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from rich.text import Text

from ffiwheel.model.finding import Severity
from ffiwheel.ui.findings import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ffiwheel.model.finding import Finding
    from ffiwheel.model.tool import Checked

_MARKS = {
    Severity.ERROR: ("✗", "x", "bold red"),
    Severity.WARNING: ("!", "!", "yellow"),
    Severity.NOTE: ("·", "-", "dim"),
    None: ("✓", "+", "green"),
}
_INDENT = " " * 4


def render_tools(checked: Sequence[Checked], *, ascii_only: bool) -> Iterator[Text]:
    """Yield the lines of all tools, group by group."""
    rows = {id(one): _row(one) for one in checked}
    widths = [max(len(row[place]) for row in rows.values()) for place in range(3)]
    for group, members in groupby(checked, key=lambda one: one.tool.group):
        yield Text(group, style="bold")
        for one in members:
            name, version, purpose, place = rows[id(one)]
            sign, plain, style = _MARKS[one.worst]
            line = Text(f"  {plain if ascii_only else sign}", style=style)
            line.append(f" {name:<{widths[0]}}  {version:<{widths[1]}}  ", style="default")
            line.append(f"{purpose:<{widths[2]}}", style="dim")
            line.append(f"  {place}", style="default")
            line.rstrip()
            yield line
            yield from _render_findings(one)


def _row(one: Checked) -> tuple[str, str, str, str]:
    """Return a tool's name, its version, what it is for, and where it lies."""
    tool = one.tool
    version = tool.version or ("not found" if tool.is_missing else "")
    parts = [str(tool.path) if tool.path else "", f"({tool.detail})" if tool.detail else ""]
    return tool.name, visible(version), tool.purpose, visible(" ".join(filter(None, parts)))


def _render_findings(one: Checked) -> Iterator[Text]:
    for found in one.findings:
        is_mere_absence = one.tool.is_missing and found.severity is Severity.NOTE
        if not is_mere_absence:
            yield _render_message(found)
        if found.help:
            lines = visible(found.help).replace("\n", f"\n{_INDENT}      ")
            yield Text(f"{_INDENT}help: {lines}", style="dim")


def _render_message(found: Finding) -> Text:
    style = _MARKS[found.severity][2]
    line = Text(f"{_INDENT}{found.severity.value}: ", style=style)
    line.append(visible(f"{found.rule}: {found.message}"), style="default")
    return line
