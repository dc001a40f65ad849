"""The runtime of other systems: out of its wheel or names alone, and what stands in the way."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import sys
import zipfile
from types import SimpleNamespace
from typing import TYPE_CHECKING, Literal

import pytest
from macholib.MachO import MachO
from runtimes import CACHE
from workshop import GOLDEN, SAMPLES, Workshop, check, compare_golden, require, run

from ffiwheel.audit.check import audit_file
from ffiwheel.audit.runtime.table import read_table
from ffiwheel.errors import FfiwheelError, OutputError
from ffiwheel.model.toolchain import Compiler
from ffiwheel.toolchain.cached import in_cache
from ffiwheel.toolchain.cross import find_cross_compiler
from ffiwheel.toolchain.link_stub import name_dlltool
from ffiwheel.toolchain.releases import find_uv
from ffiwheel.toolchain.runtime import find_runtime
from ffiwheel.toolchain.target_runtime import fetch_runtime
from ffiwheel.toolchain.targets import TABLE, row_of
from ffiwheel.workflow.binaries import read_file
from ffiwheel.workflow.runtimes import find_wanted_runtime, runtime_for

if TYPE_CHECKING:
    from pathlib import Path

    from ffiwheel.model.target import Target
    from ffiwheel.model.toolchain import Runtime

OFFLINE = {
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_EXTRA_INDEX_URL": "",
    "PIP_FIND_LINKS": "",
    "PIP_NO_INDEX": "1",
}
"""A pip that reaches nothing."""
TARGETS = [row.target for row in TABLE]
FETCHED = sorted({row.runtime for row in TABLE if row.runtime})
C_SOURCE = "int TVMFFIFunctionCall(void);\nint __tvm_ffi_x(void) { return TVMFFIFunctionCall(); }\n"
NAME = "__tvm_ffi_x"


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache that stays for the next run; what is fetched comes over the network only once."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(CACHE))
    return CACHE


def fetched(platform: str) -> Runtime:
    """Return the runtime of a system, in the release that is installed."""
    try:
        return fetch_runtime(platform, find_runtime().version)
    except FfiwheelError:
        require("network", present=False)
        raise


@pytest.mark.network
@pytest.mark.parametrize("platform", FETCHED)
@pytest.mark.usefixtures("cache")
def test_a_wheel_is_fetched_once(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = fetched(platform)
    host = find_runtime()
    assert headers(runtime) == headers(host)
    beside = runtime.library.with_name("tvm_ffi.dll")
    library = beside if beside.exists() else runtime.library
    assert c_functions(library) == c_functions(host.library)
    assert not [one for one in runtime.root.rglob("*") if one.suffix in {".pyc", ".py", ".pyd"}]
    for name, value in OFFLINE.items():
        monkeypatch.setenv(name, value)
    assert fetched(platform) == runtime


def headers(runtime: Runtime) -> dict[str, bytes]:
    """Return the headers of a runtime, with the line ends of Unix."""
    found = (one for one in runtime.include_dir.rglob("*.h") if "python" not in one.name)
    return {
        str(one.relative_to(runtime.include_dir)): one.read_bytes().replace(b"\r\n", b"\n")
        for one in found
    }


def c_functions(library: Path) -> list[str]:
    """Return the C functions of a runtime."""
    return sorted(
        name for name in read_file(library, library.name).exports if name.startswith("TVMFFI")
    )


@pytest.mark.zig
@pytest.mark.network
@pytest.mark.parametrize("target", TARGETS, ids=lambda one: one.name)
@pytest.mark.usefixtures("cache")
def test_names_alone_link_the_same_library(target: Target, tmp_path: Path) -> None:
    require("zig", present=importlib.util.find_spec("ziglang") is not None)
    platform = row_of(target).runtime
    if platform:
        fetched(platform)
    linked = {link: linked_with(link, target, tmp_path / link) for link in ("wheel", "stubs")}
    binary = read_file(linked["stubs"], "stubs")
    taken = [one.name for one in binary.imports]
    assert [name for name in taken if name != "dyld_stub_binder"] == ["TVMFFIFunctionCall"]
    assert [name for name in binary.needed if "tvm_ffi" in name] == {
        "linux": ["libtvm_ffi.so"],
        "macos": ["@rpath/libtvm_ffi.dylib"],
        "windows": ["tvm_ffi.dll"],
    }[target.system]
    assert NAME in binary.exports
    assert read_file(linked["wheel"], "stubs") == binary
    if target.system == "macos":
        assert asked_versions(linked["wheel"]) == asked_versions(linked["stubs"]) == ("0.0.0",) * 2
    elif target.system == "linux":
        assert linked["wheel"].read_bytes() == linked["stubs"].read_bytes()


def asked_versions(library: Path) -> tuple[str, str]:
    """Return the versions of the runtime, current and compatible, that a Mach-O library asks for.

    The system refuses to load one that states a lower one than what is asked for.
    """
    [header] = MachO(str(library)).headers
    named = [(one, name) for _, one, name in header.commands if isinstance(name, bytes)]
    [found] = [one for one, name in named if b"libtvm_ffi.dylib" in name]
    return str(found.current_version), str(found.compatibility_version)


def linked_with(link: str, target: Target, folder: Path) -> Path:
    """Link a library in C, which needs no library of zig's own, and return it."""
    compiler = find_cross_compiler(target)
    runtime = runtime_for(target, find_runtime(), compiler, link)
    has_wheel = bool(row_of(target).runtime)
    assert ("stub" in str(runtime.library)) == (link == "stubs" or not has_wheel)
    folder.mkdir()
    (folder / "x.c").write_text(C_SOURCE)
    export = ["-Wl,--export-all-symbols", "-Wl,--no-entry"] if target.system == "windows" else []
    options = ["-shared", "-nostdlib", "-s", *([] if export else ["-fPIC"]), *export]
    made = target.library_name("x")
    soname = ["-Wl,-install_name,@rpath/x"] if target.system == "macos" else []
    check(*compiler.cc, *options, *soname, "x.c", runtime.library, "-o", made, cwd=folder)
    return folder / made


