"""What a benchmark found, as Markdown and JSON for the docs; nobody copies figures by hand."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from measuring.machine import sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DOCS = Path(__file__).resolve().parents[2] / "docs" / "benchmarks"
"""Where the docs take the results from."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first column has names, all others have figures."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""
    """A paragraph between the title and the table."""

    def as_dict(self) -> dict[str, object]:
        """Return the table as JSON has it."""
        rows = [list(row) for row in self.rows]
        return {"title": self.title, "columns": list(self.columns), "rows": rows}


@dataclass(frozen=True, slots=True)
class Bar:
    """A limit that the project has set itself, and what was found."""

    name: str
    value: float
    limit: float
    at_most: bool = True
    """Whether the limit is a ceiling; else it is a floor."""
    unit: str = "times"

    @property
    def is_met(self) -> bool:
        """Whether the limit holds."""
        return self.value <= self.limit if self.at_most else self.value >= self.limit


@dataclass(frozen=True, slots=True)
class Report:
    """All that one benchmark found."""

    name: str
    """What the files are called."""
    machine: Mapping[str, str]
    tables: Sequence[Table]
    bars: Sequence[Bar] = ()
    facts: Mapping[str, object] = field(default_factory=dict)
    """Every single figure, for programs; must be what JSON can say."""


def render_table(table: Table) -> str:
    """Return a table in Markdown, with its title and note."""
    lines = [f"### {table.title}", ""]
    if table.note:
        lines += [table.note, ""]
    lines.append(_row(table.columns))
    lines.append(_row(["---", *["---:"] * (len(table.columns) - 1)]))
    return "\n".join([*lines, *map(_row, table.rows), ""])


def render_bars(bars: Sequence[Bar]) -> str:
    """Return the limits and what was found in Markdown."""
    rows = [
        (
            bar.name,
            f"{bar.value:.2f} {bar.unit}",
            f"{'≤' if bar.at_most else '≥'} {bar.limit:g}",
            "yes" if bar.is_met else "**no**",
        )
        for bar in bars
    ]
    return render_table(Table("Limits", ("what", "found", "limit", "holds"), rows))


def render_report(report: Report) -> str:
    """Return the whole report in Markdown."""
    head = "<!-- written by ./dev bench; do not edit -->\n"
    parts = [head, sentence(dict(report.machine)) + "\n"]
    parts += [render_bars(report.bars)] if report.bars else []
    return "\n".join([*parts, *map(render_table, report.tables)])


def write_report(report: Report, folder: Path = DOCS) -> None:
    """Write `<name>.md` and `<name>.json`, and print the former."""
    folder.mkdir(parents=True, exist_ok=True)
    text = render_report(report)
    (folder / f"{report.name}.md").write_text(text, encoding="utf-8")
    bars = [{**asdict(bar), "is_met": bar.is_met} for bar in report.bars]
    facts = {"machine": dict(report.machine), "bars": bars, **report.facts}
    whole = json.dumps(facts, indent=1, ensure_ascii=False) + "\n"
    (folder / f"{report.name}.json").write_text(whole, encoding="utf-8")
    print(text)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
