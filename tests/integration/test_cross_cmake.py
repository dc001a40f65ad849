"""Projects with a `CMakeLists.txt`, as they are, for systems that this machine is not."""

from __future__ import annotations

import importlib.util
import re
import zipfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest
from workshop import (
    GOLDEN,
    QUICKSTART,
    SAMPLES,
    Workshop,
    compare_golden,
    git_status,
    require,
)

from ffiwheel.workflow.binaries import read_file

if TYPE_CHECKING:
    from ffiwheel.model.binary import Binary

pytestmark = pytest.mark.zig

TARGETS = ("linux-x86_64", "musllinux-x86_64", "macos-arm64", "windows-amd64")
PROJECTS = {
    "my_ffi_extension": QUICKSTART,  # scikit-build-core, with the guide's stub step
    "simd_by_processor": SAMPLES / "simd-by-processor",  # our function, our backend
}


class Built:
    """The wheels of a project, unpacked."""

    def __init__(self, package: str, folder: Path) -> None:
        self.package = package
        self.wheels = {wheel.name.split("-")[-1]: wheel for wheel in folder.glob("*.whl")}
        self.folders = {}
        for tag, wheel in self.wheels.items():
            system = re.split(r"_|\d", tag)[0]
            self.folders[system] = folder / tag
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(folder / tag)

    def library(self, system: str) -> Binary:
        """Return the one library of the wheel for a system."""
        [path] = (
            path
            for path in self.folders[system].rglob("*")
            if path.suffix in {".so", ".dylib", ".dll"}
        )
        return read_file(path, path.relative_to(self.folders[system]).as_posix())

    def names(self, system: str) -> set[str]:
        """Return what the wheel for a system contains, without its metadata."""
        folder = self.folders[system]
        names = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
        return {name.as_posix() for name in names if ".dist-info" not in name.parts[0]}


@pytest.fixture(scope="session", params=PROJECTS)
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    require("zig", present=importlib.util.find_spec("ziglang") is not None)
    package = str(request.param)
    workshop = Workshop(tmp_path_factory.mktemp("cross"))
    project = workshop.copy(PROJECTS[package])
    result = workshop.build(project, *(f"--target={name}" for name in TARGETS))
    assert result.code == 0, result.err
    assert git_status(project) == ""
    return Built(package, project / "dist")


def test_each_system_has_its_wheel(built: Built) -> None:
    assert set(built.folders) == {"manylinux", "musllinux", "macosx", "win"}


def test_wheels_differ_by_the_library_only(built: Built) -> None:
    """Import libraries and debugging symbols stay out, and stubs come from this machine."""
    package = built.package
    files = {
        "manylinux": f"lib{package}.so",
        "musllinux": f"lib{package}.so",
        "macosx": f"lib{package}.dylib",
        "win": f"{package}.dll",
    }
    shared = built.names("manylinux") - {f"{package}/{files['manylinux']}"}
    assert f"{package}/_ffi_api.py" in shared
    for system, library in files.items():
        assert built.names(system) == {*shared, f"{package}/{library}"}
        for name in shared:  # modules say which library they load
            here, there = built.folders["manylinux"] / name, built.folders[system] / name
            assert here.read_text().replace(files["manylinux"], library) == there.read_text(), name


def test_the_runtime_is_found(built: Built) -> None:
    assert not built.library("manylinux").runpaths
    near = PurePosixPath("../tvm_ffi/lib")
    assert f"$ORIGIN/{near}" in built.library("musllinux").runpaths
    assert f"@loader_path/{near}" in built.library("macosx").runpaths


def test_only_the_c_abi_leaves_linux(built: Built) -> None:
    for system in ("manylinux", "musllinux", "win"):
        library = built.library(system)
        assert library.is_extension
        assert all(name.startswith("__tvm_ffi_") for name in library.exports), library.exports


SYSTEM_CMAKE = """\
cmake_minimum_required(VERSION 3.18)
project(cmake_extension LANGUAGES CXX)
{line}
find_package(ffiwheel CONFIG REQUIRED)
ffiwheel_add_extension(cmake_extension SOURCES src/extension.cc src/polynomial.cc)
"""


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("cross-python", "find_package(Python COMPONENTS Interpreter Development.Module REQUIRED)"),
        ("cross-library", "find_package(ZLIB REQUIRED)"),
        ("cross-package", "find_package(fmt CONFIG REQUIRED)"),
        (
            "cross-run",
            'include(CheckCXXSourceRuns)\ncheck_cxx_source_runs("int main() { return 0; }" RUNS)\n',
        ),
    ],
)
def test_what_there_is_only_here(
    name: str, line: str, workshop: Workshop, *, update_golden: bool
) -> None:
    require("zig", present=importlib.util.find_spec("ziglang") is not None)
    project = workshop.copy(SAMPLES / "cmake-extension")
    (project / "CMakeLists.txt").write_text(SYSTEM_CMAKE.format(line=line))
    result = workshop.build(project, "--target", "linux-x86_64")
    check_refused(name, result.code, result.err, project, update=update_golden)


def check_refused(name: str, code: int, said: str, project: Path, *, update: bool) -> None:
    """Compare the error, without what CMake printed; nothing is left behind."""
    assert not list(project.glob("dist/*.whl"))
    text = said[said.index("error: ") :].replace(str(project), "{project}")
    kept = re.match(r"error: .*\n(?: +.*\n?)*", text)
    assert kept
    compare_golden(GOLDEN / "errors" / f"{name}.txt", f"exit code {code}\n{kept[0]}", update=update)
