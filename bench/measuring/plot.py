"""Bars side by side, as SVG that can be read on white and on black paper.

The same figures give the same bytes: no date, no random names.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.figure import Figure

from measuring.report import DOCS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

OURS = "#d9822b"
THEIRS = "#5b8fb9"
BARE = "#8a8a8a"
STYLE = Path(__file__).with_name("plot.mplstyle")


@dataclass(frozen=True, slots=True)
class Panel:
    """One group of bars with an axis of its own."""

    title: str
    values: Mapping[str, float]
    """What each bar is called -> how long it is."""
    unit: str


def write_plot(
    name: str, panels: Sequence[Panel], colors: Mapping[str, str], folder: Path = DOCS
) -> None:
    """Write `<name>.svg`: the panels, two in a row, each bar with its figure.

    Args:
        name: what the file is called.
        panels: from left to right, from top to bottom.
        colors: what a bar's name begins with -> its color; all others are `THEIRS`.
        folder: where to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context(fname=STYLE):
        deep = (len(panels) + 1) // 2
        most = max(len(panel.values) for panel in panels)
        figure = Figure(figsize=(10, deep * (0.6 + 0.26 * most)), layout="constrained")
        axes = figure.subplots(deep, 2, squeeze=False).flat
        for axis, panel in zip(axes, panels, strict=False):
            _draw(axis, panel, colors)
        for axis in list(axes)[len(panels) :]:
            axis.set_axis_off()
        file = folder / f"{name}.svg"
        figure.savefig(file, transparent=True, metadata={"Date": None, "Creator": None})
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("".join(f"{line.rstrip()}\n" for line in lines), encoding="utf-8")


def _draw(axis: Axes, panel: Panel, colors: Mapping[str, str]) -> None:
    names = list(panel.values)
    shades = [
        next((shade for start, shade in colors.items() if name.startswith(start)), THEIRS)
        for name in names
    ]
    bars = axis.barh(names, list(panel.values.values()), color=shades)
    axis.bar_label(bars, fmt="%.3g", padding=3)
    axis.invert_yaxis()
    axis.set_title(f"{panel.title}, {panel.unit}", loc="left", fontsize=10)
    axis.margins(x=0.12)
    axis.set_xticks([])
    for side in ("top", "right", "bottom"):
        axis.spines[side].set_visible(False)
