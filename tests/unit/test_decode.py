"""Tables against the schema: every problem of a reading is reported, and nothing else."""

from __future__ import annotations

from typing import NamedTuple

from ffiwheel.config.decode import decode_table
from ffiwheel.config.schema import Config
from ffiwheel.errors import Problem


def decode(table: dict[str, object]) -> tuple[Config, list[Problem]]:
    problems: list[Problem] = []
    return decode_table(Config, table, "tool.ffiwheel", problems), problems


def test_a_full_table_is_read() -> None:
    config, problems = decode(
        {
            "sources": ["src/*.cc"],
            "exports": [],
            "compile": {"include-dirs": ["include"], "standard": "c++20"},
            "version": {"next": "patch"},
        }
    )
    assert not problems
    assert config.sources == ("src/*.cc",)
    assert config.exports == ()
    assert config.compile.include_dirs == ("include",)
    assert config.compile.standard == "c++20"
    assert config.version.next == "patch"


def test_a_table_of_lists_is_read() -> None:
    config, problems = decode({"compile": {"flags-for": {"*-x86_64": ["-mavx2"], "win*": []}}})
    assert not problems
    assert config.compile.flags_for == {"*-x86_64": ("-mavx2",), "win*": ()}


def test_an_empty_table_is_all_defaults() -> None:
    assert decode({}) == (Config(), [])


def test_every_problem_is_reported_at_once() -> None:
    _, problems = decode(
        {
            "sorces": ["a"],
            "exports": "all",
            "compile": 3,
            "version": {"next": "mayor", "tag-prefix": 1, "fallback": True},
        }
    )
    assert problems == [
        Problem("unknown key `sorces`", "tool.ffiwheel", "did you mean `sources`?"),
        Problem(
            "expected a list of strings, found a string",
            "tool.ffiwheel.exports",
            'write `["all"]`',
        ),
        Problem("expected a table, found an integer", "tool.ffiwheel.compile"),
        Problem("expected one of `minor`, `patch`, found `mayor`", "tool.ffiwheel.version.next"),
        Problem("expected a string, found an integer", "tool.ffiwheel.version.tag-prefix"),
        Problem("expected a string, found a boolean", "tool.ffiwheel.version.fallback"),
    ]


def test_what_is_right_beside_a_mistake_is_kept() -> None:
    emit = [{"path": "a.json", "form": "jsn"}, {"path": "b.json", "form": "json"}]
    config, problems = decode({"version": {"emit": emit, "next": "mayor", "tag-prefix": "v"}})
    assert len(problems) == 2
    assert config.version.tag_prefix == "v"
    assert [(one.path, one.form) for one in config.version.emit] == [
        ("a.json", None),
        ("b.json", "json"),
    ]


def test_a_misspelt_choice_is_guessed() -> None:
    entry = {"path": "file", "pattern": "(.*)", "form": "c-mayor"}
    _, [problem] = decode({"version": {"write": [entry]}})
    assert problem.where == "tool.ffiwheel.version.write[0].form"
    assert problem.hint == "did you mean `c-major`?"


def test_a_list_of_other_things_is_refused() -> None:
    config, problems = decode({"sources": ["a", 1]})
    assert config.sources == ()
    assert problems == [
        Problem("expected a list of strings, found a list", "tool.ffiwheel.sources")
    ]


class Place(NamedTuple):
    path: str
    form: str = "public"


class Places(NamedTuple):
    write: tuple[Place, ...] = ()


def decode_places(table: dict[str, object]) -> tuple[Places, list[Problem]]:
    problems: list[Problem] = []
    return decode_table(Places, table, "table", problems), problems


def test_a_list_of_tables_is_read() -> None:
    places, problems = decode_places({"write": [{"path": "a"}, {"path": "b", "form": "npm"}]})
    assert places == Places(write=(Place(path="a"), Place(path="b", form="npm")))
    assert not problems


def test_a_missing_key_is_a_problem_of_its_table() -> None:
    _, problems = decode_places({"write": [{"path": "a"}, {"form": "npm"}]})
    assert problems == [Problem("the key `path` is missing", "table.write[1]", "add `path = ...`")]


def test_one_table_is_no_list_of_tables() -> None:
    _, problems = decode_places({"write": {"path": "a"}})
    expected = "expected a list of tables, found a table"
    assert problems == [Problem(expected, "table.write", "write `[[table.write]]`")]
