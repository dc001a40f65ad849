"""How long asking for the version takes, beside git, bare Python and the tools that do the same.

Two histories are made: 10,000 commits with 200 tags, and one whose only tag is 100,000 commits
back. Each is asked without a commit-graph, as in a fresh clone, and with one, as `git gc` leaves
it. All programs are installed in one environment and take turns, so that a machine that gets
slower slows all of them. The tables show medians, and their ratio to the floor: one
`git describe` and the start of Python, one after the other.

The figures are written to `build/bench/version.json`, too.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import tempfile
import time
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUNDS = 15
REPOSITORY = Path(__file__).resolve().parents[1]
RESULT = REPOSITORY / "build" / "bench" / "version.json"
PEERS = ("setuptools-scm", "versioningit", "dunamai", "hatchling", "hatch-vcs")
FILES = 50

PYPROJECT = """\
[build-system]
requires = ["hatchling", "hatch-vcs"]
build-backend = "hatchling.build"
[project]
name = "hello"
dynamic = ["version"]
[tool.ffiwheel.version]
tag-prefix = "v"
[tool.setuptools_scm]
[tool.versioningit]
[tool.hatch.version]
source = "vcs"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A line of commits, some of them tagged."""

    title: str
    commits: int
    tags: dict[int, str]
    """Number of a commit, counted from 1 -> its tag."""


HISTORIES = (
    History(
        title="10,000 commits, 200 tags, the last one 50 commits back",
        commits=10_000,
        tags={50 * n: f"v{n // 10}.{n % 10}.0" for n in range(1, 200)} | {1: "v0.0.1"},
    ),
    History(title="one tag, 100,000 commits back", commits=100_010, tags={10: "v1.0.0"}),
)


def render_history(history: History) -> Iterator[str]:
    """Yield what `git fast-import` is to read."""
    for number in range(1, history.commits + 1):
        date = 1_600_000_000 + 60 * number
        yield f"commit refs/heads/main\ncommitter A <a@example.org> {date} +0000\ndata 1\nc\n"
        if number == 1:
            yield f"M 644 inline pyproject.toml\ndata {len(PYPROJECT)}\n{PYPROJECT}\n"
        text = str(number)
        yield f"M 644 inline f{number % FILES}/file.txt\ndata {len(text)}\n{text}\n"
        if number in history.tags:
            yield f"reset refs/tags/{history.tags[number]}\nfrom refs/heads/main\n\n"


def make_repository(folder: Path, history: History) -> None:
    """Make a repository with `history`, checked out, without a commit-graph."""
    git = ("git", "-C", str(folder), "-c", "gc.auto=0")
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", folder], check=True)
    stream = "".join(render_history(history)).encode()
    subprocess.run([*git, "fast-import", "--quiet"], input=stream, check=True)
    subprocess.run([*git, "reset", "--quiet", "--hard"], check=True)
    subprocess.run([*git, "pack-refs", "--all"], check=True)


def make_environment(folder: Path) -> Path:
    """Return the folder of programs in an environment with ffiwheel and the other tools."""
    venv.create(folder, with_pip=True)
    programs = folder / "bin"
    pip = (programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    subprocess.run([*pip, REPOSITORY, *PEERS], check=True)
    return programs


def list_contenders(programs: Path) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Return what is measured: the commands that are run one after the other."""
    python, bare = str(programs / "python"), (str(programs / "python"), "-c", "pass")
    describe = ("git", "describe", "--tags", "--dirty", "--long")
    return {
        "`python -c pass`": (bare,),
        "`git describe --tags --dirty --long`": (describe,),
        "floor: both": (describe, bare),
        "**`ffiwheel version`**": ((str(programs / "ffiwheel"), "version"),),
        "`python -m setuptools_scm`": ((python, "-m", "setuptools_scm"),),
        "`versioningit`": ((str(programs / "versioningit"),),),
        "`dunamai from git`": ((str(programs / "dunamai"), "from", "git"),),
        "`hatchling metadata version` (hatch-vcs)": (
            (str(programs / "hatchling"), "metadata", "version"),
        ),
    }


def milliseconds(commands: tuple[tuple[str, ...], ...], folder: Path) -> float:
    """Return how long `commands` take, which have to succeed."""
    environment = {name: text for name, text in os.environ.items() if name[:6] != "PYTHON"}
    started = time.perf_counter()
    for command in commands:
        subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    return (time.perf_counter() - started) * 1000


def measure(folder: Path, programs: Path) -> dict[str, list[float]]:
    """Return the milliseconds of each contender, round by round, after one that does not count."""
    contenders = list_contenders(programs)
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(ROUNDS + 1):
        for name, commands in contenders.items():
            taken = milliseconds(commands, folder)
            if turn:
                times[name].append(taken)
    return times


def render(times: dict[str, list[float]]) -> str:
    """Return a Markdown table of medians and ratios."""
    medians = {name: statistics.median(found) for name, found in times.items()}
    rows = [
        "| | median ms | min ms | to the floor | to ffiwheel |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for name, found in times.items():
        floor, ours = (medians[one] for one in ("floor: both", "**`ffiwheel version`**"))
        ratios = f"{medians[name] / floor:.2f} | {medians[name] / ours:.2f}"
        rows.append(f"| {name} | {medians[name]:.1f} | {min(found):.1f} | {ratios} |")
    return "\n".join(rows)


def show_versions(programs: Path) -> str:
    """Return the versions of what is measured."""
    code = "import sys, importlib.metadata as m; print(*map(m.version, sys.argv[1:]))"
    asked = [str(programs / "python"), "-c", code, *PEERS]
    found, git = (
        subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
        for command in (asked, ["git", "--version"])
    )
    peers = (f"{name} {version}" for name, version in zip(PEERS, found.split(), strict=True))
    return ", ".join([f"Python {platform.python_version()}", git, *peers])


def main() -> None:
    """Measure, print the tables and write the figures."""
    figures: dict[str, dict[str, list[float]]] = {}
    with tempfile.TemporaryDirectory(prefix="ffiwheel-bench-") as scratch:
        programs = make_environment(Path(scratch) / "environment")
        print(f"{show_versions(programs)}; {os.cpu_count()} processors")
        for number, history in enumerate(HISTORIES):
            folder = Path(scratch) / f"history-{number}"
            make_repository(folder, history)
            for state in ("without a commit-graph", "with a commit-graph"):
                title = f"{history.title}, {state}"
                figures[title] = measure(folder, programs)
                print(f"\n{title}:\n\n{render(figures[title])}", flush=True)
                graph = (
                    "git",
                    "-C",
                    folder,
                    "commit-graph",
                    "write",
                    "--reachable",
                    "--no-progress",
                )
                subprocess.run(graph, check=True)
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(f"{json.dumps(figures, indent=1)}\n")


if __name__ == "__main__":
    main()
