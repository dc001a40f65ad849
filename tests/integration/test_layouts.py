"""Where files lie in a project, and where they end up in the wheel and the sdist."""

from __future__ import annotations

import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest
from workshop import SAMPLES, TEMPLATES, Workshop, check, commit_all, run_ffiwheel

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(workshop: Workshop) -> Path:
    """The smallest project, without git."""
    return workshop.copy(SAMPLES / "sources-only", git=False)


def write(project: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)


def configure(project: Path, line: str, table: str = "[tool.ffiwheel]") -> None:
    file = project / "pyproject.toml"
    text = file.read_text()
    new = text.replace(table, f"{table}\n{line}") if table in text else f"{text}\n{table}\n{line}\n"
    file.write_text(new)


def files_of(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def test_a_path_from_another_folder_gives_the_same_bytes(workshop: Workshop, project: Path) -> None:
    expected = workshop.wheel(project).read_bytes()
    elsewhere = workshop.folder / "else" / "where"
    elsewhere.mkdir(parents=True)
    result = run_ffiwheel("build", "../../sources-only", "-o", "out", cwd=elsewhere)
    assert result.code == 0, result.err
    assert (elsewhere / result.out.strip()).read_bytes() == expected


def test_a_package_without_an_init_file_is_shipped(workshop: Workshop, project: Path) -> None:
    write(project, {"python/sources_only/more.py": "x = 1\n"})
    names = files_of(workshop.wheel(project))
    assert {"sources_only/more.py", "sources_only/__init__.py"} <= names


def test_a_package_in_another_case_is_found(workshop: Workshop, project: Path) -> None:
    write(project, {"python/Sources_Only/__init__.py": "x = 1\n"})
    file = project / "src" / "sources_only.cc"
    file.write_text(file.read_text().replace('"sources_only.', '"Sources_Only.'))
    names = files_of(workshop.wheel(project))
    assert "Sources_Only/libSources_Only.so" in names


def test_a_nested_package_keeps_its_place(workshop: Workshop, project: Path) -> None:
    write(project, {"python/acme/kernels/__init__.py": "", "python/acme/kernels/data.txt": "1"})
    configure(project, 'packages = ["python/acme/kernels"]')
    configure(project, 'prefix = "sources_only"', "[tool.ffiwheel.bindings]")
    names = files_of(workshop.wheel(project))
    assert {
        "acme/kernels/libkernels.so",
        "acme/kernels/_ffi_api.py",
        "acme/kernels/data.txt",
    } <= names


def test_a_library_that_git_tracks_is_shipped_and_a_product_is_not(
    workshop: Workshop, project: Path
) -> None:
    write(project, {"python/sources_only/__init__.py": "", ".gitignore": "*.so\n"})
    write(workshop.folder, {"vendored.cc": 'extern "C" int vendored() { return 1; }\n'})
    for name in ("libvendored.so", "libstale.so"):
        library = project / "python" / "sources_only" / name
        check("c++", "-shared", "-fPIC", "../vendored.cc", "-o", library, cwd=project)
    check("git", "init", "--quiet", cwd=project)
    check("git", "add", "--force", "python/sources_only/libvendored.so", cwd=project)
    commit_all(project)
    names = files_of(workshop.wheel(project))
    assert "sources_only/libvendored.so" in names
    assert "sources_only/libstale.so" not in names


def test_a_library_below_the_package_is_bound_in_the_package(workshop: Workshop) -> None:
    project = workshop.copy(SAMPLES / "cmake-extension")
    file = project / "CMakeLists.txt"
    file.write_text(file.read_text().replace("SOURCES", "PACKAGE cmake_extension/lib SOURCES"))
    wheel = workshop.wheel(project)
    names = files_of(wheel)
    assert {"cmake_extension/lib/libcmake_extension.so", "cmake_extension/_ffi_api.py"} <= names
    assert "cmake_extension/lib/__init__.py" not in names
    with zipfile.ZipFile(wheel) as archive:
        module = archive.read("cmake_extension/_ffi_api.py").decode()
    assert '_FOLDER / "lib/libcmake_extension.so"' in module


def test_an_sdist_has_submodules_links_and_folders_of_any_name(
    workshop: Workshop, project: Path
) -> None:
    third = workshop.folder / "third"
    write(third, {"k.h": "inline int k() { return 1; }\n"})
    commit_all(third, initial=True)
    write(
        project,
        {"python/sources_only/__init__.py": "", "python/sources_only/build/x.py": "x = 1\n"},
    )
    write(project, {"shared/linked.h": "inline int linked() { return 2; }\n"})
    check("git", "init", "--quiet", cwd=project)
    add = ("-c", "protocol.file.allow=always", "submodule", "add", "--quiet", third, "third")
    check("git", *add, cwd=project)
    (project / "link").symlink_to("shared")
    source = project / "src" / "sources_only.cc"
    source.write_text('#include "k.h"\n#include "linked.h"\n' + source.read_text())
    configure(project, 'include-dirs = ["third", "link"]', "[tool.ffiwheel.compile]")
    commit_all(project)
    (project / "never-added.txt").write_text("x")
    result = workshop.build(project, "--sdist")
    assert result.code == 0, result.err
    [sdist] = (project / "dist").glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"third/k.h", "link/linked.h", "python/sources_only/build/x.py", "PKG-INFO"} <= names
    assert "never-added.txt" not in names


