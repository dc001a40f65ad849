"""How the matrix of runtime releases looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.ui.findings import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from ffiwheel.model.runtime import Trial


def render_trials(trials: Sequence[Trial], *, ascii_only: bool) -> list[Text]:
    """Return a line for each release: what happened, and what the audit expects."""
    from rich.text import Text  # noqa: PLC0415 - it takes 0.05 s, and JSON does without

    width = max(len(one.release) for one in trials)
    texts = []
    for one in trials:
        sign, plain, style = ("✓", "+", "green") if one.loads else ("✗", "x", "red")
        line = Text(plain if ascii_only else sign, style=style)
        line.append(f" {one.release:<{width}}  ", style="default")
        line.append("loads" if one.loads else visible(one.said), style="default")
        if one.loads and one.expected:
            line.append(f", but {visible(one.expected)}", style="yellow")
        elif one.expected:
            line.append("  (as expected)", style="dim")
        elif one.is_surprise:
            line.append("  (nothing is known against it)", style="bold red")
        texts.append(line)
    return texts
