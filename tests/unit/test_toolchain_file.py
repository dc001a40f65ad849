"""The toolchain file for each kind of system, and the programs that it names."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from workshop import GOLDEN, compare_golden

from ffiwheel.compile.job import Job
from ffiwheel.compile.toolchain_file import (
    plan_programs,
    render_toolchain,
    toolchain_definitions,
    toolchain_file,
    write_toolchain,
)
from ffiwheel.model.toolchain import Compiler, Runtime
from ffiwheel.toolchain.runtime import find_runtime
from ffiwheel.toolchain.targets import native_target, parse_target
from ffiwheel.toolchain.zig import name_target

TARGETS = ("linux-aarch64", "musllinux-x86_64", "aarch64-macos.12.0", "windows-arm64")


def job_for(name: str, folder: Path = Path("/build folder"), *, debug: bool = False) -> Job:
    """Return a job for a target, with a zig that is not there."""
    target = parse_target(name, {})
    return Job(
        root=Path("/project"),
        folder=folder,
        target=target,
        runtime=Runtime(version="0.1.15", root=Path("/tvm_ffi"), library=Path("/libtvm_ffi.so")),
        compiler=Compiler(
            family="zig",
            label="zig",
            cc=("/zig", "cc", "-target", name_target(target)),
            cxx=("/zig", "c++", "-target", name_target(target)),
            archive_tools=(("ar", ("/zig", "ar")), ("ranlib", ("/zig", "ranlib"))),
        ),
        debug=debug,
    )


@pytest.mark.parametrize("name", TARGETS)
def test_file_of_each_kind_of_system(name: str, *, update_golden: bool) -> None:
    job = job_for(name)
    data = str(Path(__file__).parents[2] / "src/ffiwheel/compile/data")
    programs = "".join(f"# {key}: {' '.join(one)}\n" for key, one in plan_programs(job).items())
    text = programs.replace(data, "{data}") + render_toolchain(job)
    text = text.replace("LOADS_HERE ON", "LOADS_HERE OFF")  # on a machine of that kind
    compare_golden(GOLDEN / "toolchains" / f"{name}.cmake", text, update=update_golden)


def test_a_debugging_build_keeps_symbols() -> None:
    assert "-s" in plan_programs(job_for("linux-aarch64"))["c++"]
    assert "-s" not in plan_programs(job_for("linux-aarch64", debug=True))["c++"]


def test_this_machine_needs_none(tmp_path: Path) -> None:
    compiler = Compiler(family="gcc", label="g++ 12.2", cc=("/bin/gcc",), cxx=("/bin/g++",))
    job = Job(
        root=tmp_path,
        folder=tmp_path,
        target=native_target(),
        runtime=job_for("linux-aarch64").runtime,
        compiler=compiler,
        debug=False,
    )
    write_toolchain(job)
    assert not list(tmp_path.iterdir())
    assert toolchain_definitions(job) == {}


def test_cmake_reads_awkward_paths(tmp_path: Path) -> None:
    """What CMake makes of the file is the path of the program, whatever is in it."""
    cmake = shutil.which("cmake")
    if not cmake:
        pytest.skip("cmake is not on the path")
    folder = tmp_path / 'a b$c"d;e'
    folder.mkdir()
    job = replace(job_for("macos-x86_64", folder), runtime=find_runtime())
    write_toolchain(job)
    script = tmp_path / "show.cmake"
    script.write_text('include("${FILE}")\nmessage(STATUS "${CMAKE_CXX_COMPILER}")\n')
    command = [cmake, f"-DFILE={toolchain_file(job)}", "-P", str(script)]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert f"-- {folder}/tools/c++\n" in said.stdout, said.stderr
    assert (folder / "tools" / "c++").stat().st_mode & 0o111
