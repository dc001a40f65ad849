"""How long a build takes, beside the bare compiler and scikit-build-core, in one run.

Every way builds the same extension (the template `cpu`) from nothing and again with nothing
changed. The ways take turns, so that a machine that gets slower slows all of them; the table shows
medians and their ratio to the floor, which is what the compiler, the linker and zip need alone.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import tvm_ffi

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 5
REPOSITORY = Path(__file__).resolve().parents[1]
TEMPLATE = REPOSITORY / "src" / "ffiwheel" / "scaffold" / "templates" / "cpu"
RUNTIME = Path(tvm_ffi.__file__).parent

CMAKE_LISTS = """\
cmake_minimum_required(VERSION 3.18)
project(my_extension LANGUAGES CXX)
find_package(Python COMPONENTS Interpreter REQUIRED)
execute_process(COMMAND "${Python_EXECUTABLE}" -m tvm_ffi.config --cmakedir
                OUTPUT_VARIABLE tvm_ffi_ROOT OUTPUT_STRIP_TRAILING_WHITESPACE)
find_package(tvm_ffi CONFIG REQUIRED)
add_library(my_extension SHARED src/my_extension.cc)
tvm_ffi_configure_target(my_extension)
install(TARGETS my_extension DESTINATION my_extension)
"""
GUIDE_PYPROJECT = """\
[build-system]
requires = ["scikit-build-core", "apache-tvm-ffi"]
build-backend = "scikit_build_core.build"
[project]
name = "my-extension"
version = "1.0.0"
dependencies = ["apache-tvm-ffi"]
[tool.scikit-build]
wheel.py-api = "py3"
wheel.packages = ["python/my_extension"]
build-dir = "build"
"""


def run(*command: str | Path, cwd: Path, **variables: str) -> None:
    """Run a command that has to succeed."""
    subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        check=True,
        capture_output=True,
        env={**os.environ, **variables},
    )


def build_floor(project: Path) -> None:
    """Compile, link and zip, with the options that ffiwheel gives."""
    out = project / "floor"
    out.mkdir(exist_ok=True)
    flags = ("-std=c++17", "-O2", "-DNDEBUG", "-fPIC", "-fvisibility=hidden")
    include = f"-I{RUNTIME / 'include'}"
    run("c++", *flags, include, "-c", "src/my_extension.cc", "-o", out / "a.o", cwd=project)
    link = ("-shared", "-s", "-Wl,-z,now", f"-L{RUNTIME / 'lib'}", "-ltvm_ffi")
    run("c++", out / "a.o", *link, "-o", out / "liba.so", cwd=project)
    shutil.make_archive(str(out / "wheel"), "zip", project / "python")


def build_ffiwheel(project: Path) -> None:
    """Run `ffiwheel build`."""
    run(sys.executable, "-m", "ffiwheel", "build", cwd=project)


def build_pip(project: Path) -> None:
    """Run `pip wheel` with scikit-build-core, the folder kept, as the TVM-FFI guide has it."""
    options = ("--no-deps", "--no-build-isolation", "-w", "dist")
    run(sys.executable, "-m", "pip", "wheel", *options, ".", cwd=project)


def prepare_plain(folder: Path) -> Path:
    """Copy the template, with a version that needs no git."""
    project = folder / "plain"
    shutil.copytree(TEMPLATE, project)
    file = project / "pyproject.toml"
    file.write_text(file.read_text().replace('dynamic = ["version"]', 'version = "1.0.0"'))
    return project


def prepare_guide(folder: Path) -> Path:
    """Wire the same sources as the TVM-FFI guide does."""
    project = folder / "guide"
    shutil.copytree(TEMPLATE, project)
    (project / "CMakeLists.txt").write_text(CMAKE_LISTS)
    (project / "pyproject.toml").write_text(GUIDE_PYPROJECT)
    return project


def seconds(action: Callable[[], None]) -> float:
    """Return how long `action` takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def measure(folder: Path) -> dict[str, list[float]]:
    """Return the seconds of each way, clean and with nothing changed, round by round."""
    plain, guide = prepare_plain(folder), prepare_guide(folder)
    times: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for project in (plain, guide):
            for made in ("build", "dist", "floor"):
                shutil.rmtree(project / made, ignore_errors=True)
        for name, action in {
            "floor: c++ and zip": lambda: build_floor(plain),
            "ffiwheel build": lambda: build_ffiwheel(plain),
            "ffiwheel build, nothing changed": lambda: build_ffiwheel(plain),
            "pip wheel, scikit-build-core": lambda: build_pip(guide),
            "pip wheel, nothing changed": lambda: build_pip(guide),
        }.items():
            times.setdefault(name, []).append(seconds(action))
    return times


def render(times: dict[str, list[float]]) -> str:
    """Return a Markdown table of medians and ratios."""
    floor = statistics.median(times["floor: c++ and zip"])
    rows = ["| way | median s | min s | max s | ratio |", "| --- | ---: | ---: | ---: | ---: |"]
    for name, found in times.items():
        median = statistics.median(found)
        spread = f"{min(found):.2f} | {max(found):.2f}"
        rows.append(f"| {name} | {median:.2f} | {spread} | {median / floor:.2f} |")
    return "\n".join(rows)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="ffiwheel-bench-") as scratch:
        print(render(measure(Path(scratch))))
