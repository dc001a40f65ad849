"""What makes compiling faster changes nothing in what is compiled, and misses no edit."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import ninja
import pytest
from debian_packages import find_or_install, look_for
from many import TYPED, build_many, deps_of, library_of, make_many, sbom_of
from workshop import require, run_ffiwheel

from ffiwheel.audit.binary.read import read_binary

NINJA = Path(ninja.BIN_DIR) / "ninja"
OBJECT = "build/ffiwheel/release/objects/src/f03.cc.o"
HEADER = "build/ffiwheel/release/precompiled/headers.h"
HEAD = "// A license.\n#include <tvm/ffi/function.h>\n\n#include <cstdint>\n"


@pytest.fixture(scope="module")
def with_header(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of five sources that begin alike, built."""
    require("compiler", present=bool(shutil.which("g++")))
    project = make_many(tmp_path_factory.mktemp("with") / "p", 5, head=HEAD, body=TYPED)
    names = [f"src/f{number:02}.cc" for number in range(5)]
    built = build_many(project, "--launcher=none", CXX="g++")
    assert built == sorted(["build/ffiwheel/release/headers.cc", HEADER, *names])
    return project


def test_the_library_is_the_same_to_the_byte(with_header: Path, tmp_path: Path) -> None:
    options = "precompiled-headers = false\n"
    project = make_many(tmp_path / "p", 5, options, head=HEAD, body=TYPED)
    assert HEADER not in build_many(project, "--launcher=none", CXX="g++")
    assert library_of(project) == library_of(with_header)
    nested = "tvm/ffi/any.h"  # of what function.h includes
    assert nested in deps_of(project, NINJA, OBJECT)
    assert nested not in deps_of(with_header, NINJA, OBJECT), "g++ has used the header"
    assert nested in deps_of(with_header, NINJA, f"{HEADER}.gch")


def test_an_edit_compiles_one_file(with_header: Path) -> None:
    source = with_header / "src/f03.cc"
    source.write_text(source.read_text().replace("x + 3", "x + 33"))
    assert build_many(with_header, "--launcher=none", CXX="g++") == ["src/f03.cc"]
    assert build_many(with_header, "--launcher=none", CXX="g++") == []


def test_a_source_that_begins_otherwise_gets_no_header(tmp_path: Path) -> None:
    project = make_many(tmp_path / "p", 6)
    assert len(build_many(project, "--launcher=none", CXX="g++")) == 8
    before = library_of(project)
    for number in (3, 5):
        source = project / f"src/f{number:02}.cc"
        source.write_text("#define OWN 1\n" + source.read_text())
        built = build_many(project, "--launcher=none", CXX="g++")
        others = [] if number == 3 else ["src/f00.cc", "src/f01.cc", "src/f02.cc", "src/f04.cc"]
        assert built == sorted([*others, f"src/f{number:02}.cc"]), "four alike are too few"
    assert library_of(project) == before


def test_a_header_of_the_project_in_the_precompiled_one_is_watched(tmp_path: Path) -> None:
    head = '#include "many.h"\n'
    project = make_many(tmp_path / "p", 5, head=head)
    (project / "include/tvm/ffi").mkdir(parents=True)
    (project / "include/many.h").write_text("#pragma once\n#include <tvm/ffi/mine.h>\n")
    mine = project / "include/tvm/ffi/mine.h"
    mine.write_text("#pragma once\n#include <tvm/ffi/c_api.h>\n")
    assert HEADER in build_many(project, "--launcher=none", CXX="g++")
    before = library_of(project)
    mine.write_text(mine.read_text() + "#define kTVMFFIInt kTVMFFIFloat\n")
    assert len(build_many(project, "--launcher=none", CXX="g++")) == 6
    assert library_of(project) != before
    assert "include/tvm/ffi/mine.h" in json.dumps(sbom_of(project)), "it counts as a source"


def test_joined_sources_are_named_where_something_is_wrong(tmp_path: Path) -> None:
    project = make_many(tmp_path / "p", 9, "unity = true\n")
    unity = "build/ffiwheel/release/unity/0.cc"
    built = build_many(project, "--launcher=none")
    assert [name for name in built if "headers" not in name] == [unity, "src/f08.cc"]
    with (project / "build/ffiwheel/release/libmany.so").open("rb") as file:
        assert len(read_binary(file, "libmany.so").ffi_symbols) == 9
    sources = json.dumps(sbom_of(project))
    assert "src/f07.cc" in sources
    assert "unity" not in sources
    source = project / "src/f03.cc"
    source.write_text(source.read_text() + "int wrong = nothing;\n")
    result = run_ffiwheel("build", "--launcher=none", cwd=project)
    assert result.code == 4
    line = len(source.read_text().splitlines())
    assert f"src/f03.cc:{line}:13: error:" in result.err


@pytest.mark.parametrize("linker", ["mold", "lld"])
def test_a_library_is_as_safe_by_any_linker(linker: str, tmp_path: Path) -> None:
    program = "mold" if linker == "mold" else "ld.lld"
    require(linker, present=bool(find_or_install(lambda: look_for(program), linker)))
    projects = {}
    for name in (linker, "bfd"):
        options = f'link-flags = ["-fuse-ld={name}"]\n'
        projects[name] = make_many(tmp_path / name, 2, options)
        build_many(projects[name], "--launcher=none")
    facts = {}
    for name, project in projects.items():
        with (project / "build/ffiwheel/release/libmany.so").open("rb") as file:
            facts[name] = read_binary(file, "libmany.so")
    ours, usual = facts[linker], facts["bfd"]
    for name in ("exports", "ffi_symbols", "soname", "needed", "imports", "runpaths", "binds_now"):
        assert getattr(ours, name) == getattr(usual, name), name
    for name in ("relro", "executable_stack", "text_relocations", "has_symbols", "header_version"):
        assert getattr(ours, name) == getattr(usual, name), name
    assert ours.binds_now
    assert ours.header_version


def test_a_fast_linker_is_used_where_it_is_found(tmp_path: Path) -> None:
    require("mold", present=bool(find_or_install(lambda: look_for("mold"), "mold")))
    project = make_many(tmp_path / "p", 1)
    build_many(project, "--launcher=none", CXX="g++")
    assert '"mold"' in json.dumps(sbom_of(project))
