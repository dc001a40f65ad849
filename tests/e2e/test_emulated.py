"""Wheels for other systems run: aarch64 under qemu, Windows under wine, musl as it is."""

from __future__ import annotations

import importlib.util
import os
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from emulated import (
    ArmPython,
    find_arm_python,
    find_musl,
    find_sdist,
    find_target_wheel,
    find_wine,
    start_wine,
    wine_prefix,
)
from workshop import REPOSITORY, TEMPLATES, Workshop, check, require, run
from zig import zig

from ffiwheel.compile.job import Job
from ffiwheel.errors import ReflectError
from ffiwheel.model.toolchain import Runtime
from ffiwheel.toolchain.cross import find_cross_compiler
from ffiwheel.toolchain.targets import parse_target
from ffiwheel.workflow.emulate import verify_emulated

DATA = REPOSITORY / "tests" / "data" / "emulated"
TARGETS = ("linux-aarch64", "windows-amd64", "musllinux-x86_64")
RAISES = """
import my_extension
for _ in range(1000):
    try:
        my_extension.divide(1, 0)
    except ValueError as error:
        assert "divide: cannot divide 1 by zero" in str(error)
    else:
        raise SystemExit("nothing was raised")
assert my_extension._ffi_api.count_aligned(1000) == 1000
"""


