"""What a call costs, and an import; beside bare TVM-FFI, nanobind, pybind11 and ctypes.

The same functions are bound each way and built as wheels. Calls take turns in one process: the
processor time of a thread, so other work on the machine does not count. Imports are whole fresh
processes. Where this version of ffiwheel has an accelerator, it is measured with the GIL released
and held, beside the package without it.

`--rounds=5` measures that often, `--python=PATH` with another Python, `--pythons=3.12,3.13` builds
releases for these only, `--no-wheels` builds none, `--torch=REQUIREMENT` measures imports once more
with PyTorch installed (pip gets it; `torch` from PyPI is some gigabytes), and `--out=FOLDER` writes
the results elsewhere than into the docs. The whole takes some minutes, and needs PyPI.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from calling.imports import list_imports, measure_imports
from calling.limits import RELEASED, Calls, find_limits
from calling.pages import render_calls, render_imports, render_panels, render_wheels
from calling.projects import (
    CAN_ACCELERATE,
    FAST_NANOBIND,
    PYBIND11,
    build_ctypes,
    build_ours,
    build_theirs,
    make_environment,
    run,
)
from calling.wheels import build_all, find_pythons
from measuring.machine import describe_machine
from measuring.plot import BARE, OURS, write_plot
from measuring.report import DOCS, Report, render_bars, write_report

if TYPE_CHECKING:
    from calling.imports import Imports
    from calling.wheels import Wheels
    from measuring.plot import Panel
    from measuring.report import Table

REPOSITORY = Path(__file__).resolve().parents[1]
TIMING = Path(__file__).with_name("calling") / "timing.py"
ACCELERATE = "accelerate = true"
HOLD_GIL = 'hold-gil = ["*"]'
CALLS = 20_000
"""How often each way is called in its turn."""
IMPORTS = 21
"""How many processes each way gets, unless fewer rounds are asked for."""
BINDINGS = 100
"""How many more functions a library has in which the bytes of a binding are counted."""
PACKAGES = ("numpy", "nanobind", "pybind11")
"""What is in an environment beside the packages that are measured."""


class Built(NamedTuple):
    """What is measured."""

    ours: Path
    """The wheel of the package without the accelerator."""
    wheels: list[Path]
    library: Path
    """For ctypes."""


def build_packages(python: Path, folder: Path) -> Built:
    """Build the functions in every way."""
    ours = build_ours("calls_plain", folder / "plain")
    wheels = [ours, build_quickstart(folder / "quickstart")]
    if CAN_ACCELERATE:
        wheels.append(build_ours("calls_fast", folder / "fast", ACCELERATE))
        wheels.append(build_ours("calls_held", folder / "held", f"{ACCELERATE}\n{HOLD_GIL}"))
    for flow in (FAST_NANOBIND, PYBIND11):
        (folder / flow.framework).mkdir()
        wheels.append(build_theirs(flow, python, folder / flow.framework))
    return Built(ours, wheels, build_ctypes(folder))


def build_quickstart(folder: Path) -> Path:
    """Build the example of the TVM-FFI guide."""
    source = REPOSITORY / "examples" / "quickstart"
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("build", "dist"))
    if CAN_ACCELERATE:
        settings = folder / "pyproject.toml"
        settings.write_text(f"{settings.read_text()}\n[tool.ffiwheel.bindings]\n{ACCELERATE}\n")
    run(sys.executable, "-m", "ffiwheel", "build", "--outdir", "dist", cwd=folder)
    [wheel] = (folder / "dist").glob("*.whl")
    return wheel


def time_calls(python: Path, library: Path, rounds: int) -> Calls:
    """Return the nanoseconds of each call, each way, round by round."""
    command = [str(python), str(TIMING), str(library), str(rounds), str(CALLS)]
    found: Calls = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return found


def measure_binding(folder: Path) -> float:
    """Return how many bytes a generated binding adds to a library that is stripped."""
    size = {
        (functions, word): library_size(functions, word, folder / f"{functions}-{word}")
        for functions in (1, 1 + BINDINGS)
        for word in ("true", "false")
    }
    more = {word: size[1 + BINDINGS, word] - size[1, word] for word in ("true", "false")}
    return (more["true"] - more["false"]) / BINDINGS


def library_size(functions: int, word: str, folder: Path) -> int:
    """Return the bytes of a library with so many functions, with the accelerator or without."""
    define = '  .def("PACKAGE.f%d", [](int64_t x, double y) { return x + y; })\n'
    source = (
        "#include <tvm/ffi/tvm_ffi.h>\nTVM_FFI_STATIC_INIT_BLOCK() {\n"
        "  tvm::ffi::reflection::GlobalDef()\n"
        + "".join(define % number for number in range(functions))
        + ";\n}\n"
    )
    wheel = build_ours("calls_many", folder, f"accelerate = {word}", source)
    shutil.unpack_archive(wheel, folder / "unpacked", "zip")
    [library] = (folder / "unpacked" / "calls_many").glob("*.so")
    return library.stat().st_size


def time_imports(
    built: Built, python: Path, torch: Path | None, rounds: int, *, accelerated: bool
) -> dict[str, Imports]:
    """Return what imports cost, by what is installed beside."""
    ways = list_imports(built.library, accelerated=accelerated)
    found = {"": measure_imports(python, ways, rounds)}
    if torch:
        found[" beside PyTorch"] = measure_imports(torch, ways, rounds)
    return found


def read_options() -> argparse.Namespace:
    """Return the options that were given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=31, help="how often calls are measured")
    parser.add_argument("--python", type=Path, default=Path(sys.executable), help="with what")
    parser.add_argument("--pythons", default="", help="for which releases are built")
    parser.add_argument("--no-wheels", action="store_true", help="build no releases")
    parser.add_argument("--torch", default="", help="a requirement of PyTorch")
    parser.add_argument("--out", type=Path, default=DOCS, help="where to write the results")
    return parser.parse_args()


