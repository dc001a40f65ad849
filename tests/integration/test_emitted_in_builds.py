"""Emitted files during builds: compiled, in the wheel, in the sdist, never in the tree."""

from __future__ import annotations

import ast
import shutil
import sys
import tarfile
import zipfile
from email.parser import HeaderParser
from pathlib import Path

import pytest
from emitted_sample import MAIN, times
from workshop import SAMPLES, Workshop, check, commit_all, git_status, run_ffiwheel

from ffiwheel.compile.sources import find_sources
from ffiwheel.model.overlay import Overlay

pytestmark = pytest.mark.compiler
OVERLAY = Path("build", "ffiwheel", "release", "version")


@pytest.fixture
def project(workshop: Workshop) -> Path:
    """The sample project, one commit after v0.6.0."""
    project = workshop.copy(SAMPLES / "emitted-files")
    check("git", "tag", "v0.6.0", cwd=project)
    commit_all(project)
    return project


def read(wheel: Path, ending: str) -> str:
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(ending)]
        return archive.read(name).decode()


def version_in(wheel: Path) -> str:
    for line in read(wheel, "/_version.py").splitlines():
        if line.startswith("__version__ = "):
            return str(ast.literal_eval(line.rpartition(" = ")[2]))
    raise AssertionError


def compiled(project: Path) -> list[str]:
    """Return the outputs in Ninja's log, in the order in which they were made."""
    log = (project / "build/ffiwheel/release/.ninja_log").read_text().splitlines()[1:]
    return [Path(line.split("\t")[3]).name for line in log]


def extract(sdist: Path, folder: Path) -> Path:
    with tarfile.open(sdist) as archive:
        archive.extractall(folder)
    return folder / sdist.name.removesuffix(".tar.gz")


def sdist_of(project: Path) -> tuple[Path, Path]:
    result = run_ffiwheel("build", "--sdist", cwd=project)
    assert result.code == 0, result.err
    sdist, wheel = (project / line for line in result.out.split())
    return sdist, wheel


def test_a_new_commit_compiles_one_object(workshop: Workshop, project: Path) -> None:
    wheel = workshop.wheel(project)
    assert version_in(wheel) == "0.7.0.dev1"
    assert git_status(project) == ""
    first, rules = compiled(project), (project / OVERLAY.parent / "build.ninja").read_text()
    assert "0.7.0" not in rules, "no version is on a command line"
    commit_all(project)
    assert version_in(workshop.wheel(project)) == "0.7.0.dev2"
    assert compiled(project)[len(first) :] == ["emitted_files_version.cc.o", "libemitted_files.so"]
    assert (project / OVERLAY.parent / "build.ninja").read_text() == rules
    built = times(project / OVERLAY.parent)
    workshop.wheel(project)
    changed = {
        path for path, time in times(project / OVERLAY.parent).items() if built[path] != time
    }
    assert {path.suffix for path in changed} <= {".whl", ".txt", ".ninja_log"}, "nothing is rebuilt"


@pytest.mark.parametrize("is_edited", [False, True], ids=["clean", "edited"])
def test_wheel_metadata_library_and_module_say_the_same(
    *, is_edited: bool, workshop: Workshop, project: Path, tmp_path: Path
) -> None:
    if is_edited:
        (project / "web" / "package.json").write_text('{"version": "0.0.1"}')
    wheel = workshop.wheel(project)
    stated = HeaderParser().parsestr(read(wheel, "METADATA"))["Version"]
    assert version_in(wheel) == stated
    assert ("+g" in stated) == is_edited
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    code = (
        "import emitted_files as e, emitted_files._version as v; print(e.version(), v.full_version)"
    )
    said = check(sys.executable, "-c", code, cwd=tmp_path / "site").split()
    full = run_ffiwheel("version", cwd=project).out.strip()
    assert said == [full, full]


