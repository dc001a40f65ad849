"""Versions in the text of files: found once, replaced, and nothing else changed."""

from __future__ import annotations

from typing import get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version as Pep440

from ffiwheel.config.release import check_release_keys
from ffiwheel.config.schema import WriteTable
from ffiwheel.errors import Problem
from ffiwheel.versioning.forms.registry import FORMS
from ffiwheel.versioning.literals import (
    LiteralVersion,
    check_literals,
    check_rendering,
    choose_number,
    find_literals,
    replace_literals,
)

HEADER = b"#define MAJOR 0\n#define MINOR 6\n#define PATCH 0\n"


def find(content: bytes, *entries: WriteTable) -> tuple[list[LiteralVersion], list[Problem]]:
    keys = {f"write[{index}]": entry for index, entry in enumerate(entries)}
    return find_literals("file", content, keys)


def entry(pattern: str, form: str = "public") -> WriteTable:
    return WriteTable(path="file", pattern=pattern, form=form)  # type: ignore[arg-type]  # any form


def replace(content: bytes, number: str, *entries: WriteTable) -> bytes:
    literals, problems = find(content, *entries)
    assert not problems
    return replace_literals(content, literals, Pep440(number))


def test_several_places_of_a_file() -> None:
    entries = [
        entry(rf"^#define {name.upper()} (\d+)$", f"c-{name}")
        for name in ("patch", "major", "minor")
    ]
    written = replace(HEADER, "10.20.30rc1", *entries)
    assert written == b"#define MAJOR 10\n#define MINOR 20\n#define PATCH 30\n"


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_everything_else_stays(ends: bytes) -> None:
    before = b"\xef\xbb\xbf\xff\xfe caf\xe9" + ends * 3 + b'version = "0.6.0"' + ends + b"\0\t last"
    after = replace(before, "0.7.0", entry('^version = "(.*)"$'))
    assert after == before.replace(b"0.6.0", b"0.7.0")


@given(st.lists(st.sampled_from([b"\r\n", b"\n", b"\r", b"text", b"\xe9"])), st.data())
def test_mixed_line_ends_stay(pieces: list[bytes], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(pieces)))
    before, after = b"".join(pieces[:cut]), b"".join(pieces[cut:])
    content = before + b"\nv: 0.6.0\r\n" + after
    assert replace(content, "1.0.0", entry("^v: (.*)$")) == before + b"\nv: 1.0.0\r\n" + after


def test_a_pattern_may_reach_over_lines() -> None:
    content = b'[package]\r\nname = "x"\r\nversion = "1"\r\n[other]\r\nversion = "2"\r\n'
    written = replace(content, "3.0.0", entry(r'\[package\]\nname = .*\nversion = "(.*)"'))
    assert written == content.replace(b'"1"', b'"3.0.0"')


def test_an_empty_place_is_filled() -> None:
    assert replace(b'version = ""', "1.0.0", entry('"(.*)"')) == b'version = "1.0.0"'


@pytest.mark.parametrize(
    ("content", "pattern", "message"),
    [
        (b"", "^v = (.*)$", "the pattern matches nothing in `file`"),
        (
            b"v = 1\nv = 2\n",
            "^v = (.*)$",
            "the pattern matches 2 times in `file`, in the lines 1, 2",
        ),
        (b"v = 1\n" * 9, "^v = (.*)$", "9 times in `file`, in the lines 1, 2, 3, 4, 5, ..."),
        (b"v=1 or none", "v=|(w)", "the pattern matches nothing in `file`"),
        (b'v = "1" # or "2"', '"(.*)"', 'the group matches `1" # or "2` at file:1, which is no'),
        (b"<v>1</v><v>2</v>", "<v>(.*)</v>", "the group matches `1</v><v>2`"),
        (b"v = 1\nw = 2\n", r"v = ([^;]*)", "the group matches `1 w = 2` at file:1"),
        ("v = é".encode(), "v = (.*)", "the group matches `é`"),
    ],
)
def test_what_is_no_single_version_is_refused(content: bytes, pattern: str, message: str) -> None:
    literals, [problem] = find(content, entry(pattern))
    assert not literals
    assert message in problem.message
    assert problem.where == "write[0].pattern"
    assert problem.hint


def test_two_patterns_cannot_write_to_one_place() -> None:
    literals, [problem] = find(b"v = 1.0\n", entry("v = (.*)"), entry(r"= (\d+)", "c-major"))
    assert len(literals) == 1
    assert problem.message == "two patterns match the version at file:1"


def test_a_form_that_cannot_say_it_is_a_problem() -> None:
    literals, _ = find(b"a 0.6.0\nb 0.6.0\n", entry("a (.*)", "npm"), entry("b (.*)"))
    [problem] = check_rendering(literals, Pep440("1!1.0.0"))
    assert problem.where == "file:1, form `npm`"
    found = check_literals(literals, Pep440("1!1.0.0"), "hint")
    assert [one.where for one in found] == ["file:1, form `npm`", "file:2"]


def test_what_most_places_say_is_what_the_others_should() -> None:
    content = b"a 0.7.0\nb 0.7.0\nc 0.6.0\n"
    literals, _ = find(content, *(entry(rf"^{letter} (.*)$") for letter in "abc"))
    choice = [Pep440("0.8.0.dev0"), Pep440("0.7.0")]
    assert choose_number(literals, choice) == Pep440("0.7.0")
    assert check_literals(literals, Pep440("0.7.0"), "hint") == [
        Problem("found `0.6.0`, expected `0.7.0` (the form `public`)", "file:3", "hint")
    ]
    assert choose_number(literals[2:], choice) == Pep440("0.8.0.dev0")


def test_every_form_but_the_local_part_can_be_written() -> None:
    listed = get_args(get_type_hints(WriteTable)["form"])
    assert set(listed) == set(FORMS) - {"local"}


def check_keys(path: str, pattern: str) -> list[str]:
    problems = check_release_keys({"write": [{"path": path, "pattern": pattern}]})
    return [problem.where.rpartition(".")[2] for problem in problems]


@pytest.mark.parametrize("path", ["", ".", "/etc/passwd", "../file", "a/../../b", "a\0b"])
def test_a_path_lies_in_the_project(path: str) -> None:
    assert check_keys(path, "(.*)") == ["path"]


@pytest.mark.parametrize("path", ["file", "./file", "a/b c/é.h"])
def test_paths_of_files(path: str) -> None:
    assert not check_keys(path, "(.*)")


@pytest.mark.parametrize("pattern", ["", ".*", "(a)(b)", "(", "*", r"(\u00e9)", "(a{99999999999})"])
def test_a_pattern_has_one_group(pattern: str) -> None:
    assert check_keys("file", pattern) == ["pattern"]


def test_what_the_decoder_reports_is_not_said_twice() -> None:
    assert not check_release_keys({"changelog": 1, "write": {"path": ""}})
    entries = [{"path": 1, "pattern": ["a"]}, "text", {}, {"path": "/", "pattern": "(a)"}]
    problems = check_release_keys({"write": entries})
    assert [problem.where for problem in problems] == ["tool.ffiwheel.version.write[3].path"]
