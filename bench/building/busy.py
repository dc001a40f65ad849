"""How well a build filled the cores while it compiled, from the log that Ninja keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from measuring.cost import Cost

_COLUMNS = 5
"""A line of the log: start and end in milliseconds, time of the output, its name, a hash."""
_COMPILED = (".o", ".gch")


class Compiling(NamedTuple):
    """The time from the start of the first compiler to the end of the last one."""

    seconds: float
    processor: float
    """Seconds that cores worked in that time, at least."""
    busy: float
    """Which part of what the cores could have worked that is."""


def read_compiling(project: Path, cost: Cost, cores: int) -> Compiling | None:
    """Return how a build from nothing filled the cores; None if Ninja's log is not to be found.

    What came before and after the compilers is taken for one core at full work, so what is
    returned is a lower bound.

    Args:
        project: what was built.
        cost: what the whole build took.
        cores: how many there are.
    """
    logs = list((project / "build").rglob(".ninja_log"))
    spans = [span for log in logs for span in parse_spans(log.read_text(encoding="utf-8"))]
    if not spans:
        return None
    seconds = max(end for _, end in spans) - min(start for start, _ in spans)
    processor = max(0.0, cost.processor - (cost.seconds - seconds))
    return Compiling(seconds, processor, processor / (seconds * cores))


def parse_spans(log: str) -> list[tuple[float, float]]:
    """Return start and end of each compiler, in seconds since the build began."""
    rows = [line.split("\t") for line in log.splitlines() if not line.startswith("#")]
    return [
        (int(row[0]) / 1000, int(row[1]) / 1000)
        for row in rows
        if len(row) == _COLUMNS and row[3].endswith(_COMPILED)
    ]
