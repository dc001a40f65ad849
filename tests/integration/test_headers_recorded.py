"""A library says which TVM-FFI headers it was compiled with, and keeps saying so."""

from __future__ import annotations

import importlib.metadata
import shutil
import zipfile
from typing import TYPE_CHECKING

from workshop import SAMPLES, Workshop, check

from ffiwheel.audit.binary.read import read_binary

if TYPE_CHECKING:
    from pathlib import Path

HEADERS = importlib.metadata.version("apache-tvm-ffi")


def header_version(library: Path) -> str:
    with library.open("rb") as file:
        return read_binary(file, library.name).header_version


def test_it_survives_the_linker_and_strip(workshop: Workshop, tmp_path: Path) -> None:
    project = workshop.copy(SAMPLES / "sources-only")
    file = project / "pyproject.toml"
    flags = '\n[tool.ffiwheel.compile]\nlink-flags = ["-Wl,--gc-sections"]\n'
    file.write_text(file.read_text() + flags)
    wheel = workshop.wheel(project)
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".so")]
        library = tmp_path / archive.extract(name, tmp_path)
        made = archive.read(next(n for n in archive.namelist() if n.endswith("/WHEEL"))).decode()
    assert header_version(library) == HEADERS
    assert f"\nTvm-Ffi-Headers: {HEADERS}\n" in made
    check("strip", "--strip-all", library, cwd=tmp_path)
    assert header_version(library) == HEADERS


def test_another_version_compiles_nothing_of_the_project_again(workshop: Workshop) -> None:
    project = workshop.copy(SAMPLES / "sources-only")
    workshop.wheel(project)
    [rules] = project.glob("build/ffiwheel/*/build.ninja")
    assert HEADERS not in rules.read_text()
    objects = {path: path.stat().st_mtime_ns for path in rules.parent.glob("objects/**/*.o")}
    record = rules.parent / "headers.cc"
    record.write_text(record.read_text().replace(HEADERS, "0.1.5"))
    shutil.rmtree(project / "dist")
    workshop.wheel(project)
    changed = [path.name for path, time in objects.items() if path.stat().st_mtime_ns != time]
    assert changed == ["headers.cc.o"]
    assert HEADERS in record.read_text()


def test_cmake_projects_record_it_too(workshop: Workshop) -> None:
    project = workshop.copy(SAMPLES / "cmake-extension")
    workshop.wheel(project)
    found = [header_version(path) for path in project.glob("build/ffiwheel/*/installed/**/*.so")]
    assert found
    assert set(found) == {HEADERS}
