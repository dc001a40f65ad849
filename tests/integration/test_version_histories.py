"""Every trap that a version from git can fall into, replayed from `tests/data/histories`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from history import DATA, Case, Expected, History, pattern_of, read_cases, snapshot
from packaging.version import Version as Pep440

from ffiwheel.config.project import read_project
from ffiwheel.errors import FfiwheelError
from ffiwheel.workflow.version import describe, find_version

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from pathlib import Path


def ask(project: Path) -> str:
    return str(describe(read_project(project, to_build=False))["version"])


def test_every_trap_has_a_history() -> None:
    rows = tomllib.loads((DATA / "traps.toml").read_text())
    shown = {case.row for case in read_cases() if case.row}
    assert shown == set(rows)
    assert len(rows) >= 60


@pytest.mark.parametrize("case", read_cases(), ids=lambda case: case.name)
def test_history(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    history = History(tmp_path, monkeypatch, ask)
    history.begin(case.config, case.format)
    for step in case.steps:
        history.replay(step)
    before = snapshot(tmp_path)
    if case.expect.error:
        with pytest.raises(FfiwheelError) as caught:
            ask(history.project)
        assert case.expect.error in caught.value.problems[0].message
        assert caught.value.problems[0].hint, "it says what to do"
    else:
        check_answer(history, case.expect)
    assert case.writes or snapshot(tmp_path) == before, "a question changes nothing"


def check_answer(history: History, expect: Expected) -> None:
    project = read_project(history.project, to_build=False)
    answer = describe(project)
    version = str(answer["version"])
    assert pattern_of(expect.version, history.node).fullmatch(version), version
    assert str(Pep440(version)) == version, "it is in PEP 440's normal form"
    assert answer["source"] == expect.source
    assert expect.note in str(answer["notes"])
    if expect.wheel:
        wheel = find_version(project).version.for_wheel
        assert pattern_of(expect.wheel, history.node).fullmatch(wheel), wheel
    for key in ("tag", "distance", "dirty_files", "untracked"):
        wanted = getattr(expect, key)
        assert wanted is None or answer[key] == wanted, key
