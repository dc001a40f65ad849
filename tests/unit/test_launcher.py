"""What starts the compiler: what was asked for, what is found, and what must not get in the way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from workshop import GOLDEN, compare_golden

from ffiwheel.compile.cmake import cmake_folder, compiler_environment
from ffiwheel.compile.job import Job
from ffiwheel.compile.share import find_share
from ffiwheel.errors import MissingToolError
from ffiwheel.model.toolchain import Compiler, Launcher, Runtime
from ffiwheel.toolchain.launcher import find_launcher
from ffiwheel.toolchain.targets import native_target

if TYPE_CHECKING:
    from pathlib import Path

GCC = Compiler(family="gcc", label="g++ 12.2", cc=("/usr/bin/gcc",), cxx=("/usr/bin/g++",))


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all of the search path, but for the shell's programs."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def put(folder: Path, name: str, script: str = "exit 0") -> None:
    """Put a program into a folder."""
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def name_of(found: Launcher | None) -> str | None:
    """Return the name of what was found."""
    return found.name if found else None


def put_ccache(folder: Path, cache: Path) -> None:
    """Put something into a folder that answers as ccache does."""
    answers = f'cache_dir) echo "{cache}";; sloppiness) echo file_macro;; prefix_command) echo;;'
    put(folder, "ccache", f'case "$2" in {answers} esac')


def test_a_cache_is_used_where_it_works(programs: Path, tmp_path: Path) -> None:
    assert find_launcher("auto", GCC, "") is None
    put(programs, "distcc")  # needs other machines, which only the user knows
    put(programs, "icecc")
    assert find_launcher("auto", GCC, "") is None
    put(programs, "sccache")
    assert name_of(find_launcher("auto", GCC, "")) == "sccache"
    put_ccache(programs, tmp_path / "cache")
    assert name_of(find_launcher("auto", GCC, "")) == "ccache"
    assert find_launcher("none", GCC, "") is None


def test_a_cache_that_fails_is_left_out(programs: Path) -> None:
    put(programs, "sccache", "echo 'cannot reach the storage' >&2; exit 2")
    assert find_launcher("auto", GCC, "") is None
    put(programs, "ccache", "exit 1")
    assert find_launcher("auto", GCC, "") is None
    put(programs, "ccache", "echo /proc/nowhere/cache")  # no folder can be made there
    assert find_launcher("auto", GCC, "") is None
    assert name_of(find_launcher("ccache", GCC, "")) == "ccache"  # and says itself what is wrong


def test_ccache_may_overlook_what_precompiled_headers_need(programs: Path, tmp_path: Path) -> None:
    put_ccache(programs, tmp_path)
    found = find_launcher("ccache", GCC, "")
    assert found
    assert found.header_variables == {"CCACHE_SLOPPINESS": "file_macro,pch_defines,time_macros"}
    put(programs, "sccache")
    other = find_launcher("sccache", GCC, "")
    assert other
    assert other.header_variables is None


def test_ccache_before_distcc_takes_no_precompiled_header(programs: Path) -> None:
    put(programs, "ccache", "case $2 in prefix_command) echo /usr/bin/distcc;; esac")
    put(programs, "distcc", "echo 24")
    assert find_launcher("ccache", GCC, "") == Launcher(name="ccache", slots=24)


def test_zig_has_a_cache_of_its_own(programs: Path, tmp_path: Path) -> None:
    put_ccache(programs, tmp_path)
    zig = Compiler(family="zig", label="zig", cc=("/zig", "cc"), cxx=("/zig", "c++"))
    assert find_launcher("auto", zig, "") is None
    assert find_launcher("ccache", zig, "") is None


def test_a_compiler_behind_a_launcher_gets_no_other(programs: Path, tmp_path: Path) -> None:
    put_ccache(programs, tmp_path)
    by_command = Compiler(family="gcc", label="", cc=(), cxx=(str(programs / "ccache"), "g++"))
    (tmp_path / "g++").symlink_to(programs / "ccache")
    by_link = Compiler(family="gcc", label="", cc=(), cxx=(str(tmp_path / "g++"),))
    for compiler in (by_command, by_link):
        for choice in ("auto", "none"):
            found = find_launcher(choice, compiler, "")
            assert found
            assert found.name == ""
            assert found.header_variables


def test_one_that_is_missing_is_an_error(programs: Path, *, update_golden: bool) -> None:
    assert not [*programs.iterdir()]
    where = "tool.ffiwheel.compile.launcher in /project/pyproject.toml"
    with pytest.raises(MissingToolError) as raised:
        find_launcher("distcc", GCC, where)
    golden = GOLDEN / "launchers" / "missing.txt"
    compare_golden(golden, f"{raised.value}\n", update=update_golden)


def test_one_that_does_not_run_is_an_error(programs: Path, *, update_golden: bool) -> None:
    put(programs, "ccache", "echo 'libzstd.so.1: cannot open' >&2; exit 127")
    with pytest.raises(MissingToolError) as raised:
        find_launcher("ccache", GCC, "--launcher")
    golden = GOLDEN / "launchers" / "broken.txt"
    compare_golden(golden, f"{raised.value}\n", update=update_golden)


def job_with(folder: Path, launcher: Launcher | None) -> Job:
    """Return a job for this machine."""
    return Job(
        root=folder,
        folder=folder,
        target=native_target(),
        runtime=Runtime(version="0.1.15", root=folder, library=folder),
        compiler=GCC,
        debug=False,
        launcher=launcher,
    )


def test_the_machines_of_distcc_decide_how_many_compile(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CMAKE_BUILD_PARALLEL_LEVEL", raising=False)
    put(programs, "distcc", "case $1 in -j) echo 37;; esac")
    job = job_with(tmp_path, find_launcher("distcc", GCC, ""))
    assert find_share(job) == 37
    monkeypatch.setenv("CMAKE_BUILD_PARALLEL_LEVEL", "5")
    assert find_share(job) == 5


def test_little_memory_means_few_compilers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CMAKE_BUILD_PARALLEL_LEVEL", raising=False)
    monkeypatch.setattr("ffiwheel.compile.share.cores", lambda: 16)
    job = job_with(tmp_path, None)
    for free, number in ((64 * 2**30, 0), (None, 0), (3 * 2**30, 6), (1, 1)):
        monkeypatch.setattr("ffiwheel.compile.share.read_free_memory", lambda free=free: free)
        assert find_share(job) == number, "none: Ninja decides"
        told = compiler_environment(job).get("CMAKE_BUILD_PARALLEL_LEVEL", "0")
        assert told == str(number)
        assert find_share(replace(job, share=4)) == min(4, number or 4)


def test_cmake_hears_of_a_launcher_what_the_user_has_not_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for language in ("C", "CXX"):
        monkeypatch.delenv(f"CMAKE_{language}_COMPILER_LAUNCHER", raising=False)
    named = job_with(tmp_path, Launcher(name="ccache"))
    assert compiler_environment(named)["CMAKE_CXX_COMPILER_LAUNCHER"] == "ccache"
    monkeypatch.setenv("CMAKE_CXX_COMPILER_LAUNCHER", "mine")
    told = compiler_environment(named)
    assert "CMAKE_CXX_COMPILER_LAUNCHER" not in told
    assert told["CMAKE_C_COMPILER_LAUNCHER"] == "ccache"
    unnamed = job_with(tmp_path, Launcher(name=""))
    assert "CMAKE_C_COMPILER_LAUNCHER" not in compiler_environment(unnamed)
    assert cmake_folder(named, None) != cmake_folder(unnamed, None)
