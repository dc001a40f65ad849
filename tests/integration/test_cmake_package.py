"""Our two CMake packages, used for real: `ffiwheel` by its function, `tvm_ffi` as the shadow.

The projects are written by the tests. FFIWHEEL_TEST_CMAKE names another CMake than PyPI's.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cmake
import ninja
import pytest
from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection
from tvm_ffi import libinfo
from workshop import find_nvcc, require

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.compiler

PACKAGES = Path(__file__).parents[2] / "src/ffiwheel/compile/data/cmake"
CMAKE = os.environ.get("FFIWHEEL_TEST_CMAKE", str(Path(cmake.CMAKE_BIN_DIR) / "cmake"))
NINJA = Path(ninja.BIN_DIR) / "ninja"

COMMON = {
    "CMAKE_BUILD_TYPE": "Release",
    "CMAKE_MAKE_PROGRAM": str(NINJA),
    "Python_EXECUTABLE": sys.executable,
    "Python3_EXECUTABLE": sys.executable,
}
PLAIN = {**COMMON, "ffiwheel_DIR": str(PACKAGES / "ffiwheel")}
DRIVER = {
    **COMMON,
    "tvm_ffi_DIR": str(PACKAGES / "tvm_ffi"),
    "FFIWHEEL_TVM_FFI_INCLUDE_DIRS": libinfo.find_include_path(),
    "FFIWHEEL_TVM_FFI_LIBRARY": libinfo.find_libtvm_ffi(),
    "FFIWHEEL_TVM_FFI_CMAKE_DIR": libinfo.find_cmake_path(),
}

HELLO = {
    "CMakeLists.txt": """
        cmake_minimum_required(VERSION 3.18)
        project(hello LANGUAGES CXX)
        find_package(ffiwheel CONFIG REQUIRED)
        ffiwheel_add_extension(hello SOURCES src/hello.cc EXPORTS hello_plugin_*)
        """,
    "src/hello.cc": """
        #include <tvm/ffi/function.h>
        #include <string>
        static int Add(int a, int b) { return a + b; }
        static std::string File() { return __FILE__; }
        static void Fail(std::string text) { TVM_FFI_THROW(ValueError) << text; }
        TVM_FFI_DLL_EXPORT_TYPED_FUNC(add, Add)
        TVM_FFI_DLL_EXPORT_TYPED_FUNC(file, File)
        TVM_FFI_DLL_EXPORT_TYPED_FUNC(fail, Fail)
        #define PUBLIC extern "C" __attribute__((visibility("default")))
        PUBLIC int hello_plugin_version() { return 3; }
        PUBLIC int hello_secret() { return 4; }
        """,
}
HELLO_SYMBOLS = {
    f"__tvm_ffi_{kind}{name}" for kind in ("", "_metadata_") for name in ("add", "file", "fail")
} | {"hello_plugin_version"}


@dataclass(frozen=True)
class Build:
    """A source folder, its build folder, and where it was installed."""

    source: Path
    folder: Path

    @property
    def prefix(self) -> Path:
        return self.folder / "prefix"

    def configure(self, variables: dict[str, str]) -> str:
        """Configure with these variables; return everything that CMake said."""
        defines = [f"-D{name}={value}" for name, value in variables.items()]
        return run(CMAKE, "-S", self.source, "-B", self.folder, "-G", "Ninja", *defines)

    def make(self) -> str:
        return run(CMAKE, "--build", self.folder)

    def install(self) -> None:
        run(CMAKE, "--install", self.folder, "--strip", "--prefix", self.prefix)


def run(*command: str | Path, ok: bool = True) -> str:
    """Run a program; return its output with runs of white space as one blank."""
    done = subprocess.run(
        [str(part) for part in command],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    assert (done.returncode == 0) is ok, done.stdout
    return " ".join(done.stdout.split())


def write(folder: Path, files: dict[str, str]) -> Path:
    """Write a project, each text without its common indentation."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(re.sub(r"(?m)^ {8}", "", text).lstrip("\n").rstrip(" "))
    return folder


