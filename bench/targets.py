"""How long eight targets take, beside the bare compiler, in one run.

The floor is `zig c++` alone, one command per target from source to library, the seconds of all
added up and divided by the cores: a machine that compiles and does nothing else. Each round
compiles sources that no cache has seen; zig's C++ libraries are there from a build before.

Besides the ratio to the floor the table shows what is not compiling (version, bindings, tag, zip,
audit), for each target.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import tvm_ffi
from building.sources import TEMPLATE

from ffiwheel.compile.flags import WINDOWS_FLAGS
from ffiwheel.model.binary import Format
from ffiwheel.toolchain.runtime import find_runtime
from ffiwheel.toolchain.targets import TABLE
from ffiwheel.toolchain.zig import find_zig_for
from ffiwheel.workflow.runtimes import runtime_for

ROUNDS = 3
REPOSITORY = Path(__file__).resolve().parents[1]
QUICKSTART = REPOSITORY / "examples" / "quickstart"
RUNTIME = Path(tvm_ffi.__file__).parent
TARGETS = [row.target for row in TABLE]
CORES = len(os.sched_getaffinity(0))
FLAGS = ("-std=c++17", "-O2", "-DNDEBUG", "-fvisibility=hidden", "-shared", "-s")


class Round(NamedTuple):
    """Seconds of one round."""

    bare: float
    """Of the bare compiler, all targets one after the other."""
    whole: float
    """Of `ffiwheel build --target all`."""
    rest: float
    """Of all its steps but *compile*."""


def touch(source: Path) -> None:
    """Let a source be one that no cache has seen."""
    text = source.read_text().partition("\n// round ")[0]
    source.write_text(f"{text}\n// round {time.time_ns()}\n")


def compile_bare(source: Path, folder: Path) -> float:
    """Compile and link `source` for every target; return the seconds of all."""
    seconds = 0.0
    for target in TARGETS:
        compiler = find_zig_for(target)
        stub = runtime_for(target, find_runtime(), compiler, "stubs").library
        (folder / target.name).mkdir(parents=True, exist_ok=True)
        special = ["-D__MUSL__"] if target.libc == "musl" else []
        special += list(WINDOWS_FLAGS) if target.format is Format.PE else ["-fPIC"]
        touch(source)
        command = [*compiler.cxx, *FLAGS, *special, "-isystem", str(RUNTIME / "include")]
        out = str(folder / target.name / target.library_name("bare"))
        started = time.perf_counter()
        subprocess.run([*command, str(source), str(stub), "-o", out], check=True)
        seconds += time.perf_counter() - started
    return seconds


def build(project: Path, source: Path) -> tuple[float, float]:
    """Build all targets from nothing; return the seconds, and those outside of *compile*."""
    shutil.rmtree(project / "build", ignore_errors=True)
    touch(source)
    command = (sys.executable, "-m", "ffiwheel", "build", "--target", "all", "--json")
    started = time.perf_counter()
    answer = subprocess.run(command, cwd=project, check=True, capture_output=True)
    whole = time.perf_counter() - started
    return whole, whole - json.loads(answer.stdout)["seconds"]["compile"]


def measure(project: Path, source: Path, folder: Path) -> list[Round]:
    """Return the seconds of each round; one before them warms all caches."""
    build(project, source)
    compile_bare(source, folder)
    return [Round(compile_bare(source, folder), *build(project, source)) for _ in range(ROUNDS)]


def render(name: str, rounds: list[Round]) -> list[str]:
    """Return the rows of a project: medians."""
    floor = statistics.median(one.bare for one in rounds) / CORES
    whole = statistics.median(one.whole for one in rounds)
    rest = statistics.median(one.rest for one in rounds)
    ratio = statistics.median(one.whole / (one.bare / CORES) for one in rounds)
    return [f"| {name} | {floor:.2f} | {whole:.2f} | {ratio:.2f} | {rest / len(TARGETS):.2f} |"]


def main() -> None:
    """Measure the template of plain sources, and the quickstart, which is a CMake project."""
    print(f"{len(TARGETS)} targets, {CORES} cores, {ROUNDS} rounds, medians")
    print("| project | floor s | all targets s | ratio | beside compiling, s a target |")
    print("| --- | ---: | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory(prefix="ffiwheel-bench-") as scratch:
        place = Path(scratch)
        for name, sample, file in (
            ("plain sources", TEMPLATE, "src/my_extension.cc"),
            ("quickstart, CMake", QUICKSTART, "src/extension.cc"),
        ):
            project = place / sample.name
            shutil.copytree(sample, project, ignore=shutil.ignore_patterns("build", "dist"))
            settings = project / "pyproject.toml"
            text = settings.read_text().replace('dynamic = ["version"]', 'version = "1.0.0"')
            settings.write_text(text)
            print("\n".join(render(name, measure(project, project / file, place / "bare"))))


if __name__ == "__main__":
    main()
