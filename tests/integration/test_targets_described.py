"""Bindings for another system: from a build for this machine, or from the description of one.

The libraries are linked without a C++ library, which no assertion here is about: so zig does not
have to build one.
"""

from __future__ import annotations

import importlib.util
import json
import zipfile
from typing import TYPE_CHECKING

import pytest
from workshop import SAMPLES, Workshop, require

if TYPE_CHECKING:
    from pathlib import Path

EXTRA = """
[tool.ffiwheel.compile.link-flags-for]
"[mw]*" = ["-nostdlib", "-nostdlib++", "-Wl,-undefined,dynamic_lookup"]
"""
pytestmark = pytest.mark.zig


def read_members(wheel: Path) -> dict[str, str]:
    """Return suffix -> text of the Python files and the description."""
    with zipfile.ZipFile(wheel) as archive:
        names = [one for one in archive.namelist() if one.endswith((".py", ".pyi", ".json"))]
        return {
            name.rpartition("/")[2]: archive.read(name).decode()
            for name in names
            if "sboms" not in name
        }


def test_described_by_a_build_and_by_a_file(workshop: Workshop) -> None:
    require("zig", present=importlib.util.find_spec("ziglang") is not None)
    project = workshop.copy(SAMPLES / "ifdefs", git=False)
    file = project / "pyproject.toml"
    text = file.read_text().replace("[tool.ffiwheel]\n", '[tool.ffiwheel]\nexports = ["none_*"]\n')
    file.write_text(text + EXTRA)
    both = ("--target=macos-arm64", "--target=windows-amd64")
    result = workshop.build(project, *both, "--sdist", "--json")
    assert result.code == 0, result.err
    said = json.loads(result.out)
    assert (project / said["sdist"]).is_file()
    first = {row["target"]: read_members(project / row["wheel"]) for row in said["targets"]}
    for name, extra, lacking in (
        ("macos-arm64", "class Inode", "def depth"),
        ("windows-amd64", "def ticks", "class Inode"),
    ):
        stub = first[name]["_ffi_api.pyi"]
        assert extra in stub
        assert lacking not in stub
        assert "def epoll" not in stub
    for code, count in (("API011", 2), ("API012", 1), ("API013", 2)):
        assert result.err.count(code) == count, result.err

    described = project / "described.json"
    described.write_text(first["macos-arm64"]["ffiwheel-api.json"])
    again = workshop.build(project, "--target=macos-arm64", f"--api={described}", "--json")
    assert again.code == 0, again.err
    assert "g++" not in again.err
    assert "reflect" not in json.loads(again.out)["seconds"]
    [row] = json.loads(again.out)["targets"]
    assert read_members(project / row["wheel"]) == first["macos-arm64"]