def exported(library: Path) -> set[str]:
    """Return the names that a library defines for others."""
    with library.open("rb") as stream:
        table = ELFFile(stream).get_section_by_name(".dynsym")
        assert isinstance(table, SymbolTableSection)
        names = {s.name for s in table.iter_symbols() if s["st_shndx"] != "SHN_UNDEF"}
        return {str(name) for name in names if name}


def has_unique_symbols(library: Path) -> bool:
    """Say whether a library has symbols of which a process keeps one for ever (STB_GNU_UNIQUE)."""
    with library.open("rb") as stream:
        return any(
            symbol["st_info"]["bind"] == "STB_LOOS"
            for table in ELFFile(stream).iter_sections()
            if isinstance(table, SymbolTableSection)
            for symbol in table.iter_symbols()
        )


def dynamic_tags(library: Path) -> dict[str, list[str]]:
    """Return the dynamic section, each tag with its values as text."""
    tags: dict[str, list[str]] = {}
    with library.open("rb") as stream:
        table = ELFFile(stream).get_section_by_name(".dynamic")
        assert isinstance(table, DynamicSection)
        for tag in table.iter_tags():
            value = getattr(tag, "needed", hex(tag["d_val"]))
            tags.setdefault(tag["d_tag"], []).append(value)
    return tags


def binds_at_load(library: Path) -> bool:
    """Say whether a missing symbol fails the load (DF_1_NOW), not the first call."""
    return any(int(flags, 16) & 1 for flags in dynamic_tags(library).get("DT_FLAGS_1", []))


def snapshot(folder: Path) -> dict[str, str]:
    """Return the digest of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# ffiwheel_add_extension ------------------------------------------------------------------------


@pytest.fixture(scope="session")
def hello(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Build the plain project as scikit-build-core would name it, its build folder elsewhere."""
    source = write(tmp_path_factory.mktemp("hello"), HELLO)
    build = Build(source, tmp_path_factory.mktemp("elsewhere") / "build")
    build.configure({**PLAIN, "SKBUILD_PROJECT_NAME": "my-hello.kernels"})
    build.make()
    build.install()
    return build


@pytest.fixture(scope="session")
def library(hello: Build) -> Path:
    """Return the only file that the plain project installs."""
    [path] = (path for path in hello.prefix.rglob("*") if path.is_file())
    return path


def test_installs_one_library_into_the_package_of_the_project(hello: Build, library: Path) -> None:
    assert library == hello.prefix / "my_hello_kernels" / "libhello.so"


def test_binary_says_which_headers_it_was_compiled_with(library: Path) -> None:
    version = importlib.metadata.version("apache-tvm-ffi")
    assert f"ffiwheel:tvm-ffi-headers={version}\0".encode() in library.read_bytes()


def test_exports_the_ffi_symbols_and_the_named_patterns_only(library: Path) -> None:
    assert exported(library) == HELLO_SYMBOLS


def test_binary_has_no_unique_symbols(hello: Build, library: Path) -> None:
    assert not has_unique_symbols(hello.folder / "libhello.so")
    assert not has_unique_symbols(library)


def test_missing_symbols_fail_the_import(library: Path) -> None:
    assert binds_at_load(library)


def test_no_search_path_was_ever_written(hello: Build, library: Path) -> None:
    for path in (hello.folder / "libhello.so", library):
        assert not dynamic_tags(path).keys() & {"DT_RPATH", "DT_RUNPATH"}


def test_binary_names_no_folder_of_the_build(hello: Build, library: Path) -> None:
    content = library.read_bytes()
    headers = DRIVER["FFIWHEEL_TVM_FFI_INCLUDE_DIRS"]
    assert not [p for p in (hello.source, hello.folder, headers) if str(p).encode() in content]


def test_other_folders_give_the_same_bytes(tmp_path: Path, library: Path) -> None:
    source = write(tmp_path / "a longer, odder name" / "hello", HELLO)
    build = Build(source, source / "build")
    build.configure(PLAIN)
    build.make()
    build.install()
    assert (build.prefix / "hello" / "libhello.so").read_bytes() == library.read_bytes()


