"""One build for all eight targets: what is in the wheels, and what the field's own tools say of it.

`auditwheel` reads the system's own libc where a wheel is for musl, and crashes; `delocate` wants
Apple's programs. `macholib`, on which it stands, does not.
"""

from __future__ import annotations

import importlib.util
import io
import json
import logging
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING, NamedTuple

import pytest
from auditwheel.wheel_abi import analyze_wheel_abi
from auditwheel.wheeltools import get_wheel_architecture, get_wheel_libc
from macholib.mach_o import LC_BUILD_VERSION
from macholib.MachO import MachO
from workshop import SAMPLES, Workshop, git_status, require

from ffiwheel.audit.binary.read import read_binary
from ffiwheel.toolchain.targets import TABLE

if TYPE_CHECKING:
    from pathlib import Path

    from ffiwheel.model.binary import Binary

NAMES = tuple(row.target.name for row in TABLE)
pytestmark = pytest.mark.zig


class Built(NamedTuple):
    """What a target ended in."""

    wheel: Path
    row: dict[str, object]
    files: dict[str, bytes]

    @property
    def library(self) -> str:
        """The archive path of its one library."""
        [name] = [one for one in self.files if one.endswith((".so", ".dylib", ".dll"))]
        return name

    @property
    def facts(self) -> Binary:
        return read_binary(io.BytesIO(self.files[self.library]), self.library)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Built]:
    """Target -> its wheel, of a project with everything that goes through a build by sources."""
    require("zig", present=importlib.util.find_spec("ziglang") is not None)
    workshop = Workshop(tmp_path_factory.mktemp("agreement"))
    project = workshop.copy(SAMPLES / "ifdefs")
    result = workshop.build(project, "--target", "all", "--json")
    assert result.code == 0, result.err
    assert git_status(project) == ""
    (workshop.folder / "said.txt").write_text(result.err)
    found = {}
    for row in json.loads(result.out)["targets"]:
        wheel = project / row["wheel"]
        with zipfile.ZipFile(wheel) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        found[row["target"]] = Built(wheel, row, files)
    return found


def test_every_target_has_a_wheel_of_its_tag(built: dict[str, Built]) -> None:
    assert tuple(built) == NAMES
    tags = {name: one.wheel.stem.rpartition("-")[2] for name, one in built.items()}
    assert tags == {
        "linux-x86_64": "manylinux_2_17_x86_64",
        "linux-aarch64": "manylinux_2_17_aarch64",
        "musllinux-x86_64": "musllinux_1_2_x86_64",
        "musllinux-aarch64": "musllinux_1_2_aarch64",
        "macos-arm64": "macosx_11_0_arm64",
        "macos-x86_64": "macosx_11_0_x86_64",
        "windows-amd64": "win_amd64",
        "windows-arm64": "win_arm64",
    }


@pytest.mark.parametrize("name", ["linux-x86_64", "linux-aarch64"])
def test_auditwheel_finds_the_same_tag(name: str, built: dict[str, Built]) -> None:
    wheel = built[name].wheel
    logging.disable(logging.ERROR)
    found = analyze_wheel_abi(
        get_wheel_libc(wheel.name),
        get_wheel_architecture(wheel.name),
        wheel,
        frozenset({"libtvm_ffi.so"}),
        disable_isa_ext_check=False,
        allow_graft=False,
    )
    logging.disable(logging.NOTSET)
    assert str(found.overall_policy.name) == wheel.stem.rpartition("-")[2]


