"""What ffiwheel's own work costs as projects grow: by files, by functions, by commits."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

from measuring.cost import Cost, measure, median
from measuring.report import Table
from version import History, make_repository

from building.projects import Project, write_plain
from building.ways import FFIWHEEL, QUIET

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILES = (1, 10, 50, 200)
FUNCTIONS = (10, 100, 1000)
COMMITS = (100, 10_000)
ROUNDS = 3
STEPS = ("version", "compile", "reflect", "bind", "assemble", "audit")
BUILD = (FFIWHEEL, "build")

_SMALL = "int64_t Add(int64_t a, int64_t b) { return a + b + 1000; }\n"
_FIRST = f"""\
#include <tvm/ffi/tvm_ffi.h>

namespace {{
{_SMALL}}}

TVM_FFI_DLL_EXPORT_TYPED_FUNC(add, Add);
"""
_MANY = """\
#include <tvm/ffi/tvm_ffi.h>

namespace {
%s}

TVM_FFI_STATIC_INIT_BLOCK() {
  tvm::ffi::reflection::GlobalDef()
%s;
}
"""
_FUNCTION = """\
/*! \\brief Return the sum, %(number)d times. */
int64_t Add%(number)d(int64_t first, int64_t second = %(number)d) { return first + second; }
"""
_ENTRY = '      .def("my_extension.add_%(number)d", Add%(number)d)'


def measure_scale(folder: Path) -> list[Table]:
    """Return a table for each way to grow."""
    return [
        Table(
            "Cost by files",
            ("sources", "nothing changed s", "processor s", "one edited s", "processor s"),
            [_measure_files(folder / f"files-{count}", count) for count in FILES],
            "`ffiwheel build`. All sources but the first are one line without any header, so that "
            f"what grows is ffiwheel's part. The last one is edited; {ROUNDS} rounds.",
        ),
        Table(
            "Cost by functions",
            ("functions in one file", *(f"{step} s" for step in STEPS), "beside compiling"),
            [_measure_functions(folder / f"functions-{count}", count) for count in FUNCTIONS],
            "The steps of `ffiwheel build` from nothing, one round. The last column is what all "
            "steps but *compile* take, as a part of *compile*.",
        ),
        Table(
            "Cost by commits",
            ("commits", "nothing changed s", "processor s"),
            [_measure_commits(folder / f"commits-{count}", count) for count in COMMITS],
            f"`ffiwheel build` where the version comes from git, one tag at the first commit; "
            f"{ROUNDS} rounds.",
        ),
    ]


def _measure_files(folder: Path, count: int) -> list[str]:
    project = write_plain(folder, count)
    sources = sorted((folder / "src").glob("*.cc"))
    for source in sources[1:]:
        source.write_text("namespace { [[maybe_unused]] int Last() { return 1000; } }\n")
    sources[0].write_text(f"#include <cstdint>\n{_FIRST}")
    measure(BUILD, cwd=folder, env=QUIET)
    nothing = [measure(BUILD, cwd=folder, env=QUIET) for _ in range(ROUNDS)]
    edited = list(_edit_and_build(project, sources[-1]))
    return [str(count), *_cells(nothing), *_cells(edited)]


def _edit_and_build(project: Project, source: Path) -> Iterator[Cost]:
    text = source.read_text(encoding="utf-8")
    for number in range(1, ROUNDS + 1):
        source.write_text(text.replace("1000", str(1000 + number)), encoding="utf-8")
        yield measure(BUILD, cwd=project.folder, env=QUIET)


def _measure_functions(folder: Path, count: int) -> list[str]:
    write_plain(folder, 1)
    numbers = [{"number": number} for number in range(count)]
    bodies = "".join(_FUNCTION % number for number in numbers)
    entries = "\n".join(_ENTRY % number for number in numbers)
    (folder / "src" / "my_extension.cc").write_text(_MANY % (bodies, entries), encoding="utf-8")
    told = subprocess.check_output(
        [*BUILD, "--json"], cwd=folder, text=True, stderr=subprocess.DEVNULL
    )
    seconds = json.loads(told)["seconds"]
    rest = sum(value for name, value in seconds.items() if name != "compile")
    shown = [f"{seconds[step]:.2f}" for step in STEPS]
    return [str(count), *shown, f"{rest / seconds['compile']:.2f}"]


def _measure_commits(folder: Path, count: int) -> list[str]:
    make_repository(folder, History(title="", commits=count, tags={1: "v1.0.0"}))
    write_plain(folder, 1)
    settings = folder / "pyproject.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('version = "1.0.0"', 'dynamic = ["version"]'))
    (folder / ".gitignore").write_text("build/\ndist/\n", encoding="utf-8")
    git = ("git", "-C", folder, "-c", "user.name=A", "-c", "user.email=a@example.org")
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "c"], check=True)
    measure(BUILD, cwd=folder, env=QUIET)
    nothing = [measure(BUILD, cwd=folder, env=QUIET) for _ in range(ROUNDS)]
    return [f"{count:,}", *_cells(nothing)]


def _cells(costs: list[Cost]) -> list[str]:
    middle = median(costs)
    return [f"{middle.seconds:.2f}", f"{middle.processor:.2f}"]
