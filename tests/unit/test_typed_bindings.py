"""Type checkers accept the generated stubs, right uses of them, and no wrong one."""

from __future__ import annotations

import json
import re
import shutil
import sys
from typing import TYPE_CHECKING

import pytest
from awkward import awkward_api
from bound import EVERYTHING, write_bindings, write_files
from workshop import REPOSITORY, Result, require, run

from ffiwheel.bind.render import render_bindings
from ffiwheel.config.schema import BindingsTable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

USES = REPOSITORY / "tests" / "data" / "typing"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the generated package and what uses it; stubs only, as checkers see it."""
    folder = tmp_path_factory.mktemp("typed")
    write_bindings(EVERYTHING, folder)
    for use in USES.glob("*.py"):
        shutil.copy(use, folder)
    return folder


def run_mypy(folder: Path, *files: str) -> Result:
    """Run mypy, strict."""
    return run(sys.executable, "-m", "mypy", "--strict", "--cache-dir=.cache", *files, cwd=folder)


def run_pyright(folder: Path, *files: str) -> Result:
    """Run pyright, strict."""
    require("node", present=shutil.which("node") is not None)
    settings = {"include": files, "typeCheckingMode": "strict", "reportUnusedExpression": False}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    return run(sys.executable, "-m", "pyright", "--pythonpath", sys.executable, cwd=folder)


CHECKERS = [
    pytest.param(run_mypy, id="mypy"),
    pytest.param(run_pyright, id="pyright", marks=pytest.mark.network),
]


@pytest.mark.parametrize("check", CHECKERS)
def test_stubs_are_clean(check: Callable[..., Result], project: Path) -> None:
    stubs = sorted(str(path.relative_to(project)) for path in project.rglob("*.pyi"))
    assert len(stubs) == 5
    assert_clean(check(project, *stubs))


@pytest.mark.parametrize("check", CHECKERS)
def test_no_name_changes_what_a_stub_means(check: Callable[..., Result], tmp_path: Path) -> None:
    write_files(render_bindings(awkward_api(), "pkg", BindingsTable()).files, tmp_path)
    stubs = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.pyi"))
    assert len(stubs) > 50
    assert_clean(check(tmp_path, *stubs))


@pytest.mark.parametrize("check", CHECKERS)
def test_right_uses_are_accepted(check: Callable[..., Result], project: Path) -> None:
    assert_clean(check(project, "right.py"))


@pytest.mark.parametrize("check", CHECKERS)
def test_every_wrong_use_is_refused(check: Callable[..., Result], project: Path) -> None:
    said = check(project, "wrong.py").out
    found = {int(line) for line in re.findall(r"wrong\.py:(\d+)(?::\d+)?(?: - |: )error", said)}
    lines = (project / "wrong.py").read_text().splitlines()
    wrong = {number for number, line in enumerate(lines, 1) if line.endswith("# wrong")}
    assert len(wrong) > 50
    assert found == wrong, [lines[number - 1] for number in sorted(found ^ wrong)]


def assert_clean(result: Result) -> None:
    """Make sure that a checker looked, and had nothing to say."""
    assert result.code == 0, result.out + result.err
    assert re.search(
        r"Success: no issues found in [1-9]|^0 errors, 0 warnings", result.out, re.MULTILINE
    )
