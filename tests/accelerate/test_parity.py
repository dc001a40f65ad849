"""Calls do the same with the accelerator and without it, on every CPython that is found.

The sample package `every-call` is built once. In an environment for each Python, a program makes
some ten thousand calls of it, once with `FFIWHEEL_ACCELERATE=0` and once with `1`, and writes down
what becomes of each. A new case is a line in `calls` or a scene in `scenes.py`; `test_bite.py`
tests what compares them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from comparer import ALLOWED, Record, find_differences, has_died, parse_record, read_allowed
from places import find_every_python, find_place
from workshop import require, run

if TYPE_CHECKING:
    from pathlib import Path

    from places import Place

PYTHONS = find_every_python()
NEWEST = max(PYTHONS, key=lambda name: [int(part) for part in name.split(".") if part.isdigit()])
SHOWN = 20
MANY = 1_000_000
SOME = 30_000
MOST_BLOCKS = 100
MOST_BYTES = 4_000

pytestmark = [pytest.mark.compiler, pytest.mark.network]


@pytest.fixture
def place(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    return find_place(tmp_path, tmp_path_factory)


def record(place: Place, version: str, accelerate: str) -> Record:
    """Return what the calls do in an environment."""
    out = place.scratch / f"{accelerate}.jsonl"
    result = run(
        place.python(version),
        place.program("recorder.py"),
        out,
        cwd=place.scratch,
        env={"FFIWHEEL_ACCELERATE": accelerate},
    )
    written = out.read_text() if out.exists() else ""
    assert result.code == 0, f"died after {written[-200:]}\n{result.err[-2000:]}"
    return parse_record(written)


def test_several_pythons_are_there() -> None:
    require("pythons", present=len(PYTHONS) > 1)


@pytest.mark.parametrize("version", sorted(PYTHONS))
def test_both_paths_do_the_same(version: str, place: Place) -> None:
    plain, other = record(place, version, "0"), record(place, version, "1")
    assert plain.finished
    assert other.finished
    assert plain.accelerated is not True, "FFIWHEEL_ACCELERATE=0 switches it off"
    assert other.accelerated is True, "it is for every CPython"
    check_facts(plain)
    check_facts(other)
    differences = find_differences(plain.cases, other.cases)
    allowed = read_allowed(ALLOWED.read_text())
    unknown = [text for case, text in differences.items() if case not in allowed]
    assert not unknown, f"{len(unknown)} differences\n" + "\n".join(unknown[:SHOWN])
    assert not set(allowed) - set(differences), "these do not differ any more"


def check_facts(found: Record) -> None:
    """Check what has to hold on any path: nothing that a scene asserts fails, nothing is left."""
    assert len(found.cases) > 5000
    for case, fact in found.cases.items():
        told = fact if isinstance(fact, dict) else {}
        assert told.get("error") != "builtins.AssertionError", f"{case}: {told['text']}"
        assert "left behind" not in told, case
        assert not has_died(fact), case


def grown(place: Place, version: str, accelerate: str, times: int) -> dict[str, Any]:
    """Return what each of the calls that leak nothing has let grow."""
    result = run(
        place.python(version),
        place.program("leaks.py"),
        str(times),
        cwd=place.scratch,
        env={"FFIWHEEL_ACCELERATE": accelerate, "PYTHONMALLOC": ""},
    )
    assert result.code == 0, result.err[-2000:]
    return dict(json.loads(line) for line in result.out.splitlines())


@pytest.mark.parametrize("version", sorted(PYTHONS))
def test_nothing_grows(version: str, place: Place) -> None:
    found = grown(place, version, "1", MANY if version == NEWEST else SOME)
    assert len(found) > 30
    for case, more in found.items():
        if not case.startswith("lost"):
            assert not more["references"], case
            assert more["blocks"] < MOST_BLOCKS, f"{case}: {more}"
            assert more["bytes"] < MOST_BYTES, f"{case}: {more}"


def test_growth_is_seen(place: Place) -> None:
    """What grows on the other path as well is not the accelerator's fault, and is seen there."""
    found = grown(place, NEWEST, "0", SOME)
    assert max(more["bytes"] for case, more in found.items() if "lost" not in case) < MOST_BYTES
    assert found["lost in C++"]["bytes"] >= 64 * SOME
    assert found["lost in Python"]["blocks"] > SOME - MOST_BLOCKS
    assert found["lost reference"]["references"] == {"thing": SOME}
