"""The same functions as wheels: bound by ffiwheel, nanobind and pybind11, as each of them tells to.

Those of nanobind and pybind11 are scikit-build-core projects, as in their own examples. Every one
is compiled with `-O2`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import tvm_ffi

from ffiwheel.config.schema import BindingsTable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SOURCES = Path(__file__).with_name("sources")
RUNTIME = Path(tvm_ffi.__file__).parent
UV = Path(sys.executable).with_name("uv")
CAN_ACCELERATE = "accelerate" in BindingsTable._fields
"""Whether this version of ffiwheel has an accelerator to measure."""

OURS = """\
[build-system]
requires = ["ffiwheel"]
build-backend = "ffiwheel.backend"

[project]
name = "{name}"
version = "1.0.0"
dependencies = ["apache-tvm-ffi>=0.1.13.post2"]

[tool.ffiwheel]
sources = ["src/*.cc"]
"""
THEIRS = """\
[build-system]
requires = ["scikit-build-core", "{framework}"{more}]
build-backend = "scikit_build_core.build"

[project]
name = "{name}"
version = "1.0.0"

[tool.scikit-build]
wheel.py-api = "{api}"
cmake.define.CMAKE_CXX_FLAGS_RELEASE = "-O2 -DNDEBUG"
"""
CMAKE_LISTS = """\
cmake_minimum_required(VERSION 3.18...3.30)
project({name} LANGUAGES CXX)
set(CMAKE_CXX_STANDARD 17)
find_package(Python REQUIRED COMPONENTS Interpreter Development.Module
             OPTIONAL_COMPONENTS Development.SABIModule)
find_package({framework} CONFIG REQUIRED)
{framework}_add_module({name} {options} calls.cc)
install(TARGETS {name} LIBRARY DESTINATION .)
"""


@dataclass(frozen=True, slots=True)
class Flow:
    """How one of the others makes wheels."""

    name: str
    """What tables call it."""
    framework: str
    options: str = ""
    """Of its CMake function."""
    api: str = ""
    """The oldest Python of a wheel for all later ones, as a tag; nothing: a wheel for each."""
    more: Sequence[str] = field(default=())
    """What else it needs to build."""

    def write(self, folder: Path) -> Path:
        """Write the project."""
        folder.mkdir(parents=True)
        known = {
            "name": f"calls_{self.framework}",
            "framework": self.framework,
            "options": self.options,
            "api": self.api,
            "more": "".join(f', "{one}"' for one in self.more),
        }
        (folder / "pyproject.toml").write_text(THEIRS.format(**known))
        (folder / "CMakeLists.txt").write_text(CMAKE_LISTS.format(**known))
        shutil.copy(SOURCES / f"{self.framework}.cc", folder / "calls.cc")
        return folder


FAST_NANOBIND = Flow("nanobind", "nanobind", "NB_STATIC NOMINSIZE")
"""For speed; nanobind's own default is to be small."""
FLOWS = (
    Flow("nanobind", "nanobind", "NB_STATIC"),
    Flow("nanobind, stable ABI", "nanobind", "STABLE_ABI NB_STATIC", "cp312"),
    Flow(
        "nanobind, backend of its own",
        "nanobind",
        "BACKEND_MODULE nanobind_backend",
        "cp310",
        ("nanobind-backend",),
    ),
    Flow("pybind11", "pybind11"),
)
PYBIND11 = FLOWS[-1]


def run(*command: str | Path, cwd: Path, env: Mapping[str, str] | None = None) -> None:
    """Run a command; end with what it said if it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"error: {' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}"[-4000:])


def build_ours(name: str, folder: Path, bindings: str = "", source: str = "") -> Path:
    """Build a package of that name with ffiwheel, and return its wheel."""
    text = source or (SOURCES / "ffiwheel.cc").read_text()
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "calls.cc").write_text(text.replace("PACKAGE", name))
    table = f"\n[tool.ffiwheel.bindings]\n{bindings}\n" if bindings else ""
    (folder / "pyproject.toml").write_text(OURS.format(name=name) + table)
    run(sys.executable, "-m", "ffiwheel", "build", "--outdir", "dist", cwd=folder)
    [wheel] = (folder / "dist").glob("*.whl")
    return wheel


def build_theirs(flow: Flow, python: Path, folder: Path) -> Path:
    """Build a wheel as one of the others does, for a Python, and return it."""
    out = folder / "dist"
    command = (UV, "build", "--wheel", "--quiet", "--python", python, "--out-dir", out)
    run(*command, flow.write(folder / "project"), cwd=folder)
    [wheel] = out.glob("*.whl")
    return wheel


def build_ctypes(folder: Path) -> Path:
    """Compile the functions that C can say, and return the library."""
    library = folder / "libcalls_ctypes.so"
    options = ("-O2", "-DNDEBUG", "-fPIC", "-shared", "-s")
    run("c++", *options, SOURCES / "ctypes.cc", "-o", library, cwd=folder)
    return library


def make_environment(python: Path, folder: Path, *packages: str | Path) -> Path:
    """Return the interpreter of a new environment with packages."""
    run(UV, "venv", "--quiet", "--python", python, folder, cwd=Path("/"))
    made = folder / "bin" / "python"
    run(UV, "pip", "install", "--quiet", "--python", made, *packages, cwd=Path("/"))
    return made
