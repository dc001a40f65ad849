"""`ffiwheel repair`: wheels of other backends, for three systems, held against others' checkers."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import io
import json
import platform
import shutil
import sys
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from foreign import Foreign, make_linux, make_macos, make_windows
from workshop import (
    GOLDEN,
    QUICKSTART,
    SAMPLES,
    Workshop,
    check,
    compare_golden,
    require,
    run_ffiwheel,
)

from ffiwheel.audit.binary.read import read_binary
from ffiwheel.model.draft import Draft, is_library
from ffiwheel.wheel.assemble import write_wheel

if TYPE_CHECKING:
    from pathlib import Path

    from workshop import Result

    from ffiwheel.model.binary import Binary

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="made for x86_64")


@pytest.fixture(scope="module")
def linux(tmp_path_factory: pytest.TempPathFactory) -> Foreign:
    require("compiler", present=shutil.which("cc") is not None)
    return make_linux(tmp_path_factory.mktemp("linux"))


@pytest.fixture(scope="module")
def macos(tmp_path_factory: pytest.TempPathFactory) -> Foreign:
    require("zig", present=importlib.util.find_spec("ziglang") is not None)
    return make_macos(tmp_path_factory.mktemp("macos"))


@pytest.fixture(scope="module")
def windows(tmp_path_factory: pytest.TempPathFactory) -> Foreign:
    require("zig", present=importlib.util.find_spec("ziglang") is not None)
    return make_windows(tmp_path_factory.mktemp("windows"))


@pytest.fixture(scope="module")
def linux_made(linux: Foreign, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return repair(linux, tmp_path_factory.mktemp("linux-made"))


@pytest.fixture(scope="module")
def macos_made(macos: Foreign, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return repair(macos, tmp_path_factory.mktemp("macos-made"))


@pytest.fixture(scope="module")
def windows_made(windows: Foreign, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return repair(windows, tmp_path_factory.mktemp("windows-made"))


def repair(given: Foreign, outdir: Path, *arguments: str | Path) -> Path:
    """Repair a wheel that is expected to be repairable."""
    result = try_repair(given, outdir, *arguments)
    assert result.code == 0, result.err
    return outdir / result.out.splitlines()[-1]


def try_repair(given: Foreign, outdir: Path, *arguments: str | Path) -> Result:
    outdir.mkdir(exist_ok=True)
    options = ("-l", given.libraries, *arguments)
    return run_ffiwheel("repair", given.wheel, "-o", outdir, *options, cwd=outdir)


def read(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def binaries(wheel: Path) -> dict[str, Binary]:
    return {
        name: read_binary(io.BytesIO(data), name)
        for name, data in read(wheel).items()
        if is_library(name)
    }


def is_recorded(wheel: Path) -> bool:
    """Tell whether pip's own check of `RECORD` is content."""
    files = read(wheel)
    [record] = [name for name in files if name.endswith("/RECORD")]
    listed = {line.split(",")[0] for line in files[record].decode().splitlines()}
    return listed == set(files)


# Linux ------------------------------------------------------------------------------------------