def test_source_tree_is_left_alone(hello: Build) -> None:
    assert sorted(snapshot(hello.source)) == sorted(HELLO)


def test_library_runs(library: Path) -> None:
    program = f"""if True:
        import tvm_ffi
        module = tvm_ffi.load_module({str(library)!r})
        print(module.add(1, 2), module.file())
        try:
            module.fail("no")
        except ValueError as error:
            print(error)
        """
    assert run(sys.executable, "-c", program) == "3 src/hello.cc no"


@pytest.fixture(scope="session")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Return a project whose CMakeLists.txt a test writes; its compiler is looked up once."""
    source = write(tmp_path_factory.mktemp("broken"), {"a.cc": "", "a.cu": "", "folder/b.cc": ""})
    return Build(source, source / "build")


def complaint(build: Build, calls: str, variables: dict[str, str]) -> str:
    """Return what CMake says about a project that must not configure."""
    start = "cmake_minimum_required(VERSION 3.18)\nproject(broken LANGUAGES CXX)\n"
    (build.source / "CMakeLists.txt").write_text(start + calls)
    defines = [f"-D{name}={value}" for name, value in variables.items()]
    return run(CMAKE, "-S", build.source, "-B", build.folder, "-G", "Ninja", *defines, ok=False)


# What the message says comes after the name of the function.
WRONG_CALLS = {
    "nothing": ("ffiwheel_add_extension()", ": the name of the library is missing."),
    "no name": (
        "set(name x)\nffiwheel_add_extension(SOURCES a.cc)",
        ": the name of the library is missing.",
    ),
    "no sources": ("ffiwheel_add_extension(x)", "(x): SOURCES is missing or empty."),
    "sources without their word": (
        "ffiwheel_add_extension(x a.cc)",
        "(x): unknown argument 'a.cc'. ffiwheel_add_extension(<name> SOURCES <file>...",
    ),
    "unknown argument": (
        "ffiwheel_add_extension(x SOURCES a.cc STUB_DIR python)",
        "(x): unknown argument 'STUB_DIR'. ffiwheel_add_extension(<name> SOURCES <file>...",
    ),
    "no such file": (
        "ffiwheel_add_extension(x SOURCES b.cc)",
        "(x): there is no source file 'b.cc'. Looked for {source}/b.cc Correct SOURCES, or create",
    ),
    "folder": (
        "ffiwheel_add_extension(x SOURCES folder)",
        "(x): there is no source file 'folder'.",
    ),
    "name taken": (
        "add_library(x SHARED a.cc)\nffiwheel_add_extension(x SOURCES a.cc)",
        "(x): there is already a target 'x', made in {source}. Give one of the two another name;",
    ),
    "absolute package": (
        "ffiwheel_add_extension(x SOURCES a.cc PACKAGE /usr)",
        "(x): PACKAGE '/usr' is an absolute path. Give the folder inside the wheel",
    ),
    "no package": (
        "ffiwheel_add_extension(x SOURCES a.cc PACKAGE)",
        "(x): no folder follows PACKAGE. Give one, or .",
    ),
    "C++ name to export": (
        "ffiwheel_add_extension(x SOURCES a.cc EXPORTS my::f)",
        "(x): EXPORTS 'my::f' is not the name of a symbol, nor a pattern with * and ?.",
    ),
    "CUDA in a function": (
        "function(wrap)\nffiwheel_add_extension(x SOURCES a.cu)\nendfunction()\nwrap()",
        ": wrap() hands it a CUDA source, and CMake enables a language only outside of functions.",
    ),
}


@pytest.mark.parametrize(("call", "message"), WRONG_CALLS.values(), ids=WRONG_CALLS.keys())
def test_wrong_calls_say_what_is_wrong(broken: Build, call: str, message: str) -> None:
    said = complaint(broken, f"find_package(ffiwheel CONFIG REQUIRED)\n{call}\n", PLAIN)
    assert f"ffiwheel_add_extension{message.format(source=broken.source)}" in said


def test_a_python_without_runtime_is_named(broken: Build, tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "$@"\n')
    python.chmod(0o755)
    said = complaint(
        broken,
        "find_package(ffiwheel CONFIG REQUIRED)\n",
        {**PLAIN, "Python_EXECUTABLE": str(python)},
    )
    assert "no usable TVM-FFI in the Python that CMake found" in said
    assert f"{python} -m pip install apache-tvm-ffi" in said


@pytest.mark.cuda
def test_cuda_sources_need_no_word_about_cuda(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nvcc = find_nvcc()
    require("cuda", present=nvcc is not None)
    monkeypatch.setenv("CUDACXX", str(nvcc))
    files = {
        "CMakeLists.txt": """
        cmake_minimum_required(VERSION 3.18)
        project(kernels LANGUAGES CXX)
        find_package(ffiwheel CONFIG REQUIRED)
        ffiwheel_add_extension(kernels SOURCES launch.cu bind.cc)
        """,
        "launch.cu": """
        __global__ void add_one(float* x) { x[threadIdx.x] += 1; }
        template <typename T> T* one_of_all() { static T value; return &value; }
        int launch() { add_one<<<1, 1>>>(one_of_all<float>()); return cudaGetLastError(); }
        const char* here() { return __FILE__; }
        """,
        "bind.cc": """
        #include <tvm/ffi/function.h>
        int launch();
        TVM_FFI_DLL_EXPORT_TYPED_FUNC(launch, launch)
        """,
    }
    build = Build(write(tmp_path / "with a blank", files), tmp_path / "build")
    build.configure({**PLAIN, "CMAKE_EXPORT_COMPILE_COMMANDS": "ON"})
    build.make()
    build.install()
    library = build.prefix / "kernels" / "libkernels.so"
    assert exported(library) == {"__tvm_ffi_launch", "__tvm_ffi__metadata_launch"}
    assert not has_unique_symbols(build.folder / "libkernels.so")
    assert str(tmp_path).encode() not in library.read_bytes()
    assert not [name for name in dynamic_tags(library)["DT_NEEDED"] if "cuda" in name]
    assert "-arch=all-major" in (build.folder / "compile_commands.json").read_text()


# The shadow of find_package(tvm_ffi) -----------------------------------------------------------

GUIDE = {
    "CMakeLists.txt": """
        cmake_minimum_required(VERSION 3.18)
        project(my_ext LANGUAGES CXX)
        find_package(tvm_ffi CONFIG REQUIRED)
        find_package(tvm_ffi CONFIG REQUIRED)
        add_library(my_ext SHARED src/extension.cc)
        tvm_ffi_configure_target(my_ext STUB_DIR ./python STUB_INIT ON)
        install(TARGETS my_ext DESTINATION .)
        tvm_ffi_install(my_ext DESTINATION .)
        add_subdirectory(more)
        """,
    "more/CMakeLists.txt": """
        find_package(tvm_ffi CONFIG REQUIRED)
        add_library(more OBJECT more.cc)
        tvm_ffi_configure_target(more)
        """,
    "more/more.cc": "",
    "src/extension.cc": """
        #include <tvm/ffi/function.h>
        #include <tvm/ffi/reflection/registry.h>
        template <typename T> T& OneOfAll() { static T value; return value; }
        static int Add(int a, int b) { return OneOfAll<int>() += a + b; }
        TVM_FFI_DLL_EXPORT_TYPED_FUNC(add, Add)
        TVM_FFI_STATIC_INIT_BLOCK() {
          tvm::ffi::reflection::GlobalDef().def("my_ext.add_one", [](int x) { return x + 1; });
        }
        """,
    "python/my_ext/__init__.py": '"""The package."""\n',
    "python/my_ext/__pycache__/old.py": "",
    "python/.cache/hidden.py": "",
    "python/notes.txt": "not for the generator\n",
}


@pytest.fixture(scope="session")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Build a project as the TVM-FFI guide writes them, unmodified, with the driver's variables."""
    source = write(tmp_path_factory.mktemp("guide"), GUIDE)
    for path in source.rglob("*.py"):
        path.chmod(0o444)
    build = Build(source, tmp_path_factory.mktemp("guide-build"))
    build.configure({**DRIVER, "FFIWHEEL_STUB_ROOT": str(build.folder / "stubs")})
    build.make()
    build.install()
    return build


