"""Libraries for macOS, built here and never run here: byte by byte what a Mac would find."""

from __future__ import annotations

import importlib.util
import io
import random
import struct
import sys
import zipfile
from functools import cache
from importlib.metadata import version
from pathlib import Path

import lief
import pytest
import yaml
from debian_packages import find_or_install, look_for
from dyld import commands, find_faults, is_local_name, read_header, read_signature, text_of
from macholib import mach_o
from workshop import TEMPLATES, Workshop, check, require, run, run_ffiwheel

from ffiwheel.audit.binary.read import read_binary
from ffiwheel.wheel.macho.dylib import LayoutError, read_dylib
from ffiwheel.wheel.macho.finish import Wanted, finish_dylib

pytestmark = pytest.mark.zig

ARCHES = {"arm64": 0x0100000C, "x86_64": 0x01000007}
TARGETS = [f"--target=macos-{arch}" for arch in ARCHES]
SYSTEM, RUNTIME = "/usr/lib/libSystem.B.dylib", "@rpath/libtvm_ffi.dylib"
NAME = "my_extension/libmy_extension.dylib"
PRESENT = ["___tvm_ffi__doc_add_two", "___tvm_ffi__metadata_add_two", "___tvm_ffi_add_two"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plain template, built for both."""
    require("zig", present=importlib.util.find_spec("ziglang") is not None)
    made = Workshop(tmp_path_factory.mktemp("macos")).copy(TEMPLATES / "cpu", "project")
    result = run_ffiwheel("build", *TARGETS, cwd=made)
    assert result.code == 0, result.err
    assert result.err.count("linked, not run") == len(ARCHES)
    (made / "said.txt").write_text(result.err)
    for arch in ARCHES:
        with zipfile.ZipFile(wheel_of(made, arch)) as archive:
            (made / arch).mkdir()
            (made / arch / Path(NAME).name).write_bytes(archive.read(NAME))
    return made


@pytest.fixture(params=ARCHES)
def arch(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def library(project: Path, arch: str) -> Path:
    return project / arch / Path(NAME).name


def wheel_of(project: Path, arch: str) -> Path:
    [found] = (project / "dist").glob(f"*-py3-none-macosx_11_0_{arch}.whl")
    return found


def test_nothing_is_found_in_either(project: Path, arch: str) -> None:
    said = (project / "said.txt").read_text()
    warnings = [line.split()[1] for line in said.splitlines() if "warning: " in line]
    assert warnings == ["FFI005"], "only that users on x86-64 compile the runtime"
    audit = run_ffiwheel("audit", wheel_of(project, arch), cwd=project)
    assert audit.code == 0
    codes = [line.split()[1] for line in (audit.out + audit.err).splitlines() if "note:" in line]
    assert set(codes) <= {"WHL009"}, "that is the template's metadata"


def test_dyld_has_nothing_to_refuse(library: Path) -> None:
    assert list(find_faults(library)) == []


def test_apples_tools_could_change_it(library: Path) -> None:
    """`codesign`, `strip` and `install_name_tool` refuse tables with gaps; lief has their check."""
    lief.logging.disable()
    made = lief.MachO.parse(str(library))
    assert made
    [image] = made
    assert lief.MachO.check_layout(image) == (True, "")
    assert sorted(str(one.name) for one in image.exported_symbols) == PRESENT
    info = image.dyld_info
    assert info
    kinds = {one.binding_class for one in info.bindings}
    assert kinds == {lief.MachO.DyldBindingInfo.CLASS.STANDARD}, "none is weak, none is lazy"


def test_every_load_command(library: Path, arch: str) -> None:
    header = read_header(library)
    every = commands(header)
    assert (header.header.cputype, header.header.filetype) == (ARCHES[arch], mach_o.MH_DYLIB)
    assert header.header.flags == (
        mach_o.MH_NOUNDEFS | mach_o.MH_DYLDLINK | mach_o.MH_TWOLEVEL | 0x100000 | 0x800000
    ), "no re-exports, thread-local variables; neither weak definitions nor binds to weak ones"
    assert [number for number, _, _ in every if number != mach_o.LC_SEGMENT_64] == [
        mach_o.LC_DYLD_INFO_ONLY,
        mach_o.LC_FUNCTION_STARTS,
        mach_o.LC_DATA_IN_CODE,
        mach_o.LC_SYMTAB,
        mach_o.LC_DYSYMTAB,
        mach_o.LC_LOAD_DYLINKER,
        mach_o.LC_ID_DYLIB,
        mach_o.LC_RPATH,
        mach_o.LC_SOURCE_VERSION,
        mach_o.LC_BUILD_VERSION,
        mach_o.LC_UUID,
        mach_o.LC_LOAD_DYLIB,
        mach_o.LC_LOAD_DYLIB,
        mach_o.LC_CODE_SIGNATURE,
    ]
    [build] = (command for number, command, _ in every if number == mach_o.LC_BUILD_VERSION)
    assert (build.platform, build.minos) == (1, 11 << 16)
    assert build.sdk >= build.minos
    [uuid] = (bytes(command.uuid) for number, command, _ in every if number == mach_o.LC_UUID)
    assert any(uuid)


def test_every_name(library: Path) -> None:
    named = [
        (number, text_of(text))
        for number, _, text in commands(read_header(library))
        if number in {mach_o.LC_ID_DYLIB, mach_o.LC_RPATH, mach_o.LC_LOAD_DYLIB}
    ]
    assert named == [
        (mach_o.LC_ID_DYLIB, "@rpath/libmy_extension.dylib"),
        (mach_o.LC_RPATH, "@loader_path/../tvm_ffi/lib"),
        (mach_o.LC_LOAD_DYLIB, SYSTEM),
        (mach_o.LC_LOAD_DYLIB, RUNTIME),
    ]
    assert all(is_local_name(name) for _, name in named)


def test_nothing_of_this_machine_is_inside(library: Path, project: Path) -> None:
    data = library.read_bytes()
    for folder in (project, Path(sys.prefix), Path.home()):
        assert str(folder).encode() not in data


def test_the_signature_is_that_of_every_page(library: Path) -> None:
    assert read_signature(library) == (0x2, "libmy_extension.dylib", True)


def test_macholib_and_our_reader_agree(library: Path, arch: str) -> None:
    ours = read_binary(io.BytesIO(library.read_bytes()), library.name)
    every = commands(read_header(library))
    needed = [text_of(text) for number, _, text in every if number == mach_o.LC_LOAD_DYLIB]
    assert list(ours.needed) == needed
    assert (ours.arch, ours.minimum_os, ours.soname) == (arch, "11.0", "@rpath/" + library.name)
    assert ours.runpaths == ("@loader_path/../tvm_ffi/lib",)
    assert ours.signature == "ad-hoc"
    assert ours.binds_now
    assert not ours.has_symbols
    assert [f"_{name}" for name in ours.exports] == PRESENT
    assert ours.weak_exports == ()
    assert ours.header_version, "the TVM-FFI headers are recorded"


def test_every_import_is_asked_of_one_library_that_has_it(library: Path, arch: str) -> None:
    ours = read_binary(io.BytesIO(library.read_bytes()), library.name)
    assert {one.library for one in ours.imports} == {SYSTEM, RUNTIME}
    assert not any(one.weak for one in ours.imports)
    asked = {f"_{one.name}" for one in ours.imports if one.library == SYSTEM}
    known = system_symbols(arch)
    plain = {name.removeprefix("_") for name in asked} & {"dyld_stub_binder"}
    assert asked - known - {f"_{name}" for name in plain} == set()
    assert plain <= known
    assert {one.name for one in ours.imports if one.library == RUNTIME} == set(ours.ffi_imports)
    newer = {name: SINCE[name] for name in asked & SINCE.keys() if SINCE[name] > (11, 0)}
    assert not newer, "the oldest macOS that it is for does not have them"


SINCE = {
    "_clock_gettime": (10, 12),
    "_aligned_alloc": (10, 15),
    "_timespec_get": (10, 15),
    "____chkstk_darwin": (10, 15),
    "___darwin_check_fd_set_overflow": (11, 0),
    "_preadv": (11, 0),
    "_pwritev": (11, 0),
    "_os_sync_wait_on_address": (14, 4),
    "_strchrnul": (15, 4),
}
"""Functions that the system has not always had, by the availability in Apple's headers."""


class Loader(yaml.SafeLoader):
    """Reads Apple's descriptions of libraries, whose documents have a type."""


Loader.add_multi_constructor("!", lambda one, _, node: one.construct_mapping(node, deep=True))


def system_symbols(arch: str) -> set[str]:
    """What `libSystem` has, by the description that comes with zig."""
    [spec] = importlib.util.find_spec("ziglang").submodule_search_locations  # type: ignore[union-attr,misc]  # it is there
    text = (Path(spec) / "lib" / "libc" / "darwin" / "libSystem.tbd").read_text()
    known: set[str] = set()
    for document in yaml.load_all(text, Loader):
        for kind in ("exports", "reexports"):
            for entry in document.get(kind, ()):
                if {f"{arch}-macos", f"{arch}e-macos"} & set(entry["targets"]):
                    for names in ("symbols", "weak-symbols", "thread-local-symbols"):
                        known.update(entry.get(names, ()))
    assert len(known) > 5000
    return known


@pytest.mark.network
def test_the_runtime_for_macos_has_every_function(
    project: Path, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    """The wheel on PyPI, in the release that was compiled against; for arm64 only, as it is."""
    folder = pytestconfig.cache.mkdir("ffiwheel-macos-runtime")
    wanted = f"apache-tvm-ffi=={version('apache-tvm-ffi')}"
    if not list(folder.glob(f"*-{version('apache-tvm-ffi')}-*.whl")):
        options = ("--quiet", "--no-deps", "--only-binary=:all:", "--python-version=3.11")
        where = ("--platform=macosx_11_0_arm64", f"--dest={folder}")
        fetched = run(
            sys.executable, "-m", "pip", "download", *options, *where, wanted, cwd=tmp_path
        )
        require("network", present=fetched.code == 0)
    [wheel] = folder.glob(f"*-{version('apache-tvm-ffi')}-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        data = archive.read("tvm_ffi/lib/libtvm_ffi.dylib")
    runtime = read_binary(io.BytesIO(data), "libtvm_ffi.dylib")
    assert runtime.soname == RUNTIME
    for arch in ARCHES:
        made = project / arch / Path(NAME).name
        ours = read_binary(io.BytesIO(made.read_bytes()), made.name)
        assert ours.ffi_imports
        assert set(ours.ffi_imports) <= set(runtime.exports)


def test_llvm_reads_the_same_tables(library: Path) -> None:
    found = find_objdump()
    require("llvm", present=found is not None)
    assert found
    tables = ("--exports-trie", "--bind", "--weak-bind", "--lazy-bind")
    text = check(found, "--macho", *tables, library, cwd=library.parent)
    parts: dict[str, list[list[str]]] = {}
    rows: list[list[str]] = []
    for line in text.splitlines():
        if line.endswith((" table:", "trie:")):
            parts[line] = rows = []
        elif line.startswith(("__", "0x")):
            rows.append(line.split())
    assert [row[1] for row in parts["Exports trie:"]] == PRESENT
    assert parts["Weak bind table:"] == parts["Lazy bind table:"] == []
    ours = read_binary(io.BytesIO(library.read_bytes()), library.name)
    bound = {(row[6].removeprefix("_"), row[5]) for row in parts["Bind table:"]}
    short = {SYSTEM: "libSystem", RUNTIME: "libtvm_ffi"}
    listed = {(one.name, short[one.library]) for one in ours.imports}
    assert bound <= listed
    unbound = {name for name, _ in listed - bound}
    assert not any(name.startswith("TVMFFI") for name in unbound)


@cache
def find_objdump() -> Path | None:
    names = ("llvm-objdump", *(f"llvm-objdump-{number}" for number in range(25, 15, -1)))
    return find_or_install(lambda: look_for(*names), "llvm")


def test_repairing_changes_nothing(project: Path, arch: str, tmp_path: Path) -> None:
    wheel = wheel_of(project, arch)
    result = run_ffiwheel("repair", wheel, "-o", tmp_path, cwd=project)
    assert result.code == 0, result.err
    with zipfile.ZipFile(tmp_path / wheel.name) as repaired:
        assert repaired.read(NAME) == (project / arch / Path(NAME).name).read_bytes()


def test_what_was_changed_is_signed_again(library: Path, arch: str, tmp_path: Path) -> None:
    """A wheel whose library somebody edited: `repair` signs it, page by page."""
    project = library.parents[1]
    wheel = wheel_of(project, arch)
    broken = tmp_path / wheel.name
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(broken, "w") as new:
        for item in old.infolist():
            data = old.read(item)
            if item.filename == NAME:
                at = data.index(b"ffiwheel:tvm-ffi-headers")
                data = data[:at] + b"F" + data[at + 1 :]
            if not item.filename.endswith("RECORD"):
                new.writestr(item, data)
        new.writestr(f"{wheel.name.split('-py3')[0]}.dist-info/RECORD", "")
    (tmp_path / "out").mkdir()
    result = run_ffiwheel("repair", broken, "-o", tmp_path / "out", cwd=tmp_path)
    assert "MAC002" not in result.err
    with zipfile.ZipFile(tmp_path / "out" / wheel.name) as repaired:
        (tmp_path / library.name).write_bytes(repaired.read(NAME))
    assert read_signature(tmp_path / library.name).is_true
    assert list(find_faults(tmp_path / library.name)) == []


def test_the_same_project_elsewhere_gives_the_same_bytes(project: Path, tmp_path: Path) -> None:
    other = Workshop(tmp_path).copy(TEMPLATES / "cpu", "another-name-for-the-folder")
    result = run_ffiwheel("build", TARGETS[0], cwd=other)
    assert result.code == 0, result.err
    assert wheel_of(other, "arm64").read_bytes() == wheel_of(project, "arm64").read_bytes()


def test_a_damaged_library_is_refused(project: Path, arch: str) -> None:
    """What the linker made, cut somewhere, or with wrong numbers in its load commands."""
    [linked] = project.glob(f"build/ffiwheel/*/targets/macos-{arch}/libmy_extension.dylib")
    whole, wanted = linked.read_bytes(), Wanted(("__tvm_ffi_*",))
    chance = random.Random(arch)
    cuts = [whole[:size] for size in range(0, len(whole), 64 * 97)]
    for _ in range(60):
        at, number = chance.randrange(32, 2000), chance.choice([0, 0x7FFFFFFF, 0xFFFFFFFF])
        cuts.append(whole[:at] + struct.pack("<I", number) + whole[at + 4 :])
    assert sum(is_refused(data, wanted) for data in cuts) > len(cuts) - 60


def is_refused(data: bytes, wanted: Wanted) -> bool:
    try:
        finish_dylib(read_dylib(data), wanted)
    except LayoutError:
        return True
    return False