@pytest.mark.compiler
def test_a_grafted_wheel_works_where_the_library_is_not(linux: Foreign, tmp_path: Path) -> None:
    before = linux.wheel.read_bytes(), linux.wheel.stat()
    wheel = repair(linux, tmp_path / "out")
    assert (linux.wheel.read_bytes(), linux.wheel.stat().st_mtime) == (
        before[0],
        before[1].st_mtime,
    ), "it is only read"
    assert is_recorded(wheel)
    place = tmp_path / "installed"
    check(*(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"),
          *("--disable-pip-version-check", "--target", place, wheel), cwd=tmp_path)  # fmt: skip
    hidden = linux.libraries.with_name("hidden")
    linux.libraries.rename(hidden)
    try:
        code = "import grafting._ffi_api as api; print(api.answer())"
        said = check(sys.executable, "-c", code, cwd=tmp_path, env={"PYTHONPATH": str(place)})
    finally:
        hidden.rename(linux.libraries)
    assert said == "42\n"


@pytest.mark.compiler
def test_auditwheel_agrees_with_the_tag_of_a_grafted_wheel(linux_made: Path) -> None:
    wheel = linux_made
    assert ask_auditwheel(wheel) == (tag_of(wheel), ["libtvm_ffi.so"])


def ask_auditwheel(wheel: Path) -> tuple[str, list[str]]:
    """Return the lowest tag for the symbols of a wheel, and the libraries that it lacks."""
    said = check(sys.executable, "-m", "auditwheel", "show", "--json", wheel, cwd=wheel.parent)
    answer = json.loads(said)
    return answer["sym_tag"], list(answer["external_libs"])


def tag_of(wheel: Path) -> str:
    """Return the platform tag in the name of a wheel."""
    return wheel.stem.rpartition("-")[2]


@pytest.mark.compiler
def test_what_was_put_in_stands_in_the_bill_of_materials(linux_made: Path) -> None:
    wheel = linux_made
    files = read(wheel)
    [name] = [name for name in files if name.endswith("ffiwheel.cdx.json")]
    found = {one["name"]: one for one in json.loads(files[name])["components"]}
    [place] = found["libdep.so.1"]["evidence"]["occurrences"]
    content = files[place["location"]]
    assert found["libdep.so.1"]["hashes"][0]["content"] == hashlib.sha256(content).hexdigest()
    assert not [name for name in files if "repairwheel" in name]


@pytest.mark.compiler
def test_a_repaired_wheel_stays_as_it_is(linux: Foreign, linux_made: Path, tmp_path: Path) -> None:
    again = repair(replace(linux, wheel=linux_made), tmp_path)
    assert again.name == linux_made.name
    assert again.read_bytes() == linux_made.read_bytes()


@pytest.mark.compiler
def test_two_places_give_the_same_bytes(linux: Foreign, linux_made: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "deeper" / "pärt two"
    shutil.copytree(linux.wheel.parent.parent, elsewhere)
    moved = Foreign(elsewhere / "given" / linux.wheel.name, elsewhere / "libraries")
    assert repair(moved, tmp_path).read_bytes() == linux_made.read_bytes()
    for data in read(linux_made).values():
        assert str(tmp_path).encode() not in data


@pytest.mark.compiler
def test_json_says_what_was_done(linux: Foreign, tmp_path: Path) -> None:
    result = try_repair(linux, tmp_path / "out", "--json")
    [answer] = json.loads(result.out)["wheels"]
    assert [one["name"] for one in answer["grafted"]] == ["libdep.so.1"]
    assert answer["outside"] == {"libtvm_ffi.so": "apache-tvm-ffi"}
    assert answer["version"] == "1.0"


@pytest.mark.compiler
def test_the_example_of_the_guide_agrees_with_auditwheel(workshop: Workshop) -> None:
    """The guide's commands are `pip wheel .` and `auditwheel repair --exclude libtvm_ffi.so`."""
    project = workshop.copy(QUICKSTART)
    check(*(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"),
          *("--disable-pip-version-check", "-w", "plain", "."), cwd=project)  # fmt: skip
    [plain] = (project / "plain").glob("*.whl")
    assert plain.name.endswith("-linux_x86_64.whl")
    result = run_ffiwheel("repair", plain, "-o", "out", cwd=project)
    assert result.code == 0, result.err
    wheel = project / result.out.strip()
    assert ask_auditwheel(plain) == ask_auditwheel(wheel) == (tag_of(wheel), ["libtvm_ffi.so"])
    names = read(wheel)
    assert "my_ffi_extension/_ffi_api.pyi" in names, "a stub beside the guide's own module"
    assert "my_ffi_extension/py.typed" in names
    assert read(plain)["my_ffi_extension/_ffi_api.py"] == names["my_ffi_extension/_ffi_api.py"]


@pytest.mark.compiler
def test_a_wheel_of_ours_keeps_what_is_known_of_it(workshop: Workshop) -> None:
    wheel = workshop.wheel(workshop.copy(SAMPLES / "sources-only"))
    result = run_ffiwheel("repair", wheel, "-o", "out", cwd=workshop.folder)
    assert result.code == 0, result.err
    assert (workshop.folder / result.out.strip()).read_bytes() == wheel.read_bytes()
    assert "ffiwheel-api.json describes it already" in result.err


# macOS ------------------------------------------------------------------------------------------

DELOCATE = """
import json, sys, tempfile
from pathlib import Path
from repairwheel.macos.repair import _patch_tools
_patch_tools()  # Apple's tools, in Python
from repairwheel._vendor.delocate import delocating, libsana
wheel = Path(sys.argv[1])
with tempfile.TemporaryDirectory() as folder:
    delocating.zip2dir(wheel, folder)
    name, bad = delocating._calculate_minimum_wheel_name(wheel.name, Path(folder), None)
needed = libsana.wheel_libs(str(wheel), libsana.filter_system_libs)
needed = {name: list(users) for name, users in needed.items() if name[:9] != "/usr/lib/"}
print(json.dumps({"name": name, "bad": len(bad), "needed": needed}))
"""


@pytest.mark.zig
def test_delocate_accepts_a_grafted_wheel(macos_made: Path, tmp_path: Path) -> None:
    wheel = macos_made
    assert is_recorded(wheel)
    said = json.loads(check(sys.executable, "-c", DELOCATE, wheel, cwd=tmp_path))
    assert (said["name"], said["bad"]) == (wheel.name, 0)
    assert said["needed"] == {
        "grafting/.dylibs/libdep.dylib": ["grafting/libgrafting.dylib"],
    }, "what is needed is inside"


@pytest.mark.zig
def test_every_library_for_macos_has_a_valid_signature(macos_made: Path) -> None:
    wheel = macos_made
    assert {name: one.signature for name, one in binaries(wheel).items()} == {
        "grafting/.dylibs/libdep.dylib": "ad-hoc",
        "grafting/libgrafting.dylib": "ad-hoc",
    }


@pytest.mark.zig
def test_a_broken_signature_is_mended(macos: Foreign, tmp_path: Path) -> None:
    spoilt = tmp_path / macos.wheel.name
    with zipfile.ZipFile(macos.wheel) as given, zipfile.ZipFile(spoilt, "w") as copy:
        for name in given.namelist():
            data = given.read(name)
            copy.writestr(name, data.replace(b"no arguments", b"NO ARGUMENTS"))
    assert [one.signature for one in binaries(spoilt).values()] == ["invalid"]
    outdir = tmp_path / "out"
    result = try_repair(replace(macos, wheel=spoilt), outdir, "--exclude", "libdep.dylib")
    assert "had no valid signature" in result.err
    made = list(outdir.glob("*.whl"))
    assert [one.signature for path in made for one in binaries(path).values()] == ["ad-hoc"]


@pytest.mark.zig
@pytest.mark.parametrize("system", ["macos", "windows"])
def test_other_systems_give_the_same_bytes(
    system: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    given: Foreign = request.getfixturevalue(system)
    made: Path = request.getfixturevalue(f"{system}_made")
    assert repair(given, tmp_path / "two").read_bytes() == made.read_bytes()
    again = repair(replace(given, wheel=made), tmp_path / "three")
    assert again.read_bytes() == made.read_bytes()


# Windows ----------------------------------------------------------------------------------------


@pytest.mark.zig
def test_delvewheel_accepts_a_grafted_wheel(windows_made: Path, tmp_path: Path) -> None:
    wheel = windows_made
    assert is_recorded(wheel)
    assert "win_amd64" in wheel.name
    [grafted, library] = sorted(binaries(wheel))
    assert grafted.startswith("grafting.libs/dep-")
    assert grafted.rpartition("/")[2] in binaries(wheel)[library].needed
    options = ("--analyze-existing", "--ignore-existing", "--exclude", "tvm_ffi.dll")
    said = check(sys.executable, "-m", "delvewheel", "show", *options, wheel, cwd=tmp_path)
    copied = said.partition("will be copied into the wheel.")[2].split()
    assert copied[0] == "None"


@pytest.mark.zig
def test_grafted_libraries_are_loaded_before_the_extension(
    windows_made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "installed"
    with zipfile.ZipFile(windows_made) as archive:
        archive.extractall(place)
    file = place / "grafting" / "__init__.py"
    text = file.read_text()
    assert ast.get_docstring(ast.parse(text)) == "Grafting."
    loaded: list[str] = []
    monkeypatch.setattr("ctypes.WinDLL", loaded.append, raising=False)
    monkeypatch.setattr("os.add_dll_directory", lambda _: None, raising=False)
    exec(compile(text, str(file), "exec"), {"__file__": str(file)})
    [grafted] = (place / "grafting.libs").glob("*.dll")
    assert loaded == [str(grafted)]


# What cannot be repaired --------------------------------------------------------------------------


@pytest.mark.compiler
def test_nothing_appears_when_a_library_is_not_found(linux: Foreign, tmp_path: Path) -> None:
    outdir = tmp_path / "out"
    result = run_ffiwheel("repair", linux.wheel, "-o", outdir, cwd=tmp_path)
    assert result.code == 7
    assert "`libdep.so.1` has to be in the wheel, and is not found" in result.err
    assert "needed by grafting/libgrafting.so" in result.err
    assert "--lib-dir DIR" in result.err
    assert not list(outdir.glob("*"))


@pytest.mark.zig
@pytest.mark.parametrize(("system", "library"), [("macos", "libdep.dylib"), ("windows", "dep.dll")])
def test_missing_libraries_of_other_systems_are_named(
    system: str, library: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    given: Foreign = request.getfixturevalue(system)
    result = run_ffiwheel("repair", given.wheel, "-o", "out", cwd=tmp_path)
    assert result.code == 7
    assert result.err.count("error:") == 1
    assert f"`{library}` has to be in the wheel, and is not found" in result.err


@pytest.mark.compiler
def test_another_wheel_of_the_same_name_is_not_written_over(linux: Foreign, tmp_path: Path) -> None:
    made = repair(linux, tmp_path / "out")
    assert repair(linux, tmp_path / "out") == made, "the same one may be there"
    made.write_bytes(b"another")
    result = try_repair(linux, tmp_path / "out")
    assert result.code == 8
    assert "another wheel of that name is there" in result.err
    assert made.read_bytes() == b"another"


@pytest.mark.compiler
def test_libraries_can_be_left_to_others(linux: Foreign, tmp_path: Path) -> None:
    result = try_repair(linux, tmp_path / "out", "--exclude", "libdep.so.1")
    assert "`libdep.so.1` stays outside: the user provides it" in result.err


BIG = """\
extern int TVMFFIBigIntFromByteArray(const void *, void **);
int __tvm_ffi_big(void *self, const void *args, int count, void *result) {
  return TVMFFIBigIntFromByteArray(args, &self);
}
"""
HEAD = "Metadata-Version: 2.1\nName: big\nVersion: 1.0\n"


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that needs a function which came with 0.1.14."""
    require("compiler", present=shutil.which("cc") is not None)
    folder = tmp_path_factory.mktemp("big")
    (folder / "big.c").write_text(BIG)
    check("cc", "-shared", "-fPIC", "-Wl,-z,now", "big.c", "-o", "libbig.so", cwd=folder)
    return folder / "libbig.so"


def make_big(folder: Path, library: Path, metadata: str) -> Path:
    draft = Draft(
        name="big",
        version="1.0",
        files={"big/__init__.py": b"", "big/libbig.so": library},
        dist_info={"METADATA": metadata.encode(errors="surrogateescape")},
    )
    return write_wheel(draft, "manylinux_2_17_x86_64", folder / "given")


@pytest.mark.parametrize(
    ("stated", "wanted"),
    [
        ("", "Requires-Dist: apache-tvm-ffi>=0.1.14.post0\n"),
        ("Requires-Dist: numpy\n\nText.\n\nMore.\n",
         "Requires-Dist: numpy\nRequires-Dist: apache-tvm-ffi>=0.1.14.post0\n\nText.\n\nMore.\n"),
        ("Requires-Dist: Apache.TVM-FFI >=0.1.5,<1\n\nText.\n",
         "Requires-Dist: Apache.TVM-FFI<1,>=0.1.14.post0\n\nText.\n"),
        ("Requires-Dist: apache-tvm-ffi ==0.1.15.post2\n",
         "Requires-Dist: apache-tvm-ffi ==0.1.15.post2\n"),
        ("Requires-Dist: apache-tvm-ffi @ https://example.org/tvm_ffi.whl\n",
         "Requires-Dist: apache-tvm-ffi @ https://example.org/tvm_ffi.whl\n"),
        ("Requires-Dist: apache-tvm-ffi>=0.1.15.post1; os_name == 'posix'\n",
         "Requires-Dist: apache-tvm-ffi>=0.1.15.post1; os_name == 'posix'\n"
         "Requires-Dist: apache-tvm-ffi>=0.1.14.post0\n"),
    ],
    ids=["nothing", "no runtime", "too much", "right already", "a file", "a marker"],
)  # fmt: skip
def test_a_wheel_requires_what_it_runs_on(
    stated: str, wanted: str, big: Path, tmp_path: Path
) -> None:
    given, made = make_big(tmp_path, big, HEAD + stated), tmp_path / "made"
    result = run_ffiwheel("repair", given, "-o", made, "--fix", cwd=tmp_path)
    assert result.code == 0, result.err
    [wheel] = made.glob("*.whl")
    assert read(wheel)["big-1.0.dist-info/METADATA"].decode() == HEAD + wanted


def test_metadata_that_is_no_text_is_not_delivered(big: Path, tmp_path: Path) -> None:
    given = make_big(tmp_path, big, f"{HEAD}Requires-Dist: apache-tvm-ffi\n\nCaf\udce9.\n")
    result = run_ffiwheel("repair", given, "-o", tmp_path / "made", "--fix", cwd=tmp_path)
    assert result.code == 7
    assert "cannot read `big-1.0.dist-info/METADATA`" in result.err
    assert not [*tmp_path.glob("made/*")]


def test_what_a_wheel_requires_is_left_alone_unless_asked(big: Path, tmp_path: Path) -> None:
    given = make_big(tmp_path, big, f"{HEAD}Requires-Dist: apache-tvm-ffi>=0.1.5\n")
    result = run_ffiwheel("repair", given, "-o", tmp_path / "made", cwd=tmp_path)
    assert result.code != 0
    assert "FFI001" in result.err
    assert not (tmp_path / "made").exists() or not [*(tmp_path / "made").iterdir()]


def test_no_release_is_left(big: Path, tmp_path: Path, *, update_golden: bool) -> None:
    given = make_big(tmp_path, big, f"{HEAD}Requires-Dist: apache-tvm-ffi<0.1.13\n")
    result = run_ffiwheel("repair", given, "-o", tmp_path / "made", "--fix", cwd=tmp_path)
    text = f"exit code {result.code}\n{result.err[result.err.index('error') :]}"
    golden = GOLDEN / "errors" / "repair-no-release-left.txt"
    compare_golden(golden, text, update=update_golden)
