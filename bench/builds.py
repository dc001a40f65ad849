"""How long builds take: from nothing, after an edit, and with nothing changed; beside others.

`--sizes=1,10` measures projects of these sizes only, `--rounds=1` measures nothing more often than
that, `--ways=floor,ffiwheel` only ways that begin so, `--no-scale` leaves out the cost by size, and
`--out=FOLDER` writes the results elsewhere than into the docs. The whole takes some 12 minutes on a
quiet machine with two cores, and needs PyPI for what others are built with.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from building.busy import Compiling, read_compiling
from building.limits import find_limits
from building.pages import render_panels, render_tables
from building.projects import CORES, Project
from building.scale import measure_scale
from building.ways import (
    ALL,
    BUILD,
    FLOOR,
    PACKAGES,
    Scenario,
    Tool,
    check_install,
    describe_environment,
    list_tools,
    list_versions,
    make_virtual,
    uninstall,
)
from measuring.machine import describe_machine
from measuring.plot import BARE, OURS, write_plot
from measuring.report import DOCS, Report, write_report
from measuring.turns import Way, take_turns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from building.limits import Found
    from measuring.cost import Cost

ROUNDS: dict[int, dict[Scenario, int]] = {
    1: {"clean": 3, "no-op": 5, "edit": 3, "header": 3},
    10: {"clean": 2, "no-op": 5, "edit": 3, "header": 1},
    50: {"clean": 1, "no-op": 3, "edit": 3, "header": 1},
}
"""How often each way has its turn, for projects of so many sources."""


@dataclass(frozen=True, slots=True)
class Place:
    """A way, and the project that it builds."""

    tool: Tool
    project: Project

    def way(self, scenario: Scenario, numbers: Iterator[int]) -> Way[Cost]:
        """Return how a scenario is brought about and measured."""
        prepare = {
            "clean": self._clean,
            "no-op": lambda: None,
            "edit": lambda: self.project.edit_source(next(numbers)),
            "header": lambda: self.project.edit_header(next(numbers)),
        }[scenario]
        return Way(self.tool.name, lambda: self._act(scenario), prepare)

    def _clean(self) -> None:
        self.project.clean()
        if self.tool.installs:
            uninstall(self.project)

    def _act(self, scenario: Scenario) -> Cost:
        cost = self.tool.run(self.project, scenario)
        if self.tool.installs:
            check_install(self.project)
        return cost


def set_up(tools: Sequence[Tool], size: int, folder: Path) -> list[Place]:
    """Write a project for each way that is measured with so many sources."""
    places = []
    for number, tool in enumerate(tools):
        if size in tool.measured:
            project = tool.write(folder / f"{size}-{number}" / "project", size)
            if tool.installs:
                make_virtual(project.folder / ".venv")
            places.append(Place(tool, project))
    return places


def measure_size(
    places: Sequence[Place], size: int, most: int
) -> tuple[dict[Scenario, dict[str, list[Cost]]], Compiling | None]:
    """Return what each scenario costs each way, and how the clean build filled the cores."""
    numbers = iter(range(1, 1000))
    found: dict[Scenario, dict[str, list[Cost]]] = {}
    compiling = None
    for scenario in ALL:
        chosen = [place for place in places if scenario in place.tool.measured[size]]
        ways = [place.way(scenario, numbers) for place in chosen]
        found[scenario] = take_turns(ways, min(most, ROUNDS[size][scenario]))
        ours = [place.project.folder for place in chosen if place.tool.name == BUILD]
        if scenario == "clean" and ours:
            compiling = read_compiling(ours[0], found["clean"][BUILD][-1], CORES)
    return found, compiling


def measure_all(
    tools: Sequence[Tool], sizes: Sequence[int], most: int, folder: Path
) -> tuple[Found, dict[int, Compiling]]:
    """Return what everything costs, and how the cores were filled, by number of sources."""
    found: Found = {}
    compiling: dict[int, Compiling] = {}
    for size in sizes:
        found[size], seen = measure_size(set_up(tools, size, folder), size, most)
        if seen:
            compiling[size] = seen
    return found, compiling


def main() -> None:
    """Measure, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1,10,50", help="how many sources the projects have")
    parser.add_argument("--rounds", type=int, default=100, help="no more rounds than that")
    parser.add_argument("--ways", default="", help="what the names of the ways begin with")
    parser.add_argument("--out", type=Path, default=DOCS, help="where to write the results")
    parser.add_argument("--no-scale", action="store_true", help="leave out the cost by size")
    options = parser.parse_args()
    sizes, wanted = [int(word) for word in options.sizes.split(",")], options.ways.split(",")
    machine = describe_machine(("apache-tvm-ffi",))
    with tempfile.TemporaryDirectory(prefix="ffiwheel-bench-") as scratch:
        place = Path(scratch)
        other = describe_environment(place / "environment")
        tools = [one for one in list_tools(other) if one.name.startswith(tuple(wanted))]
        if any(one.env for one in tools):
            make_virtual(place / "environment", PACKAGES)
            machine |= list_versions(place / "environment")
        found, compiling = measure_all(tools, sizes, options.rounds, place)
        scale = [] if options.no_scale else measure_scale(place / "scale")
    tables = [*render_tables(found, compiling), *scale]
    facts = {
        "seconds, processor seconds, MB of the largest process": found,
        "compiling": {size: one._asdict() for size, one in compiling.items()},
        "tables": [table.as_dict() for table in scale],
    }
    report = Report("builds", machine, tables, find_limits(found, compiling), facts)
    write_report(report, options.out)
    write_plot("builds", render_panels(found), {FLOOR: BARE, "ffiwheel": OURS}, options.out)


if __name__ == "__main__":
    main()