def make_with_torch(options: argparse.Namespace, folder: Path, wheels: list[Path]) -> Path:
    """Return the interpreter of an environment that has PyTorch as well."""
    made = make_environment(options.python, folder, *wheels, *PACKAGES, "pip")
    run(made, "-m", "pip", "install", "--quiet", options.torch, cwd=folder)
    return made


def describe(python: Path) -> dict[str, str]:
    """Return what the figures belong to."""
    names = ("apache-tvm-ffi", "numpy", "nanobind", "pybind11")
    ask = (
        "import platform; from importlib.metadata import version; "
        f"print(platform.python_version(), *map(version, {names}))"
    )
    said = subprocess.run([python, "-c", ask], check=True, capture_output=True, text=True).stdout
    return {
        **describe_machine(),
        **dict(zip(("Python", *names), said.split(), strict=True)),
        "ffiwheel": metadata.version("ffiwheel"),
    }


def weigh_releases(ours: Path, wanted: str, folder: Path) -> tuple[Table, dict[str, Wheels]]:
    """Return the table of releases, and the wheels of each."""
    pythons = find_pythons(Path(sys.base_prefix), wanted)
    found = build_all(ours, pythons, folder)
    return render_wheels(found, pythons), found


def measure_all(options: argparse.Namespace, place: Path) -> tuple[Report, list[Panel]]:
    """Return all that is found, and what of it is drawn."""
    built = build_packages(options.python, place)
    packages: list[str | Path] = [*built.wheels, *PACKAGES]
    python = make_environment(options.python, place / "environment", *packages)
    torch = make_with_torch(options, place / "torch", built.wheels) if options.torch else None
    machine = describe(python)
    calls = time_calls(python, built.library, options.rounds)
    accelerated = RELEASED in calls["int → int"]
    times = min(IMPORTS, options.rounds)
    imports = time_imports(built, python, torch, times, accelerated=accelerated)
    tables = [render_calls(calls), *(render_imports(found, at) for at, found in imports.items())]
    wheels: dict[str, Wheels] = {}
    if not options.no_wheels:
        table, wheels = weigh_releases(built.ours, options.pythons, place / "releases")
        tables.append(table)
    binding = measure_binding(place / "many") if accelerated else None
    bars = find_limits(calls, imports, binding)
    facts = {"nanoseconds": calls, "seconds, processor seconds, MB": imports, "bytes": wheels}
    if not accelerated:
        print(f"without an accelerator:\n{render_bars(bars)}", file=sys.stderr)
    report = Report("calls", machine, tables, bars if accelerated else (), facts)
    return report, render_panels(calls, imports[""])


def main() -> None:
    """Measure, and write the results."""
    options = read_options()
    with tempfile.TemporaryDirectory(prefix="ffiwheel-bench-") as scratch:
        report, panels = measure_all(options, Path(scratch))
    write_report(report, options.out)
    write_plot(
        "calls", panels, {"ffiwheel": OURS, "quickstart": OURS, "tvm_ffi": BARE}, options.out
    )


if __name__ == "__main__":
    main()