@pytest.mark.parametrize("is_edited", [False, True], ids=["clean", "edited"])
def test_the_sdist_has_the_files_and_makes_the_same_wheel(
    *, is_edited: bool, workshop: Workshop, project: Path, tmp_path: Path
) -> None:
    if is_edited:
        (project / "web" / "package.json").write_text('{"version": "0.0.1"}')
    direct = workshop.wheel(project).read_bytes()
    sdist, wheel = sdist_of(project)
    assert wheel.read_bytes() == direct
    unpacked = extract(sdist, tmp_path)
    overlay = project / OVERLAY
    emitted = [file.relative_to(overlay) for file in overlay.rglob("*") if file.is_file()]
    assert len(emitted) == 13
    for file in emitted:
        assert (unpacked / file).read_bytes() == (overlay / file).read_bytes()
    commit_all(unpacked, initial=True)
    assert workshop.wheel(unpacked).read_bytes() == direct, "also in a repository of somebody's"
    assert git_status(unpacked) == ""
    again, _ = sdist_of(unpacked)
    assert again.read_bytes() == sdist.read_bytes(), "an sdist of the sdist is the sdist"


def test_a_compiler_alone_builds_from_the_sdist(
    workshop: Workshop, project: Path, tmp_path: Path
) -> None:
    """Neither git nor Python is there."""
    workshop.wheel(project)
    sdist, _ = sdist_of(project)
    unpacked = extract(sdist, tmp_path)
    (tmp_path / "main.cc").write_text(MAIN)
    compiler = shutil.which("c++") or "g++"
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("as", "ld"):
        (tools / tool).symlink_to(str(shutil.which(tool)))
    sources = (unpacked / "src" / "consumer.cc", unpacked / "src" / "emitted_files_version.cc")
    command = (compiler, f"-I{unpacked}/include", *sources, "main.cc", "-o", "main")
    check(*command, cwd=tmp_path, env={"PATH": str(tools)})
    said = check(tmp_path / "main", cwd=tmp_path).split()[0]
    assert said == run_ffiwheel("version", cwd=project).out.strip()


def test_an_unpacked_sdist_takes_another_version(
    workshop: Workshop, project: Path, tmp_path: Path
) -> None:
    """A packager may state the same release without its commit, and anything between releases."""
    sdist, _ = sdist_of(project)
    unpacked = extract(sdist, tmp_path)
    wheel = workshop.wheel(unpacked, FFIWHEEL_VERSION="0.7.0.dev99")
    assert version_in(wheel) == "0.7.0.dev99"
    refused = workshop.build(unpacked, FFIWHEEL_VERSION="2.0.0")
    assert refused.code == 2
    assert "`include/emitted_files_version.h` lies in the project" in refused.err


def test_two_folders_give_the_same_bytes(workshop: Workshop, project: Path) -> None:
    other = workshop.folder / "deeper" / "pärt two"
    shutil.copytree(project, other)
    assert workshop.wheel(project).read_bytes() == workshop.wheel(other).read_bytes()
    debug = workshop.wheel(project, "--debug").read_bytes()
    assert workshop.wheel(other, "--debug").read_bytes() == debug


def test_what_is_no_longer_wanted_goes(workshop: Workshop, project: Path) -> None:
    workshop.wheel(project)
    assert (project / OVERLAY / "version.json").is_file()
    file = project / "pyproject.toml"
    table = '[[tool.ffiwheel.version.emit]]\nform = "json"\npath = "version.json"\n'
    assert table in file.read_text()
    file.write_text(file.read_text().replace(table, ""))
    workshop.wheel(project)
    assert not (project / OVERLAY / "version.json").exists()
    emit(project, path="web", template="templates/version.rc.in")
    text = file.read_text()
    tables = [table for table in text.split("\n\n") if 'path = "web/' not in table]
    file.write_text("\n\n".join(tables))
    shutil.rmtree(project / "web")
    (project / "package.json").write_text('{"version": "0.0.0"}')
    file.write_text(file.read_text().replace("web/package.json", "package.json"))
    workshop.wheel(project)
    assert (project / OVERLAY / "web").is_file(), "a folder has become a file"


def test_a_package_that_is_nothing_but_emitted(workshop: Workshop) -> None:
    project = workshop.copy(SAMPLES / "sources-only", git=False)
    emit(project, path="python/sources_only/_version.py", form="python")
    direct = workshop.wheel(project)
    assert version_in(direct) == "1.0.0"
    _, wheel = sdist_of(project)
    assert wheel.read_bytes() == direct.read_bytes()
    assert not (project / "python").exists()