@pytest.fixture
def tree(guide: Build) -> Iterator[Path]:
    """Return the copy of the guide's stub folder."""
    note = json.loads((guide.folder / "stubs/my_ext/stub.json").read_text())
    assert note["source"] == str(guide.source / "python")
    yield Path(note["tree"])
    assert snapshot(guide.source) == snapshot(write(guide.folder / "again", GUIDE))


def test_stubs_lie_in_the_copy(guide: Build, tree: Path) -> None:
    assert tree == guide.folder / "stubs/my_ext/tree"
    assert sorted(snapshot(tree)) == ["my_ext/__init__.py", "my_ext/_ffi_api.py"]
    assert "def add_one(_0: int, /) -> int: ..." in (tree / "my_ext/_ffi_api.py").read_text()
    assert (tree / "my_ext/__init__.py").read_text().startswith('"""The package."""\n')


def test_a_changed_python_file_reaches_the_copy(guide: Build, tree: Path) -> None:
    package = guide.source / "python/my_ext"
    old = (package / "__init__.py").read_text()
    (package / "__init__.py").chmod(0o644)
    (package / "__init__.py").write_text('"""Another text."""\n')
    (package / "added.py").touch()
    guide.make()
    assert (tree / "my_ext/__init__.py").read_text().startswith('"""Another text."""\n')
    assert (tree / "my_ext/_ffi_api.py").read_text().count("def add_one(") == 1
    assert (tree / "my_ext/added.py").is_file()
    (package / "__init__.py").write_text(old)
    (package / "added.py").unlink()
    guide.make()
    assert not (tree / "my_ext/added.py").exists()


