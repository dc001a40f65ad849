"""How targets look: what became of each, and what is known of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from ffiwheel.model.size import show_size
from ffiwheel.ui.findings import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ffiwheel.model.outcome import Outcome
    from ffiwheel.model.target_facts import TargetFacts


def render_outcomes(outcomes: Sequence[Outcome], *, ascii_only: bool) -> Iterator[Text]:
    """Yield a line for each target: platform tag, size, seconds of compiling, how verified."""
    rows = [_row(one) for one in outcomes]
    widths = [max(len(row[index]) for row in rows) for index in range(4)]
    for outcome, (name, tag, size, seconds, verified) in zip(outcomes, rows, strict=True):
        sign, plain, style = ("✓", "+", "green") if outcome.wheel else ("✗", "x", "red")
        line = Text(plain if ascii_only else sign, style=style)
        line.append(f" {name:<{widths[0]}}  {tag:<{widths[1]}}", style="default")
        line.append(f"  {size:>{widths[2]}}  {seconds:>{widths[3]}}  {verified}", style="dim")
        yield line


def _row(one: Outcome) -> tuple[str, str, str, str, str]:
    seconds = f"{one.seconds:.1f} s"
    if one.wheel is None:
        reason = one.error.problems[0].message if one.error else ""
        return one.target.name, "no wheel", "", seconds, visible(reason)
    tag = one.wheel.stem.rpartition("-")[2]
    return one.target.name, tag, show_size(one.wheel.stat().st_size), seconds, one.verified


def render_targets(targets: Sequence[TargetFacts]) -> Iterator[Text]:
    """Yield the table of targets: a line for each, then what their users have to do."""
    heads = ("target", "platform tag", "zig", "compiler", "here", "runtime")
    rows = [_facts_row(one) for one in targets]
    widths = [max(len(row[index]) for row in (heads, *rows)) for index in range(len(heads))]
    for row, style in ((heads, "bold"), *((row, "default") for row in rows)):
        cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        yield Text("  ".join(cells).rstrip(), style=style)
    notes: dict[str, list[str]] = {}
    for one in targets:
        for said in filter(None, (one.trouble, one.users)):
            notes.setdefault(said, []).append(one.name)
    for said, names in notes.items():
        yield Text(f"{', '.join(names)}: {visible(said)}", style="dim")


def _facts_row(one: TargetFacts) -> tuple[str, ...]:
    compiler = one.compiler or "none"
    if one.warm is not None:
        compiler += ", warm" if one.warm else ", cold"
    state = f"{one.state} ({one.by})" if one.by else one.state
    tag = one.tag or "as the audit finds"
    return one.name, tag, one.triple, compiler, state, "wheel" if one.runtime else "no wheel"
