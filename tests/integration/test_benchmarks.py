"""The benchmarks run, and write what the docs show."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from workshop import REPOSITORY, check, run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.compiler
@pytest.mark.network
def test_builds(tmp_path: Path) -> None:
    options = ("--sizes=1", "--rounds=1", "--ways=floor,ffiwheel develop", "--no-scale")
    program = REPOSITORY / "bench" / "builds.py"
    check(sys.executable, program, *options, f"--out={tmp_path}", cwd=tmp_path)
    text = (tmp_path / "builds.md").read_text()
    assert "| nothing changed: `ffiwheel develop` |" in text
    assert "### 1 file, a header edited that all include" in text
    assert "**ffiwheel develop**" in text
    facts = json.loads((tmp_path / "builds.json").read_text())
    assert {bar["limit"] for bar in facts["bars"]} == {0.2}
    assert "ffiwheel develop" in (tmp_path / "builds.svg").read_text()


def test_a_benchmark_is_named() -> None:
    dev = REPOSITORY / "dev"
    unknown = run(sys.executable, dev, "bench", "unknown", cwd=REPOSITORY)
    assert unknown.code == 1
    assert "there is no benchmark `unknown`; there are: audit, " in unknown.err
    several = run(sys.executable, dev, "bench", "audit", "builds", "--rounds=1", cwd=REPOSITORY)
    assert several.code == 1
    assert "options are for one benchmark" in several.err