def test_every_pattern_finds_an_emitted_source_once(workshop: Workshop) -> None:
    """Also `**`, which sees the build folder, and one that nothing else matches."""
    project = workshop.copy(SAMPLES / "sources-only", git=False)
    file = project / "pyproject.toml"
    file.write_text(file.read_text().replace('["src/*.cc"]', '["**/*.cc", "gen/*.cc"]'))
    emit(project, path="gen/sources_only_version.h", form="c-header")
    emit(project, path="gen/sources_only_version.cc", form="c-source")
    (project / "more.cc.in").write_text("int more() { return {{ c_major }}; }\n")
    emit(project, path="./gen//more.cc", template="more.cc.in")
    assert "3 objects" in workshop.build(project).err
    assert "3 objects" in workshop.build(project, "--debug").err
    result = workshop.build(project, "--sdist")
    assert "3 objects" in result.err
    with tarfile.open(project / result.out.split()[0]) as archive:
        assert "sources_only-1.0.0/gen/more.cc" in archive.getnames()
    assert "3 objects" in workshop.build(project).err


def test_a_header_is_found_wherever_the_project_would_find_it(workshop: Workshop) -> None:
    project = workshop.copy(SAMPLES / "sources-only", git=False)
    emit(project, path="src/beside.h", form="c-header")
    emit(project, path="third/configured.h", form="c-header")
    emit(project, path="include/hello/below.h", form="c-header")
    emit(project, path="src/detail/version.cc", form="c-source")
    file = project / "pyproject.toml"
    text = file.read_text() + '\n[tool.ffiwheel.compile]\ninclude-dirs = ["third"]\n'
    file.write_text(text)
    source = project / "src" / "sources_only.cc"
    includes = '#include "beside.h"\n#include <configured.h>\n#include <hello/below.h>\n'
    source.write_text(
        f"{includes}{source.read_text()}\nconst char* use = sources_only_version();\n"
    )
    direct = workshop.wheel(project)
    _, wheel = sdist_of(project)
    assert direct.read_bytes() == wheel.read_bytes()


def emit(project: Path, **keys: str) -> None:
    file = project / "pyproject.toml"
    lines = "".join(f'{key} = "{value}"\n' for key, value in keys.items())
    file.write_text(f"{file.read_text()}\n[[tool.ffiwheel.version.emit]]\n{lines}")


CMAKE_LINES = """
if(NOT DEFINED FFIWHEEL_VERSION_DIR)
  set(FFIWHEEL_VERSION_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
endif()
include("${FFIWHEEL_VERSION_DIR}/cmake/version.cmake")
message(STATUS "emitted ${CMAKE_EXTENSION_VERSION_FULL}")
target_sources(cmake_extension PRIVATE "${FFIWHEEL_VERSION_DIR}/src/version.cc")
target_include_directories(cmake_extension PRIVATE "${FFIWHEEL_VERSION_DIR}/include")
"""


@pytest.fixture
def cmake_project(workshop: Workshop) -> Path:
    """A CMake project that compiles the emitted source, one commit after v0.6.0."""
    project = workshop.copy(SAMPLES / "cmake-extension", git=False)
    file = project / "pyproject.toml"
    file.write_text(file.read_text().replace('version = "1.0.0"', 'dynamic = ["version"]'))
    emit(project, path="cmake/version.cmake", form="cmake")
    emit(project, path="include/version.h", form="c-header")
    emit(project, path="src/version.cc", form="c-source")
    emit(project, path="python/cmake_extension/_version.py", form="python")
    with (project / "CMakeLists.txt").open("a") as lists:
        lists.write(CMAKE_LINES)
    source = project / "src" / "extension.cc"
    use = "tvm::ffi::String Version() { return cmake_extension_version(); }"
    use += "\nTVM_FFI_DLL_EXPORT_TYPED_FUNC(version, Version);\n"
    source.write_text(f'#include "version.h"\n{source.read_text()}\n{use}')
    commit_all(project, initial=True)
    check("git", "tag", "v0.6.0", cwd=project)
    commit_all(project)
    return project


