"""The library that `ffiwheel_version(TARGET)` makes: what is compiled when, and what it says."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import ninja
import pytest
from cmake_query import ALONE, CMAKE, FFIWHEEL, MODULE, ask_cmake, read_message
from workshop import (
    GOLDEN,
    REPOSITORY,
    SAMPLES,
    Workshop,
    check,
    commit_all,
    compare_golden,
    git_status,
    require,
    run,
)

from ffiwheel.model.version import Version

if TYPE_CHECKING:
    from workshop import Result

pytestmark = pytest.mark.compiler

TOOLS = ("git", "c++", "cc", "as", "ld", "ar", "ranlib")
FILES = {
    "CMakeLists.txt": """\
cmake_minimum_required(VERSION 3.18)
include(cmake/FfiwheelVersion.cmake)
ffiwheel_version(HELLO)
project(hello VERSION ${HELLO_VERSION} LANGUAGES CXX)
ffiwheel_version(HELLO TARGET hello_version)
add_library(hello SHARED src/library.cc src/other.cc)
target_link_libraries(hello PRIVATE hello_version)
add_executable(tell src/tell.cc)
target_link_libraries(tell PRIVATE hello hello_version)
file(WRITE "${PROJECT_BINARY_DIR}/told.txt" "${PROJECT_VERSION} ${HELLO_VERSION_FULL}")
""",
    "src/library.cc": """\
#include "hello_version.h"
#if HELLO_VERSION_NUMBER < HELLO_VERSION_ENCODE(0, 0, 1)
#error "the number can be compared"
#endif
const char* version_of_library() { return hello_version(); }
""",
    "src/other.cc": "int other() { return 1; }\n",
    "src/tell.cc": """\
#include <cstdio>
#include "hello_version.h"
const char* version_of_library();
int main() {
  std::printf("%s %s %lld %d\\n", version_of_library(), hello_version(), hello_version_number(),
              HELLO_VERSION_NUMBER == hello_version_number() / 65536 * 65536);
}
""",
    ".gitignore": "/build/\n",
}


class Tree:
    """A plain CMake project that keeps a copy of the one file, and its build folder."""

    def __init__(self, folder: Path, path: str, files: dict[str, str]) -> None:
        self.source = folder / "a project"
        self.folder = folder / "a build"
        self.path = path
        for name, text in files.items():
            (self.source / name).parent.mkdir(parents=True, exist_ok=True)
            (self.source / name).write_text(text)
        (self.source / "cmake").mkdir()
        shutil.copy(MODULE, self.source / "cmake")
        commit_all(self.source, initial=True)

    def run(self, *command: str | Path) -> Result:
        return run(*command, cwd=self.source, env={"PATH": self.path})

    def configure(self, *definitions: str) -> str:
        defined = (f"-DCMAKE_MAKE_PROGRAM={Path(ninja.BIN_DIR) / 'ninja'}", *definitions)
        result = self.run(CMAKE, "-S", ".", "-B", self.folder, "-G", "Ninja", *defined)
        assert result.code == 0, result.err
        return result.out

    def make(self) -> set[str]:
        """Build; return the sources that were compiled."""
        result = self.run(CMAKE, "--build", self.folder)
        assert result.code == 0, result.out + result.err
        return set(re.findall(r"Building CXX object \S*?(\w+)[.]cc[.]o", result.out))

    def tell(self) -> list[str]:
        return check(self.folder / "tell", cwd=self.source).split()

    def version(self) -> str:
        return self.run(FFIWHEEL, "version").out.strip()


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """A plain project on a machine without Python and ffiwheel."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        require("compiler", present=found is not None)
        (tools / name).symlink_to(str(found))
    return Tree(tmp_path, str(tools), FILES)


def test_one_object_is_compiled_after_a_commit(tree: Tree) -> None:
    check("git", "tag", "v0.6.0", cwd=tree.source)
    commit_all(tree.source)
    assert "ffiwheel" not in tree.run(CMAKE, "-E", "environment").out.partition("PATH=")[0]
    tree.configure()
    assert tree.make() == {"hello_version", "library", "other", "tell"}
    first = tree.version()
    assert first.startswith("0.7.0.dev1+g")
    assert tree.tell()[:2] == [first, first]
    assert tree.tell()[3] == "1"
    assert tree.make() == set(), "nothing changed"

    commit_all(tree.source)
    assert tree.make() == {"hello_version"}
    assert tree.tell()[:2] == [tree.version()] * 2
    assert tree.tell()[0].startswith("0.7.0.dev2+g")

    (tree.source / "src" / "other.cc").write_text("int other() { return 2; }\n")
    assert tree.make() == {"hello_version", "other"}
    assert re.fullmatch(r"0\.7\.0\.dev2\+g\w{10}\.d\w{8}", tree.tell()[0])
    assert tree.make() == set()
    check("git", "checkout", "--quiet", ".", cwd=tree.source)
    tree.make()
    assert git_status(tree.source) == ""


