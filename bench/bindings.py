"""What generated bindings cost: a call, an import, and their making; beside `tvm-ffi-stubgen`.

A library with 50 functions is compiled once and bound both ways. Calls of the bare function object
and of the function around it take turns, and the fastest of many rounds counts: what else the
machine does only ever adds. Imports happen in fresh processes that have `tvm_ffi` and the library
already. The making is timed for growing APIs, which shows that it is linear.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
import timeit
from pathlib import Path

import tvm_ffi

from ffiwheel.audit.runtime import compute_range
from ffiwheel.bind.guard import render_guard, render_name_check
from ffiwheel.bind.render import render_bindings
from ffiwheel.config.schema import BindingsTable
from ffiwheel.model.api import (
    Api,
    Class,
    Constructor,
    Field,
    Function,
    Library,
    Method,
    Parameter,
    Signature,
)
from ffiwheel.model.binary import Binary, Import
from ffiwheel.model.types import Type
from ffiwheel.reflect.probe import reflect
from ffiwheel.toolchain.runtime import find_runtime
from ffiwheel.workflow.binaries import read_file

FUNCTIONS = 50
ROUNDS = 40
CALLS = 20_000
IMPORTS = 15
RUNTIME = Path(tvm_ffi.__file__).parent
SIZES = ((125, 12), (250, 25), (500, 50), (1000, 100), (2000, 200))

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


def bind_theirs(library: Path, folder: Path) -> None:
    """Write what `tvm-ffi-stubgen` makes of a library."""
    options = ("--init-pypkg", "fifty", "--init-lib", "fifty", "--init-prefix", "fifty.")
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


def large_api(functions: int, classes: int) -> Api:
    """Return an API of some size, with what real ones have."""
    parameters = (
        Parameter(name="array", type=Type("ffi.Tensor")),
        Parameter(name="sizes", type=Type("ffi.Array", (Type("int"),))),
        Parameter(name="mode", type=Type("ffi.String"), default="'fast'"),
    )
    way = Signature(parameters=parameters, result=Type("ffi.Tensor"))
    doc = "Do it.\n\nThis is done as it has always been done, " + "and then " * 12 + "it is done."
    return Api(
        libraries=(Library(path="pkg/libpkg.so"),),
        functions=tuple(
            Function(name=f"pkg.function_{i}", signatures=(way,), doc=f"{doc} {i}")
            for i in range(functions)
        ),
        classes=tuple(
            Class(
                type_key=f"pkg.Class{i}",
                doc=doc,
                fields=tuple(Field(name=f"field_{j}", type=Type("int")) for j in range(5)),
                methods=tuple(Method(name=f"do_{j}", signatures=(way,)) for j in range(5)),
                constructor=Constructor(signatures=(way,)),
            )
            for i in range(classes)
        ),
    )


def render_seconds(api: Api) -> float:
    """Return how long it takes to write the bindings of an API."""
    spent = []
    for _ in range(5):
        started = time.perf_counter()
        render_bindings(api, "pkg", BindingsTable())
        spent.append(time.perf_counter() - started)
    return min(spent)


def main(folder: Path) -> None:
    """Measure everything, and print tables."""
    library = compile_library(folder)
    bind_ours(library, folder / "ours")
    bind_theirs(library, folder / "theirs")
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
    print("\n| functions | classes | render s | ms per function |\n| ---: | ---: | ---: | ---: |")
    for functions, classes in SIZES:
        spent = render_seconds(large_api(functions, classes))
        print(f"| {functions} | {classes} | {spent:.3f} | {spent / functions * 1e3:.3f} |")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="ffiwheel-bench-") as scratch:
        main(Path(scratch))