def test_safe_rules_reach_the_guides_target(guide: Build) -> None:
    library = guide.prefix / "libmy_ext.so"
    assert binds_at_load(library)
    assert not has_unique_symbols(guide.folder / "libmy_ext.so")
    assert str(guide.source).encode() not in library.read_bytes()
    assert DRIVER["FFIWHEEL_TVM_FFI_INCLUDE_DIRS"].encode() not in library.read_bytes()


def test_exports_of_the_guides_target_are_limited_only_on_request(guide: Build) -> None:
    library = guide.folder / "libmy_ext.so"
    assert {"__tvm_ffi_add", "__tvm_ffi__metadata_add"} < exported(library)
    guide.configure({"FFIWHEEL_EXPORTS": ""})
    guide.make()
    assert {"__tvm_ffi_add", "__tvm_ffi__metadata_add"} == exported(library)


def test_configuring_starts_no_python(tmp_path: Path) -> None:
    files = {
        "CMakeLists.txt": """
        cmake_minimum_required(VERSION 3.18)
        project(quick LANGUAGES CXX)
        find_package(tvm_ffi CONFIG REQUIRED)
        add_library(quick SHARED quick.cc)
        tvm_ffi_configure_target(quick)
        message(STATUS "${tvm_ffi_INCLUDE_DIR} ${tvm_ffi_DLPACK_INCLUDE_DIR} ${tvm_ffi_LIB_FILES}")
        """,
        "quick.cc": "",
    }
    build = Build(write(tmp_path, files), tmp_path / "build")
    said = build.configure({**DRIVER, "Python_EXECUTABLE": str(tmp_path / "no-such-python")})
    headers, library = DRIVER["FFIWHEEL_TVM_FFI_INCLUDE_DIRS"], DRIVER["FFIWHEEL_TVM_FFI_LIBRARY"]
    assert f"-- {headers} {headers} {library} " in said


def test_the_shadow_by_hand_says_what_it_is(broken: Build) -> None:
    variables = {**COMMON, "tvm_ffi_DIR": str(PACKAGES / "tvm_ffi")}
    said = complaint(broken, "find_package(tvm_ffi CONFIG REQUIRED)\n", variables)
    assert "FFIWHEEL_TVM_FFI_INCLUDE_DIRS is not set, and" in said
    assert "cmake -Dtvm_ffi_DIR=<what `tvm-ffi-config --cmakedir` prints>" in said