def test_a_release_changes_the_header(tree: Tree) -> None:
    tree.configure()
    tree.make()
    check("git", "tag", "v1.2.0", cwd=tree.source)
    assert tree.make() == {"hello_version", "library", "tell"}
    assert tree.tell()[0] == "1.2.0"
    assert (tree.folder / "told.txt").read_text().startswith("0.1.0 ")
    assert tree.make() == set()
    assert (tree.folder / "told.txt").read_text() == "1.2.0 1.2.0", "project(VERSION) follows"


def test_a_build_stops_where_the_version_is_lost(tree: Tree) -> None:
    tree.configure()
    tree.make()
    shutil.rmtree(tree.source / ".git")
    result = tree.run(CMAKE, "--build", tree.folder)
    assert result.code != 0
    assert "the project is not in a git repository" in " ".join(result.out.split())


def test_make_follows_as_well(tree: Tree, tmp_path: Path) -> None:
    make = shutil.which("make")
    require("compiler", present=make is not None)
    tools = Path(tree.path)
    (tools / "make").symlink_to(str(make))
    folder = tmp_path / "by make"
    configured = tree.run(CMAKE, "-S", ".", "-B", folder, "-G", "Unix Makefiles")
    assert configured.code == 0, configured.err
    assert "other.cc" in tree.run(CMAKE, "--build", folder).out
    commit_all(tree.source)
    assert re.findall(r"(\w+)[.]cc[.]o", tree.run(CMAKE, "--build", folder).out) == [
        "hello_version"
    ]
    assert "cc.o" not in tree.run(CMAKE, "--build", folder).out


def test_ffiwheel_is_asked_in_every_build(tree: Tree) -> None:
    """What only ffiwheel can tell: the commits that touch a path."""
    (tree.source / "pyproject.toml").write_text(
        '[tool.ffiwheel.version]\ntag-prefix = "hello-v"\npaths = ["src"]\n'
    )
    commit_all(tree.source)
    check("git", "tag", "hello-v2.0", cwd=tree.source)
    (tree.source / "src" / "other.cc").write_text("int other() { return 2; }\n")
    commit_all(tree.source)
    tree.configure(f"-DFFIWHEEL_EXECUTABLE={FFIWHEEL}")
    tree.make()
    assert tree.tell()[0].startswith("2.1.0.dev1+g")
    commit_all(tree.source)
    assert tree.make() == {"hello_version"}, "another hash, the same count"
    assert tree.tell()[0] == tree.version()


@pytest.mark.parametrize("name", ["hello_version.h", "hello_version.cc"])
def test_texts(name: str, tree: Tree, *, update_golden: bool) -> None:
    tree.path += ":/nowhere"
    (tree.source / "pyproject.toml").write_text(
        '[project]\nname = "hello"\nversion = "0.7.0.dev912"\n'
    )
    tree.configure()
    file = tree.folder / "ffiwheel" / "hello_version" / name
    compare_golden(GOLDEN / "cmake_version" / name, file.read_text(), update=update_golden)
    for compiler, language in (("cc", "c"), ("c++", "c++")):
        strict = ("-x", language, "-Wall", "-Wextra", "-Werror", "-pedantic")
        std = f"-std={language}{'99' if language == 'c' else '11'}"
        check(compiler, *strict, std, "-fsyntax-only", file, cwd=tree.source)


def test_the_documentation_shows_the_texts() -> None:
    documented = (REPOSITORY / "docs" / "cmake.md").read_text()
    for name in ("hello_version.h", "hello_version.cc"):
        assert (GOLDEN / "cmake_version" / name).read_text() in documented


def test_texts_are_those_that_ffiwheel_emits() -> None:
    """`c-header` and `c-source` have the same bytes, so that a project may change the way."""
    emitted = pytest.importorskip("ffiwheel.versioning.emit.c")
    requests = pytest.importorskip("ffiwheel.versioning.emit.request")
    version = Version(public="0.7.0.dev912")
    request = requests.Request(version=version, name="hello", header="hello_version.h")
    folder = GOLDEN / "cmake_version"
    assert emitted.render_header(request) == (folder / "hello_version.h").read_text()
    assert emitted.render_source(request) == (folder / "hello_version.cc").read_text()