def test_the_table_of_targets_agrees_with_that_of_releases() -> None:
    newest = read_table().releases[-1]
    assert set(FETCHED) == set(newest.platforms)


ERRORS = {
    "target-offline": ["--target", "linux-aarch64"],
    "target-offline-windows": ["--target", "windows-arm64"],
    "ffi-no-version": ["--ffi", "newest"],
    "ffi-too-old": ["--ffi", "0.1.9"],
    "ffi-unknown": ["--ffi", "0.1.12.1"],
    "ffi-newer": ["--ffi", "99.1"],
}


@pytest.mark.compiler
@pytest.mark.zig
@pytest.mark.parametrize("name", ERRORS)
def test_what_is_not_to_be_had_is_named(
    name: str, workshop: Workshop, tmp_path: Path, *, update_golden: bool
) -> None:
    compare_error(name, ERRORS[name], workshop, tmp_path / "cache", update=update_golden)
    left = [one for one in (tmp_path / "cache").rglob("*") if one.is_file()]
    assert not [one for one in left if "releases" in one.parts], "nothing is half-fetched"


def compare_error(
    name: str, arguments: list[str], workshop: Workshop, cache: Path, *, update: bool
) -> None:
    """Build without an index, and compare what is said; pip's warnings are its own business."""
    require("zig", present=importlib.util.find_spec("ziglang") is not None)
    project = workshop.copy(SAMPLES / "sources-only")
    result = workshop.build(project, *arguments, XDG_CACHE_HOME=str(cache), **OFFLINE)
    assert "✓ compile" not in result.err, "nothing is compiled for nothing"
    said = result.err[result.err.index("error: ") :]
    text = f"exit code {result.code}\n{said}".replace(str(cache), "{cache}")
    text = text.replace(find_runtime().version, "{version}").replace(str(project), "{project}")
    text = re.sub(r"(?m)^(?:WARNING: |\[notice\]).*\n", "", text)
    text = re.sub(r"/\.\w+/", "/{scratch}/", text)
    text = re.sub(r"(cp\d+-)\S+?-(?:glibc|musl)", r"{python}", text)
    compare_golden(GOLDEN / "errors" / f"{name}.txt", text, update=update)
    assert result.code != 0
    assert "Traceback" not in result.err
    assert not list(project.glob("dist/*.whl"))


@pytest.mark.network
@pytest.mark.zig
@pytest.mark.usefixtures("cache")
def test_a_damaged_cache_is_named(
    workshop: Workshop, tmp_path: Path, *, update_golden: bool
) -> None:
    place = fetched("linux_aarch64").root.parent
    own = tmp_path / "cache"
    copied = own / place.relative_to(CACHE)
    shutil.copytree(place, copied)
    library = copied / "tvm_ffi" / "lib" / "libtvm_ffi.so"
    library.write_bytes(library.read_bytes()[:-1000])
    arguments = ["--target", "linux-aarch64"]
    compare_error("target-damaged", arguments, workshop, own, update=update_golden)


@pytest.mark.zig
def test_a_cache_that_is_no_folder_is_named(
    workshop: Workshop, tmp_path: Path, *, update_golden: bool
) -> None:
    own = tmp_path / "cache"
    own.write_text("a file")
    arguments = ["--target", "linux-aarch64"]
    compare_error("target-cache-in-the-way", arguments, workshop, own, update=update_golden)