def test_a_cmake_project_gets_the_folder(
    workshop: Workshop, cmake_project: Path, tmp_path: Path
) -> None:
    project = cmake_project
    direct = workshop.wheel(project)
    assert version_in(direct) == "0.7.0.dev1"
    log = next((project / "build/ffiwheel/release").glob("cmake-*/.ninja_log"))
    before = log.read_text().splitlines()
    commit_all(project)
    workshop.wheel(project)
    made = [Path(line.split("\t")[3]).name for line in log.read_text().splitlines()[len(before) :]]
    assert [name for name in made if name.endswith(".o")] == ["version.cc.o"]
    full = run_ffiwheel("version", cwd=project).out.strip()
    assert f"emitted {full}" in (project / "build/ffiwheel/release/log.txt").read_text()
    sdist, wheel = sdist_of(project)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    code = "from cmake_extension._ffi_api import version; print(version())"
    assert check(sys.executable, "-c", code, cwd=tmp_path / "site").strip() == full
    assert git_status(project) == ""
    unpacked = extract(sdist, tmp_path)
    assert workshop.wheel(unpacked).read_bytes() == wheel.read_bytes()


def test_another_backend_that_states_its_version(workshop: Workshop) -> None:
    project = workshop.copy(SAMPLES / "setuptools-extension", git=False)
    emit(project, path="src/setuptools_extension/_version.py", form="python")
    commit_all(project, initial=True)
    assert version_in(workshop.wheel(project)) == "1.0.0"
    assert git_status(project) == ""


def test_another_backend_that_decides_the_version_is_noted(workshop: Workshop) -> None:
    project = workshop.copy(SAMPLES / "guide-generated")
    file = project / "pyproject.toml"
    text = file.read_text().replace('version = "1.0.0"', 'dynamic = ["version"]')
    provider = """
[tool.scikit-build.metadata.version]
provider = "scikit_build_core.metadata.regex"
input = "VERSION"
regex = "(?P<value>.+)"
"""
    file.write_text(text + provider)
    (project / "VERSION").write_text("3.2.1\n")
    emit(project, path="python/guide_generated/_version.py", form="python")
    result = workshop.build(project)
    assert "nothing is emitted: `scikit_build_core.build` decides the version" in result.err
    assert "3.2.1" in result.out


def test_an_editable_install_finds_the_module(project: Path, tmp_path: Path) -> None:
    code = "import ffiwheel.backend as b, sys; print(b.build_editable(sys.argv[1]))"
    check(sys.executable, "-c", code, tmp_path, cwd=project)
    [wheel] = tmp_path.glob("*.whl")
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    code = (
        "import site; site.addsitedir('site'); import emitted_files as e, emitted_files._version;"
        "print(e.__version__, e.version(), e.__file__)"
    )
    public, full, file = check(sys.executable, "-c", code, cwd=tmp_path).split()
    assert full == run_ffiwheel("version", cwd=project).out.strip()
    assert public == full.partition("+")[0]
    assert Path(file).is_relative_to(project), "the source tree's own code is used"
    assert (site / "emitted_files-stubs" / "_version.pyi").is_file(), "type checkers find it too"
    assert git_status(project) == ""


def test_a_file_in_the_way_is_refused_before_anything_is_made(project: Path) -> None:
    (project / "python" / "emitted_files" / "_version.py").write_text("__version__ = '9'\n")
    refused = run_ffiwheel("build", cwd=project)
    assert refused.code == 2
    assert not (project / OVERLAY).exists()


def test_sources_have_one_order_wherever_the_build_folder_is(tmp_path: Path) -> None:
    """Objects are linked in this order, and a read-only project is built in the user's cache."""
    root = tmp_path / "m"
    for place in (tmp_path / "a", tmp_path / "z", root / "build" / "ffiwheel" / "release"):
        for file in (root / "src" / "a.cc", root / "src" / "c.cc", place / "src" / "b.cc"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
        overlay = Overlay(folder=place, paths=("src/b.cc",), sources=("src/b.cc",))
        found = find_sources(root, ("**/*.cc",), overlay)
        assert found == (root / "src" / "a.cc", place / "src" / "b.cc", root / "src" / "c.cc")
