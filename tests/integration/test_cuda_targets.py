"""A CUDA project for several systems from one machine, run with a driver that only pretends.

No GPU is needed: what the library asks of the driver is checked, not what a GPU makes of it.
"""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import sys
import zipfile
from typing import TYPE_CHECKING, NamedTuple

import pytest
import tvm_ffi
from emulated import find_arm_python, find_target_wheel, find_wine, start_wine, wine_prefix
from test_error_texts import readable
from workshop import (
    GOLDEN,
    REPOSITORY,
    TEMPLATES,
    Result,
    Workshop,
    check,
    commit_all,
    compare_golden,
    find_nvcc,
    require,
    run,
)
from zig import zig

from ffiwheel.model.binary import CodeKind
from ffiwheel.workflow.binaries import read_file

if TYPE_CHECKING:
    from pathlib import Path

    from ffiwheel.model.binary import Binary

pytestmark = [pytest.mark.cuda, pytest.mark.zig]

DATA = REPOSITORY / "tests" / "data" / "cuda"
BUILT = ("native", "linux-x86_64", "linux-aarch64", "windows-amd64")
REFUSED = ("musllinux-x86_64", "macos-arm64", "windows-arm64")
NO_DRIVER = (
    "RuntimeError: CUDA Runtime Error: CUDA_ERROR_STUB_LIBRARY (34): there is no CUDA driver on"
    " this machine: libcuda.so.1: cannot open shared object file: No such file or directory\n"
)
ADDED = """\
driver: init
driver: device 0, held 1
driver: load a fatbin
driver: AddKernel
driver: launch 4x1x1 of 256x1x1 on stream 0, device 0
driver: device 1, held 1
driver: launch 4x1x1 of 256x1x1 on stream 0, device 1
driver: device 0, held 1
driver: unload
"""


