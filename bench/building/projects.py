"""Projects on disk, wired in each of the ways that are compared."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import tvm_ffi

from building.sources import EDITED, HEADER, render_nanobind, render_sources

RUNTIME = Path(tvm_ffi.__file__).parent
CORES = len(os.sched_getaffinity(0))
FLAGS = "-std=c++17 -O2 -DNDEBUG -fPIC -fvisibility=hidden"
LINK = f"-shared -s -Wl,-z,now -L{RUNTIME / 'lib'} -ltvm_ffi"

_PLAIN = """\
[build-system]
requires = ["ffiwheel"]
build-backend = "ffiwheel.backend"
[project]
name = "my-extension"
version = "1.0.0"
dependencies = ["apache-tvm-ffi>=0.1.5"]
[tool.ffiwheel]
sources = ["src/*.cc"]
[tool.ffiwheel.compile]
precompiled-headers = %s
launcher = "none"
"""
_GUIDE = """\
[build-system]
requires = ["scikit-build-core>=0.10.0", "apache-tvm-ffi"]
build-backend = "scikit_build_core.build"
[project]
name = "my-extension"
version = "1.0.0"
dependencies = ["apache-tvm-ffi>=0.1.6"]
[tool.scikit-build]
wheel.py-api = "py3"
wheel.packages = ["python/my_extension"]
wheel.install-dir = "my_extension"
build-dir = "build"
"""
_GUIDE_CMAKE = """\
cmake_minimum_required(VERSION 3.18)
project(my_extension LANGUAGES CXX)
find_package(Python COMPONENTS Interpreter REQUIRED)
find_package(tvm_ffi CONFIG REQUIRED)
file(GLOB sources CONFIGURE_DEPENDS src/*.cc)
add_library(my_extension SHARED ${sources})
tvm_ffi_configure_target(my_extension STUB_DIR "./python" STUB_INIT ON)
install(TARGETS my_extension DESTINATION .)
tvm_ffi_install(my_extension DESTINATION .)
"""
_NANOBIND = """\
[build-system]
requires = ["scikit-build-core>=0.10", "nanobind>=1.3.2"]
build-backend = "scikit_build_core.build"
[project]
name = "my-extension"
version = "1.0.0"
[tool.scikit-build]
minimum-version = "build-system.requires"
build-dir = "build/{wheel_tag}"
wheel.py-api = "cp312"
wheel.packages = ["python/my_extension"]
"""
_NANOBIND_CMAKE = """\
cmake_minimum_required(VERSION 3.15...3.27)
project(my_extension LANGUAGES CXX)
find_package(Python 3.8 REQUIRED COMPONENTS Interpreter Development.Module
             OPTIONAL_COMPONENTS Development.SABIModule)
find_package(nanobind CONFIG REQUIRED)
file(GLOB sources CONFIGURE_DEPENDS src/*.cc)
nanobind_add_module(my_extension STABLE_ABI NB_STATIC ${sources})
install(TARGETS my_extension LIBRARY DESTINATION my_extension)
"""
_COMPILE_ONE = f"""\
exec c++ {FLAGS} -isystem {RUNTIME / "include"} -c "$1" -o "floor/${{1##*/}}.o"
"""
_LINK = f"c++ floor/*.o {LINK} -o floor/libmy_extension.so"
_FLOOR = f"""\
set -e
mkdir -p floor
printf '%s\\n' src/*.cc | xargs -n 1 -P {CORES} sh compile.sh
{_LINK}
"""


@dataclass(frozen=True, slots=True)
class Project:
    """A project that can be edited and brought back to nothing."""

    folder: Path

    def clean(self) -> None:
        """Remove what builds have made."""
        for name in ("build", "dist", "floor"):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def edit_source(self, number: int) -> None:
        """Put another number into the first source."""
        source = min((self.folder / "src").glob("*.cc"))
        kept = source.with_suffix(".kept")
        if not kept.exists():
            shutil.copyfile(source, kept)
        text = kept.read_text(encoding="utf-8")
        source.write_text(text.replace(EDITED, f"+ {1000 + number}"), encoding="utf-8")

    def edit_header(self, number: int) -> None:
        """Put another number into the header that all sources include."""
        text = HEADER.replace("SHARED 0", f"SHARED {number}")
        (self.folder / "src" / "shared.h").write_text(text, encoding="utf-8")


Writer = Callable[[Path, int], Project]
"""Writes a project with so many sources into a folder."""


def write_plain(folder: Path, files: int, *, precompiled: bool = True) -> Project:
    """Write a project that lists its sources."""
    return _write(folder, render_sources(files), _PLAIN % str(precompiled).lower())


def write_unhelped(folder: Path, files: int) -> Project:
    """Write the same without a precompiled header."""
    return write_plain(folder, files, precompiled=False)


def write_guide(folder: Path, files: int) -> Project:
    """Write the same as the TVM-FFI guide wires it."""
    return _write(folder, render_sources(files), _GUIDE, _GUIDE_CMAKE)


def write_nanobind(folder: Path, files: int) -> Project:
    """Write the same for nanobind, as its example project wires it."""
    return _write(folder, render_nanobind(files), _NANOBIND, _NANOBIND_CMAKE)


def write_floor(folder: Path, files: int) -> Project:
    """Write bare commands: all sources (`all.sh`), the edited one (`edited.sh`), and zip."""
    sources = render_sources(files)
    project = _write(folder, sources, "")
    packed = f"{sys.executable} -m zipfile -c floor/wheel.zip floor/libmy_extension.so python/."
    scripts = {
        "compile.sh": _COMPILE_ONE,
        "all.sh": f"{_FLOOR}{packed}\n",
        "header.sh": _FLOOR,
        "edited.sh": f"set -e\nsh compile.sh src/{min(sources)}\n{_LINK}\n",
    }
    for name, text in scripts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return project


def _write(folder: Path, sources: dict[str, str], pyproject: str, cmake: str = "") -> Project:
    files = {f"src/{name}": text for name, text in sources.items()}
    files |= {"src/shared.h": HEADER, "python/my_extension/__init__.py": "", "README.md": ""}
    files |= {"pyproject.toml": pyproject, **({"CMakeLists.txt": cmake} if cmake else {})}
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return Project(folder)
