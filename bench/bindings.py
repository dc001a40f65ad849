"""What generated bindings cost: a call, an import, and their making; beside `tvm-ffi-stubgen`.

A library with 50 functions is compiled once and bound both ways. Calls of the bare function object
and of the function around it take turns, and the fastest of many rounds counts: what else the
machine does only ever adds. Imports happen in fresh processes that have `tvm_ffi` and the library
already. Their making, from the library and its sources to the text of the modules, is timed for
libraries of growing size, and so is the generator's whole process.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
import timeit
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import tvm_ffi
from source_reader import FUNCTIONS as FUNCTIONS_OF_FILE
from source_reader import make_sources

from ffiwheel.audit.runtime import compute_range
from ffiwheel.bind.guard import render_guard, render_name_check
from ffiwheel.bind.render import render_bindings
from ffiwheel.config.schema import BindingsTable
from ffiwheel.model.binary import Binary, Import
from ffiwheel.reflect.join import join_source
from ffiwheel.reflect.probe import reflect
from ffiwheel.reflect.source.reader import read_sources
from ffiwheel.toolchain.runtime import find_runtime
from ffiwheel.workflow.binaries import read_file

FUNCTIONS = 50
ROUNDS = 1_000
CALLS = 1_000
IMPORTS = 15
RUNTIME = Path(tvm_ffi.__file__).parent
FILES = (25, 50, 100)
"""How many sources each of the large libraries has."""
TOGETHER = 25
"""How many sources are compiled at once."""
MAKINGS = 5

SOURCE = """\
#include <tvm/ffi/tvm_ffi.h>
TVM_FFI_STATIC_INIT_BLOCK() {
  tvm::ffi::reflection::GlobalDef()
%s;
}
"""
DEFINITION = """\
      .def("fifty.f%d", [](int64_t x, int64_t y) { return x + y; },
           tvm::ffi::reflection::Metadata{{"args", "x, y=1"}, {"doc", "Add."}})"""
IMPORT = """\
import time, tvm_ffi
tvm_ffi.load_module(%r)
started = time.perf_counter()
import fifty
print(time.perf_counter() - started)
assert fifty.f0(1, 2) == 3
"""


def compile_library(folder: Path) -> Path:
    """Compile the library, and return where it is."""
    source, library = folder / "fifty.cc", folder / "libfifty.so"
    source.write_text(SOURCE % "\n".join(DEFINITION % i for i in range(FUNCTIONS)))
    options = ("-std=c++17", "-O2", "-fPIC", "-shared", f"-I{RUNTIME / 'include'}")
    link = (f"-L{RUNTIME / 'lib'}", "-ltvm_ffi", "-o", str(library))
    subprocess.run(["c++", *options, str(source), *link], check=True)
    return library


def bind_ours(library: Path, folder: Path) -> None:
    """Write our bindings of a library."""
    archive = f"fifty/{library.name}"
    binary = read_file(library, archive)
    api = reflect({archive: (library, binary)}, find_runtime())
    for name, content in render_bindings(api, "fifty", BindingsTable()).files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / "fifty" / library.name).symlink_to(library)  # a copy would register twice


def bind_theirs(library: Path, folder: Path, name: str) -> None:
    """Write what `tvm-ffi-stubgen` makes of a library."""
    options = ("--init-pypkg", name, "--init-lib", name, "--init-prefix", f"{name}.")
    command = [sys.executable, "-m", "tvm_ffi.stub.cli", str(folder), "--dlls", str(library)]
    subprocess.run([*command, *options], check=True, capture_output=True)


def import_seconds(library: Path, folder: Path) -> list[float]:
    """Return how long `import fifty` takes in fresh processes, its bytecode written before."""
    settings = {"PYTHONPATH": str(folder), "LD_LIBRARY_PATH": str(library.parent)}
    env = {**os.environ, **settings, "PYTHONDONTWRITEBYTECODE": ""}
    code = IMPORT % str(library)
    said = [
        subprocess.run(
            [sys.executable, "-c", code], env=env, check=True, capture_output=True, text=True
        ).stdout
        for _ in range(IMPORTS + 1)
    ]
    return [float(text) for text in said[1:]]


def call_nanoseconds(folder: Path) -> dict[str, float]:
    """Return how long a call takes, in the fastest of many rounds."""
    sys.path.insert(0, str(folder))
    import fifty  # type: ignore[import-not-found]  # noqa: PLC0415 - made a moment ago

    bare = tvm_ffi.get_global_func("fifty.f0")
    ways = {
        "bare f(1, 2)": (bare, "f(1, 2)"),
        "full f(1, 2)": (fifty.f0, "f(1, 2)"),
        "full f(1)": (fifty.f0, "f(1)"),
        "full f(1, y=2)": (fifty.f0, "f(1, y=2)"),
    }
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(ROUNDS):
        for name, (function, call) in ways.items():
            spent = timeit.timeit(call, globals={"f": function}, number=CALLS)
            best[name] = min(best[name], spent / CALLS * 1e9)
    return best


def guard_microseconds() -> dict[str, float]:
    """Return how long the checks before loading take, where they pass."""
    binary = Binary(arch="x86_64", imports=(Import("TVMFFIBigIntFromByteArray"),))
    checks = {
        "which release of the runtime": render_guard(compute_range(binary), "pkg", "tvm_ffi"),
        "whether a name is taken": render_name_check('"pkg.name"', '"libpkg.so"', "tvm_ffi"),
    }
    return {
        name: min(timeit.repeat("\n".join(lines), "import tvm_ffi", number=CALLS, repeat=ROUNDS))
        / CALLS
        * 1e6
        for name, lines in checks.items()
    }


def write_sources(folder: Path) -> None:
    """Write the sources of the largest library, and files that put them together."""
    for name, content in make_sources(max(FILES)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    for first in range(0, max(FILES), TOGETHER):
        numbers = range(first, first + TOGETHER)
        text = "".join(f'#include "src/ops_{number}.cc"\n' for number in numbers)
        (folder / f"all_{first}.txt").write_text(text)


def compile_large(folder: Path) -> dict[int, Path]:
    """Compile the sources, and return the library for each number of them."""
    write_sources(folder)
    firsts = range(0, max(FILES), TOGETHER)
    folders = (f"-I{RUNTIME / 'include'}", "-Iinclude", "-I.")
    options = ("-std=c++17", "-O0", "-fPIC", "-fvisibility=hidden", "-fno-gnu-unique", *folders)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for done in [
            pool.submit(
                subprocess.run,
                ["c++", *options, "-xc++", "-c", f"all_{first}.txt", "-o", f"all_{first}.o"],
                check=True,
                cwd=folder,
            )
            for first in firsts
        ]:
            done.result()
    libraries = {files: folder / str(files) / "libbench.so" for files in FILES}
    for files, library in libraries.items():
        library.parent.mkdir()
        objects = [f"all_{first}.o" for first in firsts if first < files]
        link = ("-shared", "-s", f"-L{RUNTIME / 'lib'}", "-ltvm_ffi", "-o", str(library))
        subprocess.run(["c++", *objects, *link], check=True, cwd=folder)
    return libraries


class Making(NamedTuple):
    """The seconds that bindings took to be made."""

    total: float
    reflect: float = 0.0
    """The library is loaded in a child process, and its answer decoded."""
    read: float = 0.0
    """The sources are read."""
    write: float = 0.0
    """What both say is joined, and the modules and stubs are written."""
    processor: float = 0.0


def make_ours(library: Path, files: int) -> Making:
    """Make bindings, in a process that has made none before."""
    sources = make_sources(files)
    start, busy = time.perf_counter(), processor_seconds()
    mentions = read_sources(sources)
    read = time.perf_counter()
    binary = read_file(library, "bench/libbench.so")
    attributes = [one.name for one in mentions if one.kind == "attribute"]
    api = reflect({"bench/libbench.so": (library, binary)}, find_runtime(), attributes)
    reflected = time.perf_counter()
    named, findings = join_source(api, mentions)
    rendered = render_bindings(named, "bench", BindingsTable())
    end = time.perf_counter()
    assert not findings
    assert len(rendered.names) == files * (FUNCTIONS_OF_FILE + 1)
    assert b"factor: float = 1.0" in rendered.files["bench/_ffi_api.pyi"]
    spent = processor_seconds() - busy
    return Making(end - start, reflected - read, read - start, end - reflected, spent)


def make_theirs(library: Path, folder: Path) -> Making:
    """Run `tvm-ffi-stubgen`, from its start to its end."""
    start, busy = time.perf_counter(), processor_seconds()
    bind_theirs(library, folder, "bench")
    return Making(time.perf_counter() - start, processor=processor_seconds() - busy)


def processor_seconds() -> float:
    """Return what this process and the children that it has waited for have used."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def print_makings(folder: Path) -> None:
    """Measure how long bindings take to be made, the fastest of a few times, and print a table."""
    print(
        "\n| functions | classes | reflect s | read s | write s | together s | processor s"
        " | `tvm-ffi-stubgen` s | processor s |\n|" + " ---: |" * 9
    )
    for files, library in compile_large(folder).items():
        with get_context("spawn").Pool(1, maxtasksperchild=1) as fresh:
            ours = min(fresh.apply(make_ours, (library, files)) for _ in range(MAKINGS))
        theirs = min(make_theirs(library, folder / f"{files}-{i}") for i in range(MAKINGS))
        print(
            f"| {files * FUNCTIONS_OF_FILE} | {files} | {ours.reflect:.2f} | {ours.read:.2f}"
            f" | {ours.write:.2f} | {ours.total:.2f} | {ours.processor:.2f}"
            f" | {theirs.total:.2f} | {theirs.processor:.2f} |"
        )


def main(folder: Path) -> None:
    """Measure everything, and print tables."""
    library = compile_library(folder)
    bind_ours(library, folder / "ours")
    bind_theirs(library, folder / "theirs", "fifty")
    calls = call_nanoseconds(folder / "ours")
    bare = calls["bare f(1, 2)"]
    print("| call | ns | more than bare | ratio |\n| --- | ---: | ---: | ---: |")
    for name, spent in calls.items():
        print(f"| {name} | {spent:.0f} | {spent - bare:.0f} | {spent / bare:.2f} |")
    print(f"\n| import of {FUNCTIONS} functions | median ms | min ms |\n| --- | ---: | ---: |")
    for name in ("ours", "theirs"):
        found = import_seconds(library, folder / name)
        print(f"| {name} | {statistics.median(found) * 1e3:.2f} | {min(found) * 1e3:.2f} |")
    print("\n| check before loading | µs |\n| --- | ---: |")
    for name, spent in guard_microseconds().items():
        print(f"| {name} | {spent:.2f} |")
    (folder / "large").mkdir()
    print_makings(folder / "large")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="ffiwheel-bench-") as scratch:
        main(Path(scratch))