class Built(NamedTuple):
    """The template, built for several targets."""

    project: Path
    result: Result
    libraries: dict[str, Path]
    """Target -> the library that was taken out of its wheel, beside its package."""

    def read(self, target: str) -> Binary:
        """Return what the library of a target says of itself."""
        return read_file(self.libraries[target], self.libraries[target].name)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    require("cuda", present=find_nvcc() is not None)
    require("zig", present=importlib.util.find_spec("ziglang") is not None)
    workshop = Workshop(tmp_path_factory.mktemp("cuda"))
    project = workshop.copy(TEMPLATES / "cuda")
    options = [part for name in (*BUILT, *REFUSED) for part in ("--target", name)]
    result = workshop.build(project, *options)
    wheels = [project / line for line in result.out.splitlines()]
    libraries = {}
    for name, wheel in zip(BUILT, wheels, strict=True):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(workshop.folder / name)
        package = workshop.folder / name / "my_extension"
        [libraries[name]] = [path for path in package.iterdir() if path.suffix in {".so", ".dll"}]
    return Built(project, result, libraries)


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return folders with a driver that pretends, and with an old one."""
    folders = {}
    for name, options in {"new": [], "old": ["-DOLD"]}.items():
        folder = folders[name] = tmp_path_factory.mktemp(name)
        made = folder / "libcuda.so.1"
        check(
            *("cc", "-Wall", "-Werror", "-shared", "-fPIC", *options),
            *(DATA / "fake_driver.c", "-o", made),
            cwd=folder,
        )
    return folders


def call_add(built: Built, target: str, *arguments: str, **variables: str) -> Result:
    """Run the program that calls the extension in a process of its own."""
    packages = {"PYTHONPATH": str(built.libraries[target].parents[1])}
    program = DATA / "call_add.py"
    return run(
        sys.executable, program, *arguments, cwd=program.parent, env={**packages, **variables}
    )


def test_systems_without_a_driver_are_named_and_the_others_delivered(
    built: Built, *, update_golden: bool
) -> None:
    assert built.result.code != 0
    assert len(list((built.project / "dist").glob("*.whl"))) == len(BUILT)
    said = readable(built.result, built.project)
    errors = re.findall(r"(?ms)^error: .*?(?=^error: |\Z)", said)
    assert len(errors) == 1
    assert all(name in errors[0] for name in REFUSED)
    compare_golden(
        GOLDEN / "errors" / "kernels-no-driver.txt", "".join(errors), update=update_golden
    )


def test_cuda_in_one_file_with_cpp_is_for_this_machine(
    workshop: Workshop, *, update_golden: bool
) -> None:
    require("cuda", present=find_nvcc() is not None)
    require("zig", present=importlib.util.find_spec("ziglang") is not None)
    project = workshop.copy(TEMPLATES / "cuda")
    settings = project / "pyproject.toml"
    text = settings.read_text().replace('kernels = ["kernels/*.cu"]', "")
    settings.write_text(text.replace('"src/*.cc"', '"src/*.cc", "kernels/*.cu"'))
    commit_all(project)
    result = workshop.build(project, "--target", "linux-x86_64")
    said = f"exit code {result.code}\n{readable(result, project)}"
    compare_golden(GOLDEN / "errors" / "cuda-for-another-system.txt", said, update=update_golden)


def test_kernels_are_compiled_once(built: Built) -> None:
    """One fatbin, the same bytes in every library."""
    folder = built.project / "build" / "ffiwheel" / "release" / "targets"
    lines = (folder / ".ninja_log").read_text().splitlines()
    assert len([line for line in lines if ".fatbin\t" in line]) == 1
    fatbin = (folder / "kernels" / "add.fatbin").read_bytes()
    for library in built.libraries.values():
        assert library.read_bytes().count(fatbin) == 1


@pytest.mark.parametrize("target", BUILT)
def test_library_needs_nothing_of_cuda_and_shows_its_architectures(
    built: Built, target: str
) -> None:
    binary = built.read(target)
    assert not [name for name in binary.needed if "cu" in name.replace("ucrt", "")]
    assert not [name for name in binary.exports if "cubin" in name or name.startswith("cu")]
    kinds = {one.kind for one in binary.device_code}
    assert kinds == {CodeKind.SASS, CodeKind.PTX}
    assert binary.device_code == built.read("native").device_code
    fatbin = built.project / "build/ffiwheel/release/targets/kernels/add.fatbin"
    inside = sum(one.size for one in binary.device_code)
    assert 0.8 * fatbin.stat().st_size < inside < fatbin.stat().st_size
    assert not binary.build_paths


@pytest.mark.parametrize("target", BUILT)
def test_bill_of_materials_names_nvcc_and_the_kernels(built: Built, target: str) -> None:
    folder = built.libraries[target].parents[1]
    [bill] = folder.glob("*.dist-info/sboms/ffiwheel.cdx.json")
    [made] = json.loads(bill.read_text())["formulation"]
    names = {one["name"] for one in made["components"]}
    assert {"nvcc", "kernels/add.cu", "src/my_extension.cc"} <= names
    assert not [name for name in names if name.endswith(("driver.cc", "embed.S"))]


@pytest.mark.parametrize("target", ["native", "linux-x86_64"])
def test_kernels_are_launched_on_the_device_of_the_arrays(
    built: Built, driver: dict[str, Path], target: str
) -> None:
    result = call_add(built, target, "0", "1", "0", LD_LIBRARY_PATH=str(driver["new"]))
    lines = ADDED.splitlines(keepends=True)
    assert result == Result(0, "right\n" * 3, "".join([*lines[:-1], lines[4], lines[-1]]))


@pytest.mark.parametrize("target", ["native", "linux-x86_64"])
def test_without_a_driver_the_call_says_so(built: Built, target: str) -> None:
    assert call_add(built, target, "0", "0") == Result(0, NO_DRIVER * 2, "")


def test_without_a_device_and_with_an_old_driver(built: Built, driver: dict[str, Path]) -> None:
    new, old = str(driver["new"]), str(driver["old"])
    said = call_add(built, "linux-x86_64", "0", LD_LIBRARY_PATH=new, FFIWHEEL_NO_DEVICE="1").out
    assert "CUDA_ERROR_NO_DEVICE (100): no CUDA-capable device is detected" in said
    said = call_add(built, "linux-x86_64", "0", LD_LIBRARY_PATH=old).out
    assert "the CUDA driver of this machine is too old: it has no cuLibraryLoadData" in said


def test_many_threads_start_the_driver_once(built: Built, driver: dict[str, Path]) -> None:
    result = call_add(built, "linux-x86_64", "threads", LD_LIBRARY_PATH=str(driver["new"]))
    assert result.out == "right\n" * 16
    for line in ("init", "load a fatbin", "AddKernel", "unload"):
        assert result.err.count(f"driver: {line}\n") == 1


@pytest.mark.network
def test_kernels_are_launched_on_aarch64(
    built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python, runtime = find_arm_python(), f"apache-tvm-ffi=={tvm_ffi.__version__}"
    found = find_target_wheel("manylinux_2_28_aarch64", python.version, runtime) if python else None
    require("qemu", present=bool(python and found))
    assert python
    assert found
    packages = (built.libraries["linux-aarch64"].parents[1], found)
    program = DATA / "call_add.py"
    said = python.run(program, "0", paths=packages, cwd=tmp_path)
    assert (said.code, said.out) == (0, NO_DRIVER)
    made = tmp_path / "libcuda.so.1"
    compile_with_zig("aarch64-linux-gnu.2.17", "-shared", "-fPIC", "fake_driver.c", made=made)
    monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path))
    said = python.run(program, "0", "1", paths=packages, cwd=tmp_path)
    assert (said.code, said.out, said.err) == (0, "right\n" * 2, ADDED)


@pytest.mark.network
def test_kernels_are_launched_on_windows(built: Built, tmp_path: Path) -> None:
    wine, runtime = find_wine(), f"apache-tvm-ffi=={tvm_ffi.__version__}"
    found = find_target_wheel("win_amd64", "3.11", runtime) if wine else None
    require("wine", present=bool(wine and found))
    assert wine
    assert found
    windows, library = "x86_64-windows-gnu", built.libraries["windows-amd64"]
    for file in (library, found / "tvm_ffi" / "lib" / "tvm_ffi.dll"):
        shutil.copy(file, tmp_path)
    program = tmp_path / "call_add.exe"
    runtime_parts = ("-I", found / "tvm_ffi" / "include", found / "tvm_ffi" / "lib" / "tvm_ffi.lib")
    compile_with_zig(windows, "call_add.c", *runtime_parts, made=program)
    said = start_wine(wine, program, library.name, cwd=tmp_path)
    assert said.out.strip() == NO_DRIVER.partition("libcuda")[0] + (
        "nvcuda.dll cannot be loaded (Windows error 126)"
    )
    driver = wine_prefix() / "drive_c" / "windows" / "system32" / "nvcuda.dll"
    compile_with_zig(windows, "-shared", "fake_driver.c", made=driver)
    try:
        said = start_wine(wine, program, library.name, cwd=tmp_path)
    finally:
        driver.unlink()
    assert said.out.split() == ["11", "22", "33", "44"]


def compile_with_zig(target: str, *parts: str | Path, made: Path) -> None:
    """Compile C for another system; a name that ends in `.c` is one of the data."""
    files = [DATA / part if str(part).endswith(".c") else part for part in parts]
    check(*zig("cc"), "-target", target, "-O2", *files, "-o", made, cwd=made.parent)


def test_a_changed_kernel_is_in_the_next_wheel(built: Built, tmp_path: Path) -> None:
    """zig's cache would take the object of another fatbin from before."""
    project = tmp_path / "project"
    shutil.copytree(built.project, project)
    kernel = project / "kernels" / "add.cu"
    kernel.write_text(kernel.read_text().replace("AddKernel", "AddOther"))
    workshop = Workshop(tmp_path)
    wheel = workshop.wheel(project, "--target", "linux-x86_64")
    with zipfile.ZipFile(wheel) as archive:
        library = archive.read("my_extension/libmy_extension.so")
    fatbin = project / "build/ffiwheel/release/targets/kernels/add.fatbin"
    assert fatbin.read_bytes() in library
    assert b"AddOther" in library
    kernel.write_text(kernel.read_text().replace("out[i]", "nowhere[i]"))
    result = workshop.build(project, "--target", "linux-x86_64")
    assert result.code != 0
    assert "kernels/add.cu" in result.err
    assert "nowhere" in result.err
