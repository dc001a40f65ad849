"""What counts as a change of a folder, and when."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ffiwheel.system.watching import Snapshot, find_changes, take_snapshot, wait_for_change

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_snapshot_has_what_people_save(tmp_path: Path) -> None:
    kept = ("a.cc", "src/b.h", "src/deep/er/c.cu", "src/build/d.cc", "pyproject.toml")
    left = (".git/HEAD", "src/.hidden", "a.cc~", "build/o", "x/__pycache__/y", "env/pyvenv.cfg")
    for name in (*kept, *left, "env/bin/python"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    assert set(take_snapshot(tmp_path, frozenset({"build"}))) == set(kept)
    assert take_snapshot(tmp_path / "nowhere") == {}


def test_every_kind_of_save_is_a_change(tmp_path: Path) -> None:
    for name in ("edited", "replaced", "removed", "touched"):
        (tmp_path / name).write_text("one")
    before = take_snapshot(tmp_path)
    (tmp_path / "edited").write_text("three")
    (tmp_path / "new").write_text("one")
    (tmp_path / "new").replace(tmp_path / "replaced")
    (tmp_path / "removed").rename(tmp_path / "renamed")
    after = take_snapshot(tmp_path)
    assert find_changes(before, after) == ["edited", "removed", "renamed", "replaced"]


def test_waits_until_it_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    states = [0, 0, 1, 2, 3, 3, 3]

    def look() -> Snapshot:
        return {"a": (states.pop(0), 0, 0)}

    attended: list[None] = []
    now = wait_for_change(look, {"a": (0, 0, 0)}, lambda: attended.append(None))
    assert now == {"a": (3, 0, 0)}
    assert states == [3]
    assert len(attended) == 2


def test_what_is_undone_at_once_is_no_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    states = [1, 0, 0, 0, 7, 7]

    def look() -> Snapshot:
        return {"a": (states.pop(0), 0, 0)}

    assert wait_for_change(look, {"a": (0, 0, 0)}, lambda: None) == {"a": (7, 0, 0)}


def test_pause_grows_with_the_cost_of_a_look(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    clock = iter([0.0, 0.5, *[1.0] * 9])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    states = [0, 1, 1]

    def look() -> Snapshot:
        return {"a": (states.pop(0), 0, 0)}

    wait_for_change(look, {"a": (0, 0, 0)}, lambda: None)
    assert pauses[0] == 10.0
