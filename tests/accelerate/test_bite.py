"""The tests that compare calls notice whatever is wrong on purpose."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from comparer import find_differences, parse_record, read_allowed
from places import find_place
from test_parity import NEWEST
from workshop import check

if TYPE_CHECKING:
    from pathlib import Path

    from places import Place


@pytest.fixture
def place(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    return find_place(tmp_path, tmp_path_factory)


@pytest.mark.compiler
@pytest.mark.network
def test_each_wrong_function_is_found(place: Place) -> None:
    said = check(place.python(NEWEST), place.program("stand_ins.py"), cwd=place.scratch)
    rows = [json.loads(line) for line in said.splitlines()]
    assert len(rows) > 20
    for what, case, right, honest, wrong in rows:
        assert not find_differences({case: right}, {case: honest}), f"{what}: too strict"
        assert find_differences({case: right}, {case: wrong}), f"{what}: not noticed"


def test_records_are_read() -> None:
    record = parse_record('["accelerated", true]\n["a", 1]\n["end", true]\n')
    assert (record.accelerated, dict(record.cases), record.finished) == (True, {"a": 1}, True)
    assert not parse_record('["accelerated", "off"]\n["a", 1]\n').finished


def test_two_cases_of_one_name_are_refused() -> None:
    with pytest.raises(AssertionError, match="two cases have one name"):
        parse_record('["a", 1]\n["a", 2]\n')


def test_differences_are_found() -> None:
    error = {"error": "builtins.ValueError", "text": "no"}
    assert find_differences({"a": 1, "b": error}, {"a": 1, "b": error}) == {}
    found = find_differences({"a": 1, "b": error, "c": 3}, {"a": 2, "b": {**error, "text": "x"}})
    assert list(found) == ["a", "b", "c"]
    assert found["a"] == "a\n    is 1\n    is 2"
    assert "'text': 'no'" in found["b"]
    assert "no such case" in found["c"]
    assert list(find_differences({}, {"a": 1})) == ["a"], "neither may have cases of its own"


def test_the_order_of_booleans_and_integers_is_no_excuse() -> None:
    """Python says that `True == 1`; a record says the type of each."""
    assert find_differences({"a": ["builtins.int", "1"]}, {"a": ["builtins.bool", "True"]})


def test_who_dies_is_not_to_be_equalled() -> None:
    assert find_differences({"a": {"died": 11}}, {"a": 1}) == {}
    assert list(find_differences({"a": 1}, {"a": {"died": 11}})) == ["a"]


def test_whatever_may_differ_has_a_reason() -> None:
    assert read_allowed("# a comment\n\np.f(1) ## because\n") == {"p.f(1)": "because"}
    with pytest.raises(AssertionError, match="has a reason"):
        read_allowed("p.f(1)\n")
