"""How targets look: what became of each, and what is known of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from ffiwheel.model.size import show_size
from ffiwheel.ui.findings import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ffiwheel.model.outcome import Outcome


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
