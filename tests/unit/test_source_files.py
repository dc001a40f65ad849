"""Which files of a project are read for names and comments."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ffiwheel.reflect.source.files import DATABASE, read_files

if TYPE_CHECKING:
    from pathlib import Path


def write(root: Path, *names: str) -> None:
    for name in names:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)


def names_of(root: Path, folder: Path) -> list[str]:
    return [name for name, _ in read_files(root, folder)]


def test_sources_and_headers_are_read_wherever_they_lie(tmp_path: Path) -> None:
    write(tmp_path, "src/a.cc", "src/deep/b.cu", "include/a.h", "c.cuh", "README.md", "setup.py")
    assert names_of(tmp_path, tmp_path / "build") == [
        "c.cuh",
        "include/a.h",
        "src/a.cc",
        "src/deep/b.cu",
    ]


def test_what_builds_and_environments_leave_is_not(tmp_path: Path) -> None:
    write(tmp_path, "a.cc", "build/b.cc", ".git/c.cc", "node_modules/d.h", "dist/e.h")
    write(tmp_path, "environment/pyvenv.cfg", "environment/include/f.h")
    write(tmp_path, "out/CMakeCache.txt", "out/g.cc")
    assert names_of(tmp_path, tmp_path / "build") == ["a.cc"]


def test_what_cmake_makes_and_compiles_is_read(tmp_path: Path) -> None:
    root, folder = tmp_path / "project", tmp_path / "project" / "build" / "release"
    write(root, "a.cc", "build/release/cmake-1/made.cc")
    write(tmp_path, "outside/b.cc")
    files = ["made.cc", str(root / "a.cc"), str(tmp_path / "outside" / "b.cc"), "gone.cc"]
    entries = [{"directory": str(folder / "cmake-1"), "file": file} for file in files]
    (folder / "cmake-1" / DATABASE).write_text(json.dumps(entries))
    assert names_of(root, folder) == ["../outside/b.cc", "a.cc", "build/cmake-1/made.cc"]
