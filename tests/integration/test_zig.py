"""A machine without a compiler: zig from PyPI is used by itself."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest
from workshop import QUICKSTART, SAMPLES, Workshop, require

HIDING = "c++ g++ clang++ cc gcc clang ld ar cmake ninja make"


@pytest.fixture
def bare_path(tmp_path: Path) -> str:
    """A search path with the system's programs but no compiler, CMake or Ninja."""
    require("zig", present=importlib.util.find_spec("ziglang") is not None)
    folder = tmp_path / "bare"
    folder.mkdir()
    for place in ("/usr/bin", "/bin"):
        for program in Path(place).iterdir():
            hides = any(word in program.name for word in ("gcc", "g++", "clang", "cmake", "ninja"))
            if not hides and program.name not in HIDING and not (folder / program.name).exists():
                (folder / program.name).symlink_to(program)
    for name in HIDING.split():
        (folder / name).unlink(missing_ok=True)
    return os.pathsep.join([str(folder)])


@pytest.mark.zig
@pytest.mark.parametrize("sample", [SAMPLES / "runtime-features", QUICKSTART], ids=lambda p: p.name)
def test_zig_is_used_where_there_is_no_compiler(
    sample: Path, workshop: Workshop, bare_path: str
) -> None:
    project = workshop.copy(sample)
    result = workshop.build(project, PATH=bare_path, CXX="", CC="")
    assert result.code == 0, result.err
    assert "zig" in result.err
    assert "manylinux_2_17" in result.out
