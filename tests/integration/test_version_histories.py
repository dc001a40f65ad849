"""Every trap that a version from git can fall into, replayed from `tests/data/histories`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from history import Case, History, pattern_of, read_cases
from packaging.version import Version as Pep440

from ffiwheel.config.project import read_project
from ffiwheel.errors import FfiwheelError
from ffiwheel.workflow.version import describe

if TYPE_CHECKING:
    from pathlib import Path


def ask(project: Path) -> str:
    return str(describe(read_project(project, to_build=False))["version"])


@pytest.mark.parametrize("case", read_cases(), ids=lambda case: case.name)
def test_history(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    history = History(tmp_path, monkeypatch, ask)
    history.begin(case.config, case.format)
    for step in case.steps:
        history.replay(step)
    expect = case.expect
    if expect.error:
        with pytest.raises(FfiwheelError) as caught:
            ask(history.project)
        assert expect.error in caught.value.problems[0].message
        assert caught.value.problems[0].hint, "it says what to do"
        return
    answer = describe(read_project(history.project, to_build=False))
    version = str(answer["version"])
    assert pattern_of(expect.version, history.node).fullmatch(version), version
    assert str(Pep440(version)) == version, "it is in PEP 440's normal form"
    assert answer["source"] == expect.source
    assert expect.note in str(answer["notes"])
    for key in ("tag", "distance", "dirty_files", "untracked"):
        wanted = getattr(expect, key)
        assert wanted is None or answer[key] == wanted, key
