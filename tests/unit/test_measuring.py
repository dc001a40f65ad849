"""What the benchmarks share, and what they make of figures."""

from __future__ import annotations

import json
import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest
from building.busy import Compiling, parse_spans, read_compiling
from building.limits import LIMITS, find_limits
from building.pages import render_panels, render_tables
from building.projects import write_guide, write_nanobind, write_plain
from building.ways import ALL, BUILD, DEVELOP, FLOOR, PIP_KEPT, list_tools
from measuring.cost import Cost, measure, median, ratio, together
from measuring.machine import describe_machine, sentence
from measuring.plot import BARE, Panel, write_plot
from measuring.report import Bar, Report, Table, render_report, write_report
from measuring.turns import Way, take_turns

if TYPE_CHECKING:
    from pathlib import Path

    from building.limits import Found

LOG = """\
# ninja log v5
10\t2010\t0\tbuild/a.o\tx
20\t3010\t0\tbuild/b.o\tx
3010\t3110\t0\tbuild/lib.so\tx
"""
WORK = """\
import subprocess, sys
subprocess.run([sys.executable, "-c", "x = bytearray(90_000_000); sum(range(3_000_000))"])
"""


def test_a_cost_is_that_of_the_whole_tree() -> None:
    cost = measure((sys.executable, "-c", WORK))
    bare = measure((sys.executable, "-c", "pass"))
    assert cost.megabytes > 90 > bare.megabytes
    assert cost.processor > bare.processor
    assert cost.seconds > 0


def test_a_command_that_fails_ends_the_benchmark() -> None:
    with pytest.raises(SystemExit, match=r"exit code 3 of .*\nwhy"):
        measure((sys.executable, "-c", "import sys; print('why'); sys.exit(3)"))


def test_ways_take_turns() -> None:
    order: list[str] = []
    ways = [Way(name, partial(len, order), partial(order.append, name)) for name in "ab"]
    assert take_turns(ways, 3) == {"a": [1, 4, 5], "b": [2, 3, 6]}
    assert "".join(order) == "abbaab"


def test_figures() -> None:
    costs = [Cost(1, 4, 10), Cost(3, 5, 30), Cost(2, 9, 20)]
    assert median(costs) == Cost(2, 5, 30)
    assert together(costs) == Cost(6, 18, 30)
    assert ratio([1, 3, 8], [1, 1, 2]) == 3


def test_bars() -> None:
    assert Bar("", 0.2, 0.2).is_met
    assert not Bar("", 0.21, 0.2).is_met
    assert Bar("", 6, 6, at_most=False).is_met
    assert not Bar("", 5.9, 6, at_most=False).is_met


def test_a_report_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    machine = describe_machine(["packaging"])
    table = Table("Title", ("way", "s"), [("a", "1.00")], "Note.")
    report = Report("name", machine, [table], [Bar("fast", 2, 1)], {"costs": {"a": [1]}})
    write_report(report, tmp_path)
    text = (tmp_path / "name.md").read_text()
    assert text == render_report(report)
    assert capsys.readouterr().out.strip() == text.strip()
    assert sentence(machine) in text
    assert "| fast | 2.00 times | ≤ 1 | **no** |" in text
    assert "### Title\n\nNote.\n\n| way | s |\n| --- | ---: |\n| a | 1.00 |\n" in text
    facts = json.loads((tmp_path / "name.json").read_text())
    assert facts["bars"][0]["is_met"] is False
    assert facts["costs"] == {"a": [1]}
    assert facts["machine"] == machine


def test_a_plot_is_the_same_again(tmp_path: Path) -> None:
    panels = [Panel("First", {"floor": 1.0, "other": 2.5}, "s"), Panel("Second", {"one": 1}, "s")]
    for folder in ("a", "b"):
        write_plot("plot", panels, {"floor": BARE}, tmp_path / folder)
    svg = (tmp_path / "a" / "plot.svg").read_text()
    assert svg == (tmp_path / "b" / "plot.svg").read_text()
    assert all(word in svg for word in ("First, s", "Second, s", "floor", "other", "2.5", BARE))
    assert "#000000" not in svg, "black cannot be read on black"


def test_how_cores_were_filled(tmp_path: Path) -> None:
    assert parse_spans(LOG) == [(0.01, 2.01), (0.02, 3.01)]
    assert read_compiling(tmp_path, Cost(4, 5, 1), 2) is None
    (tmp_path / "build" / "ffiwheel").mkdir(parents=True)
    (tmp_path / "build" / "ffiwheel" / ".ninja_log").write_text(LOG)
    assert read_compiling(tmp_path, Cost(4, 6, 1), 2) == pytest.approx((3.0, 5.0, 5 / 6))


def test_limits_are_found_where_there_is_something_to_compare() -> None:
    assert find_limits({}, {}) == []
    found: Found = {1: {scenario: {} for scenario in ALL}}
    found[1]["no-op"] = {BUILD: [Cost(0.1, 1, 1)], PIP_KEPT: [Cost(0.5, 1, 1)]}
    bars = {bar.name: bar for bar in find_limits(found, {50: Compiling(10, 19, 0.95)})}
    assert len(bars) == 3
    assert bars[f"nothing changed: `{BUILD}`"].is_met
    slow = bars[f"nothing changed: {PIP_KEPT}, to `{BUILD}`"]
    assert (slow.value, slow.is_met) == (5, False)
    for limit in LIMITS:
        measured = {tool.name: tool.measured for tool in list_tools({})}
        for way in filter(None, (limit.way, limit.to)):
            assert limit.scenario in measured[way][limit.size], limit


def test_tables_and_panels() -> None:
    found: Found = {10: {scenario: {} for scenario in ALL}}
    found[10]["clean"] = {FLOOR: [Cost(2, 3, 100)], DEVELOP: [Cost(3, 3, 120)]}
    [table] = render_tables(found, {10: Compiling(2, 3, 0.75)})
    assert table.title == "10 files, from nothing"
    assert "75%" in table.note
    assert [f"**{DEVELOP}**", "3.00", "3.00", "3.00", "1.50", "3.00", "1.00", "120"] in table.rows
    assert render_panels(found) == []
    found[1] = found[10]
    [panel] = render_panels(found)
    assert panel.title == "1 file, from nothing"
    assert panel.values == {FLOOR: 2, DEVELOP: 3}


@pytest.mark.parametrize("write", [write_plain, write_guide, write_nanobind])
@pytest.mark.parametrize("files", [1, 3])
def test_projects_can_be_edited(tmp_path: Path, write: object, files: int) -> None:
    assert callable(write)
    project = write(tmp_path, files)
    sources = sorted((tmp_path / "src").glob("*.cc"))
    assert len(sources) == files
    before = sources[0].read_text()
    project.edit_source(7)
    assert sources[0].read_text() == before.replace("+ 1000", "+ 1007") != before
    project.edit_source(8)
    assert "+ 1008" in sources[0].read_text()
    project.edit_header(9)
    assert "SHARED 9" in (tmp_path / "src" / "shared.h").read_text()
    assert all('"shared.h"' in source.read_text() for source in sources)