def test_a_header_edit_and_a_removed_source_are_noticed(workshop: Workshop, project: Path) -> None:
    write(project, {"src/value.h": "#define VALUE 1\n"})
    source = project / "src" / "sources_only.cc"
    source.write_text('#include "value.h"\n' + source.read_text().replace("x + 1", "x + VALUE"))
    first = workshop.wheel(project).read_bytes()
    write(project, {"src/value.h": "#define VALUE 2\n"})
    assert workshop.wheel(project).read_bytes() != first
    write(
        project, {"src/value.h": "#define VALUE 1\n", "src/more.cc": "int more() { return 1; }\n"}
    )
    workshop.wheel(project)
    (project / "src" / "more.cc").unlink()
    assert workshop.wheel(project).read_bytes() == first


def test_sources_of_the_same_name_and_outside_of_the_project(
    workshop: Workshop, project: Path
) -> None:
    write(
        project,
        {"a/same.cc": "int in_a() { return 1; }\n", "b/same.cc": "int in_b() { return 2; }\n"},
    )
    write(workshop.folder, {"outside/far.cc": "int far() { return 3; }\n"})
    file = project / "pyproject.toml"
    more = f'"a/*.cc", "b/*.cc", "{workshop.folder}/outside/*.cc"'
    file.write_text(file.read_text().replace('["src/*.cc"]', f'["src/*.cc", {more}]'))
    assert "4 objects" in workshop.build(project).err


def test_options_with_spaces_and_relative_paths(workshop: Workshop, project: Path) -> None:
    write(project, {"third party/text.h": "inline const char* text() { return TEXT; }\n"})
    source = project / "src" / "sources_only.cc"
    source.write_text('#include "text.h"\n' + source.read_text())
    table = "[tool.ffiwheel.compile]"
    configure(project, "defines = ['TEXT=\"a b\"']", table)
    configure(project, 'flags = ["-Ithird party"]', table)
    configure(project, 'standard = "c++20"', table)
    assert workshop.wheel(project).exists()


def test_a_new_project_inside_a_repository_builds_at_once(workshop: Workshop) -> None:
    outer = workshop.folder / "outer"
    write(outer, {"README.md": ""})
    commit_all(outer, initial=True)
    result = run_ffiwheel("new", "kernels", cwd=outer)
    assert result.code == 0, result.err
    assert not (outer / "kernels" / ".git").exists()
    assert "-0.1.0.dev1-" in workshop.wheel(outer / "kernels").name


def test_an_unpacked_sdist_keeps_its_version_in_another_repository(workshop: Workshop) -> None:
    project = workshop.copy(TEMPLATES / "cpu")
    check("git", "tag", "v2.3.4", cwd=project)
    result = workshop.build(project, "--sdist")
    sdist = project / result.out.splitlines()[0]
    with tarfile.open(sdist) as archive:
        archive.extractall(workshop.folder)
    unpacked = workshop.folder / "my_extension-2.3.4"
    assert run_ffiwheel("version", cwd=unpacked).out == "2.3.4\n"
    commit_all(unpacked, initial=True)
    assert run_ffiwheel("version", cwd=unpacked).out == "2.3.4\n"