@pytest.mark.network
@pytest.mark.skipif(sys.platform == "win32", reason="has no such limit")
def test_a_full_cache_is_explained(tmp_path: Path) -> None:
    """A limit on file sizes stands for the full disk: pip meets it when it unpacks."""
    version = find_runtime().version
    code = f"from ffiwheel.toolchain.releases import *; install_release({version!r})"
    command = f"ulimit -f 2000; exec '{sys.executable}' -c \"{code}\""
    variables = {"XDG_CACHE_HOME": str(tmp_path), "PIP_NO_CACHE_DIR": "1"}
    result = run("sh", "-c", command, cwd=tmp_path, env=variables)
    assert "cannot write to the cache: File too large" in result.err
    assert not [one for one in tmp_path.rglob("*") if one.is_file()]


def test_who_comes_second_takes_what_is_there(tmp_path: Path) -> None:
    """Another build puts its folder there while this one makes its own."""
    place = tmp_path / "deep" / "place"

    def other(folder: Path) -> None:
        (folder / "file").write_text("other")

    def own(folder: Path) -> None:
        in_cache(place, other)
        (folder / "file").write_text("own")

    assert in_cache(place, own) == place
    assert (place / "file").read_text() == "other"
    assert [one.name for one in place.parent.iterdir()] == ["place"]


def test_what_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "file").write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match="No space left"):
        in_cache(tmp_path / "place", fail)
    assert not list(tmp_path.iterdir())


@pytest.mark.compiler
@pytest.mark.network
@pytest.mark.parametrize("version", ["0.1.12", "0.1.14.post1"])
@pytest.mark.usefixtures("cache")
def test_a_build_with_another_release_says_so(version: str, workshop: Workshop) -> None:
    try:
        runtime = find_wanted_runtime(version)
    except FfiwheelError:
        require("network", present=False)
        raise
    project = workshop.copy(SAMPLES / "sources-only")
    wheel = workshop.wheel(project, "--ffi", version, **OFFLINE)
    audited = audit_file(wheel)
    [library] = audited.subject.extensions.values()
    assert library.header_version == version
    assert audited.runtime
    assert {version, find_runtime().version} <= set(audited.runtime.releases)
    with zipfile.ZipFile(wheel) as archive:
        [name] = [one for one in archive.namelist() if one.endswith("/WHEEL")]
        assert f"Tvm-Ffi-Headers: {version}" in archive.read(name).decode()
    folder = project / "build" / "ffiwheel" / "release"
    assert (folder / "bindings" / "tvm_ffi").resolve() == runtime.root, "imported with it, too"
    commands = (folder / "build.ninja").read_text()
    assert str(runtime.include_dir) in commands
    assert str(runtime.library) in commands


@pytest.mark.parametrize(
    ("installer", "has_pip", "wanted"),
    [("pip", True, False), ("uv", True, True), ("conda", True, False), ("pip", False, True)],
)
def test_who_has_installed_the_runtime_fetches_it(
    installer: str, monkeypatch: pytest.MonkeyPatch, *, has_pip: bool, wanted: bool
) -> None:
    """That program knows the way to an index; a machine with pip.conf may have an idle uv."""
    said = SimpleNamespace(read_text=lambda name: f"{installer}\n" * (name == "INSTALLER"))
    found = {"apache-tvm-ffi": [said], "pip": [said] * has_pip}
    monkeypatch.setattr("importlib.metadata.distributions", lambda name: found[name])
    find_uv.cache_clear()
    try:
        assert bool(find_uv()) == wanted
    finally:
        find_uv.cache_clear()


@pytest.mark.parametrize(
    ("family", "cc", "dlltool"),
    [
        ("zig", "/a/gcc/zig", ["/a/gcc/zig", "dlltool"]),
        ("gcc", "x86_64-w64-mingw32-gcc", ["x86_64-w64-mingw32-dlltool"]),
        ("gcc", "/opt/x86_64-w64-mingw32-gcc-12", ["/opt/x86_64-w64-mingw32-dlltool"]),
        ("clang", "aarch64-w64-mingw32-clang", ["aarch64-w64-mingw32-dlltool"]),
    ],
)
def test_import_libraries_are_made_by_what_belongs_to_the_compiler(
    family: Literal["gcc", "clang", "zig"], cc: str, dlltool: list[str]
) -> None:
    assert name_dlltool(Compiler(family=family, label="", cc=(cc,), cxx=())) == dlltool


def test_the_installed_release_is_not_fetched_again(tmp_path: Path) -> None:
    installed = find_runtime()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path))
        assert find_wanted_runtime(installed.version) == installed
        assert find_wanted_runtime("") == installed
    assert not list(tmp_path.iterdir())