def test_a_project_in_c(tmp_path: Path) -> None:
    files = {
        "CMakeLists.txt": FILES["CMakeLists.txt"]
        .replace("CXX", "C")
        .replace("src/library.cc src/other.cc", "src/library.c")
        .replace("tell.cc", "tell.c"),
        "src/library.c": FILES["src/library.cc"],
        "src/tell.c": '#include <stdio.h>\n#include "hello_version.h"\n'
        "int main(void) { puts(hello_version()); }\n",
    }
    tree = Tree(tmp_path, f"{Path(FFIWHEEL).parent}:/usr/bin:/bin", files)
    tree.configure()
    tree.make()
    assert tree.tell() == [tree.version()]


LIBRARY_ERRORS = {
    "target-taken": "add_library(hello_version STATIC src/other.cc)\n"
    "ffiwheel_version(HELLO TARGET hello_version)",
    "too-many-commits": "ffiwheel_version(HELLO TARGET hello_version)",
}


@pytest.mark.parametrize("name", LIBRARY_ERRORS)
def test_errors(name: str, tree: Tree, *, update_golden: bool) -> None:
    (tree.source / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.18)\nproject(hello LANGUAGES CXX)\n"
        f"include(cmake/FfiwheelVersion.cmake)\n{LIBRARY_ERRORS[name]}\n"
    )
    if name == "too-many-commits":
        check("git", "tag", "v1.0.0.dev70000", cwd=tree.source)
    commit_all(tree.source)
    ninja_program = f"-DCMAKE_MAKE_PROGRAM={Path(ninja.BIN_DIR) / 'ninja'}"
    result = tree.run(CMAKE, "-S", ".", "-B", tree.folder, "-G", "Ninja", ninja_program)
    assert result.code
    text = read_message(result.err).replace(str(tree.source), "/project")
    text = re.sub(r"\+g\w{10}", "+g1f2e3d4c5b", text)
    compare_golden(GOLDEN / "cmake_version" / f"{name}.txt", f"{text}\n", update=update_golden)


# A build by ffiwheel ---------------------------------------------------------------------------


def test_the_version_of_the_build_is_for_its_project_only(tmp_path: Path) -> None:
    script = """
include("{module}")
set(FFIWHEEL_PROJECT_VERSION 9.8.7+cu128)
set(FFIWHEEL_PROJECT_DIR "${{PROJECT}}/ours")
foreach (name IN ITEMS ours other)
  ffiwheel_version(${{name}} SOURCE_DIR "${{PROJECT}}/${{name}}")
  message("IT_VERSION_${{name}}=${{${{name}}_VERSION_FULL}} ${{${{name}}_VERSION_SOURCE}}")
endforeach ()
"""
    for name in ("ours", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pyproject.toml").write_text('[project]\nversion = "1.0"\n')
    told = ask_cmake(tmp_path, tmp_path / "scratch", ALONE, script)
    assert told.variables["IT_VERSION_ours"] == "9.8.7+cu128 build"
    assert told.variables["IT_VERSION_other"] == "1.0 pyproject"


def test_a_wheel_holds_its_version(workshop: Workshop) -> None:
    """`find_package(ffiwheel)` has the function, and the build's version reaches C++."""
    project = workshop.copy(SAMPLES / "cmake-extension", git=False)
    lists = project / "CMakeLists.txt"
    [target] = re.findall(r"ffiwheel_add_extension\(\s*(\w+)", lists.read_text())
    with lists.open("a") as stream:
        stream.write(
            "ffiwheel_version(IT TARGET it_version)\n"
            f"target_link_libraries({target} PRIVATE it_version)\n"
        )
    with (project / "src" / "extension.cc").open("a") as stream:
        stream.write(
            '\n#include "cmake_extension_version.h"\n'
            "static tvm::ffi::String Version() { return cmake_extension_version(); }\n"
            "TVM_FFI_DLL_EXPORT_TYPED_FUNC(version, Version)\n"
        )
    pyproject = project / "pyproject.toml"
    text = re.sub(r"(?m)^version = .*$", 'dynamic = ["version"]', pyproject.read_text())
    pyproject.write_text(text)
    commit_all(project, initial=True)
    commit_all(project)
    wheel = workshop.wheel(project)
    version = check(FFIWHEEL, "version", cwd=project).strip()
    assert f"-{version.partition('+')[0]}-" in wheel.name
    unpacked = workshop.folder / "unpacked"
    shutil.unpack_archive(wheel, unpacked, "zip")
    [library] = unpacked.rglob("*.so")
    assert f"\0{version}\0".encode() in library.read_bytes()
    log = (project / "build" / "ffiwheel" / "release" / "log.txt").read_text()
    assert "Version of cmake_extension" not in log, "nothing is asked again"