@pytest.mark.parametrize("name", ["windows-amd64", "windows-arm64"])
def test_delvewheel_has_nothing_to_bring(name: str, built: dict[str, Built]) -> None:
    command = [sys.executable, "-m", "delvewheel", "show", "--exclude", "tvm_ffi.dll"]
    done = subprocess.run(
        [*command, str(built[name].wheel)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    brought = done.stdout.partition("will be copied into the wheel")[2].partition("following")[0]
    assert ".dll" not in brought, done.stdout


@pytest.mark.parametrize("name", ["macos-arm64", "macos-x86_64"])
def test_macholib_finds_the_same_minimum(
    name: str, built: dict[str, Built], tmp_path: Path
) -> None:
    file = tmp_path / "library.dylib"
    file.write_bytes(built[name].files[built[name].library])
    [header] = MachO(str(file)).headers
    [found] = [command for load, command, _ in header.commands if load.cmd == LC_BUILD_VERSION]
    assert f"{found.minos >> 16}.{found.minos >> 8 & 255}" == "11.0"


@pytest.mark.parametrize("name", [name for name in NAMES if "musl" not in name])
def test_repairwheel_changes_no_tag(name: str, built: dict[str, Built], tmp_path: Path) -> None:
    """For macOS it wants to see the runtime's library, for which any of that system stands in."""
    (tmp_path / "runtime").mkdir()
    if "macos" in name:
        stand_in = built[name].files[built[name].library]
        (tmp_path / "runtime" / "libtvm_ffi.dylib").write_bytes(stand_in)
    runtime = ["libtvm_ffi.so", "libtvm_ffi.dylib", "tvm_ffi.dll"]
    excluded = [part for one in runtime for part in ("-e", one)]
    command = [sys.executable, "-m", "repairwheel", *excluded, "-l", str(tmp_path / "runtime")]
    command += ["-o", str(tmp_path)]
    wheel = built[name].wheel
    done = subprocess.run([*command, str(wheel)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    [repaired] = tmp_path.glob("*.whl")
    assert wheel.stem.rpartition("-")[2] in repaired.stem


@pytest.mark.parametrize("name", NAMES)
def test_only_the_c_abi_leaves_the_library(name: str, built: dict[str, Built]) -> None:
    facts = built[name].facts
    assert facts.ffi_symbols
    if "macos" not in name:  # zig's linker keeps weak symbols of its C++ library
        assert [one for one in facts.exports if not one.startswith("__tvm_ffi_")] == []
    assert not [one for one in facts.imports if "3tvm3ffi" in one.name or "@tvm@@" in one.name]
    assert not facts.build_paths


def test_python_files_are_the_same_but_for_the_librarys_name(built: dict[str, Built]) -> None:
    """Of targets with the same functions: `#ifdef` makes three groups here."""
    groups: dict[str, set[tuple[tuple[str, bytes], ...]]] = {}
    for name, one in built.items():
        library = one.library.rpartition("/")[2].encode()
        texts = tuple(
            (path, text.replace(library, b"LIBRARY"))
            for path, text in sorted(one.files.items())
            if path.endswith((".py", ".pyi", "py.typed"))
        )
        groups.setdefault(name.partition("-")[0].removeprefix("musl"), set()).add(texts)
    assert {system: len(texts) for system, texts in groups.items()} == {
        "linux": 1,
        "macos": 1,
        "windows": 1,
    }
    assert len(set.union(*groups.values())) == len(groups)


def test_what_a_target_lacks_is_not_in_its_bindings(built: dict[str, Built]) -> None:
    for name, one in built.items():
        stub = one.files["ifdefs/_ffi_api.pyi"].decode()
        is_linux, is_windows = "linux" in name, "windows" in name
        assert ("def page_size(" in stub) == is_linux, name
        assert ("def epoll(" in stub) == is_linux, name
        assert ("class Inode" in stub) == (not is_windows), name
        assert ("def depth(" in stub) == is_linux, name
        assert ("def ticks(" in stub) == is_windows, name
        assert "def add(" in stub, name


def test_differences_are_told_once_for_all_targets(
    built: dict[str, Built], tmp_path_factory: pytest.TempPathFactory
) -> None:
    [said] = tmp_path_factory.getbasetemp().glob("agreement0/said.txt")
    text = said.read_text()
    assert built
    assert text.count("API011") == 2, text
    assert text.count("API012") == 1, text
    assert "only the library for this target has `ticks`" in text