@dataclass(frozen=True)
class Built:
    """The `cpu` template and a class that is aligned, built for other systems."""

    project: Path
    wheels: dict[str, Path]
    """Target -> wheel."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    require("zig", present=importlib.util.find_spec("ziglang") is not None)
    workshop = Workshop(tmp_path_factory.mktemp("emulated"))
    project = workshop.copy(TEMPLATES / "cpu")
    shutil.copy(DATA / "aligned.cc", project / "src")
    named = [part for target in TARGETS for part in ("--target", target)]
    result = workshop.build(project, *named)
    assert result.code == 0, result.err
    wheels = [project / line for line in result.out.splitlines()]
    return Built(project, dict(zip(TARGETS, wheels, strict=True)))


@pytest.fixture(scope="module")
def arm_python() -> ArmPython:
    found = find_arm_python()
    require("qemu", present=found is not None)
    assert found
    return found


@pytest.mark.zig
def test_pip_installs_the_wheel_on_aarch64_and_it_works(
    built: Built, arm_python: ArmPython, tmp_path: Path
) -> None:
    folder = tmp_path / "site"
    others = find_target_wheels("manylinux_2_28_aarch64", arm_python.version)
    install = ("install", "--quiet", "--no-index", "--no-deps", "--no-compile")
    wheel = built.wheels["linux-aarch64"]
    done = arm_python.run("-m", "pip", *install, "--target", folder, wheel, paths=(), cwd=tmp_path)
    assert done.code == 0, done.err
    assert (folder / "my_extension").is_dir()
    paths = (folder, *others)
    tests = built.project / "tests"
    passed = arm_python.run(
        "-m", "pytest", "-q", "-p", "no:cacheprovider", tests, paths=paths, cwd=tmp_path
    )
    assert passed.code == 0, passed.out
    assert "10 passed" in passed.out
    raised = arm_python.run("-c", RAISES, paths=paths, cwd=tmp_path)
    assert raised.code == 0, raised.err


def find_target_wheels(platform: str, python: str) -> list[Path]:
    """Return folders with what the tests need on another system."""
    wanted = (f"apache-tvm-ffi=={runtime_version()}", "numpy", "pytest")
    found = [find_target_wheel(platform, python, package) for package in wanted]
    require("qemu", present=all(found))
    return [folder for folder in found if folder]


def runtime_version() -> str:
    import tvm_ffi  # noqa: PLC0415 - it takes a while

    return str(tvm_ffi.__version__)


@pytest.mark.zig
def test_the_dll_works_with_the_runtime_of_windows(built: Built, tmp_path: Path) -> None:
    wine = find_wine()
    require("wine", present=wine is not None)
    folder = find_target_wheel("win_amd64", "3.11", f"apache-tvm-ffi=={runtime_version()}")
    require("wine", present=folder is not None)
    assert wine
    assert folder
    library = unpack(built.wheels["windows-amd64"], ".dll", tmp_path)
    runtime = folder / "tvm_ffi"
    shutil.copy(runtime / "lib" / "tvm_ffi.dll", tmp_path)
    linked = compile_caller("x86_64-windows-gnu", runtime / "lib" / "tvm_ffi.lib", tmp_path)
    done = start_wine(wine, linked, library.relative_to(tmp_path), cwd=tmp_path)
    assert (done.code, done.out.split()[-1:]) == (0, ["ok"]), done.out + done.err


@pytest.mark.zig
def test_the_library_works_under_musl(built: Built, tmp_path: Path) -> None:
    loader = find_musl()
    source = find_sdist(f"apache-tvm-ffi=={runtime_version()}")
    require("musl", present=loader is not None and source is not None)
    assert loader
    assert source
    library = unpack(built.wheels["musllinux-x86_64"], ".so", tmp_path)
    runtime = tmp_path / "tvm_ffi" / "lib" / "libtvm_ffi.so"
    runtime.parent.mkdir(parents=True)
    compile_runtime(source, runtime)
    caller = compile_caller("x86_64-linux-musl", runtime, tmp_path)
    done = run(loader, caller, library, cwd=tmp_path, env={"LD_LIBRARY_PATH": ""})
    assert (done.code, done.out) == (0, "ok\n"), done.out + done.err


def unpack(wheel: Path, suffix: str, folder: Path) -> Path:
    """Unpack the library of a wheel, and return where it lies then."""
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(suffix)]
        return Path(archive.extract(name, folder))


def compile_caller(triple: str, runtime: Path, folder: Path) -> Path:
    """Return the program that calls the library, for another system."""
    import tvm_ffi  # noqa: PLC0415 - it takes a while

    headers = Path(tvm_ffi.__file__).parent / "include"
    made = folder / "caller.exe"
    found = [] if "windows" in triple else ["-Wl,-rpath,$ORIGIN/tvm_ffi/lib"]
    options = ("-target", triple, "-O2", "-s", "-I", headers)
    check(*zig("cc"), *options, *found, DATA / "caller.c", runtime, "-o", made, cwd=folder)
    return made


def compile_runtime(source: Path, made: Path) -> None:
    """Compile what of the runtime is C ABI, for musl: there is no wheel of it."""
    parts = "backtrace container custom_allocator dtype error function init_once object tensor"
    unity = made.with_suffix(".cc")
    unity.write_text("".join(f'#include "{source}/src/ffi/{name}.cc"\n' for name in parts.split()))
    options = (
        *("-target", "x86_64-linux-musl", "-std=c++17", "-O2", "-s", "-shared", "-fPIC"),
        *("-fno-sanitize=all", "-D__MUSL__", "-DTVM_FFI_USE_LIBBACKTRACE=0"),
        *("-DTVM_FFI_BACKTRACE_ON_SEGFAULT=0", "-I", source / "include"),
        *("-I", source / "3rdparty/dlpack/include", "-Wl,-soname,libtvm_ffi.so"),
    )
    check(*zig("c++"), *options, unity, "-o", made, cwd=made.parent)


@pytest.mark.zig
def test_what_is_built_is_loaded_under_qemu(
    built: Built, arm_python: ArmPython, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QEMU_LD_PREFIX", str(arm_python.root))
    monkeypatch.setenv("PATH", str(arm_python.qemu.parent), prepend=os.pathsep)
    job = make_job("linux-aarch64", "manylinux_2_28_aarch64", tmp_path)
    said = verify_emulated(built.wheels["linux-aarch64"], job)
    assert said == "emulated: loaded under qemu"
    check_refusal(job, tmp_path, "libbroken.so", "undefined symbol: nowhere")


@pytest.mark.zig
def test_what_is_built_is_loaded_under_wine(
    built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    require("wine", present=find_wine() is not None)
    monkeypatch.setenv("WINEPREFIX", str(wine_prefix()))
    job = make_job("windows-amd64", "win_amd64", tmp_path)
    said = verify_emulated(built.wheels["windows-amd64"], job)
    assert said == "emulated: loaded under wine"
    check_refusal(job, tmp_path, "broken.dll", "error 1114")


def make_job(name: str, platform: str, folder: Path) -> Job:
    """Return what a target is compiled with, its runtime being that of PyPI."""
    version = runtime_version()
    found = find_target_wheel(platform, "3.11", f"apache-tvm-ffi=={version}")
    assert found
    root = found / "tvm_ffi"
    library = "tvm_ffi.lib" if "win" in platform else "libtvm_ffi.so"
    target = parse_target(name, {})
    return Job(
        root=folder,
        folder=folder,
        target=target,
        runtime=Runtime(version=version, root=root, library=root / "lib" / library),
        compiler=find_cross_compiler(target),
        debug=False,
    )


def check_refusal(job: Job, folder: Path, name: str, reason: str) -> None:
    """See that a library which cannot be loaded is an error with the loader's words."""
    library = folder / name
    source = folder / "broken.c"
    source.write_text(
        """#ifdef _WIN32
int __stdcall DllMainCRTStartup(void *a, unsigned b, void *c) { return 0; }
#else
void nowhere(void);
void broken(void) { nowhere(); }
#endif
"""
    )
    alone = ["-nostdlib", "-Wl,-e,DllMainCRTStartup"] if name.endswith("dll") else []
    check(*job.compiler.cc, "-O2", "-s", "-shared", *alone, source, "-o", library, cwd=folder)
    wheel = folder / "broken-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.write(library, f"broken/{name}")
    with pytest.raises(ReflectError) as caught:
        verify_emulated(wheel, job)
    assert f"broken/{name}" in str(caught.value)
    assert reason in caught.value.output
