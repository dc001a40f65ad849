"""`ffiwheel doctor` on the machine that runs the tests."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from workshop import REPOSITORY, SAMPLES, Workshop, require, run_ffiwheel

from ffiwheel.model.tool import Fault

if TYPE_CHECKING:
    from pathlib import Path

KEYS = {"group", "name", "purpose", "found", "version", "path", "detail", "findings"}


@pytest.mark.compiler
def test_sample_can_be_built_here(workshop: Workshop) -> None:
    require("compiler", present=shutil.which("c++") is not None)
    project = workshop.copy(SAMPLES / "sources-only")
    before = sorted(project.rglob("*"))
    result = run_ffiwheel("doctor", "--json", cwd=project)
    assert result.code == 0, result.err
    answer = json.loads(result.out)
    assert answer["schema"] == 1
    assert answer["project"] == "sources-only"
    assert answer["errors"] == []
    tools = {tool["name"]: tool for tool in answer["tools"]}
    assert all(set(tool) == KEYS for tool in answer["tools"])
    for name in ("C++ compiler", "CMake", "Ninja", "Python", "apache-tvm-ffi"):
        assert tools[name]["found"], name
        assert tools[name]["version"], name
        assert tools[name]["findings"] == [], name
    assert sorted(project.rglob("*")) == before


def test_what_is_needed_and_broken_is_an_error(workshop: Workshop) -> None:
    project = workshop.copy(SAMPLES / "sources-only")
    result = run_ffiwheel("doctor", cwd=project, CXX="no-such-compiler")
    assert result.code == 5
    assert "TOOL002 broken: the C++ compiler `no-such-compiler` does not run" in result.out
    assert "the project cannot be built here as it is: C++ compiler" in result.err


def test_folder_without_project(tmp_path: Path) -> None:
    result = run_ffiwheel("doctor", cwd=tmp_path, CXX="no-such-compiler")
    assert result.code == 0, result.err
    assert "warning: TOOL002 broken" in result.out
    missing = run_ffiwheel("doctor", "none", cwd=tmp_path)
    assert missing.code == 2


def test_codes_are_documented() -> None:
    page = (REPOSITORY / "docs" / "command-line.md").read_text(encoding="utf-8")
    assert [one.value for one in Fault if f"| `{one.value}` |" not in page] == []
