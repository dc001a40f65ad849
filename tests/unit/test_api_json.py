"""The description in a wheel: its page names every key, and what is none is refused."""

from __future__ import annotations

import dataclasses
import json
import re

import pytest
from workshop import GOLDEN, REPOSITORY, compare_golden

from ffiwheel.errors import ReflectError
from ffiwheel.model import api as model
from ffiwheel.model.api_json import SCHEMA, parse_api, render_api

PAGE = (REPOSITORY / "docs" / "api-json.md").read_text()
CLASSES = [
    one for one in vars(model).values() if isinstance(one, type) and dataclasses.is_dataclass(one)
]
MALFORMED = [
    "",
    "[]",
    "{}",
    pytest.param("[" * 100_000, id="deep"),
    '{"schema": 2}',
    '{"schema": 1, "functions": {}}',
    '{"schema": 1, "functions": [3]}',
    '{"schema": 1, "functions": [{}]}',
    '{"schema": 1, "functions": [{"name": 1}]}',
    '{"schema": 1, "functions": [{"name": "a.b", "signatures": [{"parameters": 1}]}]}',
    '{"schema": 1, "functions": [{"name": "a.b", "signatures": [{"result": {}}]}]}',
    '{"schema": 1, "functions": [{"name": "a", "signatures": [{"result": {"type": 1}}]}]}',
    '{"schema": 1, "classes": [{"type_key": "a.B", "accepts": {"type": "b", "args": 1}}]}',
    '{"schema": 1, "classes": [{"type_key": "a.B", "kind": "struct"}]}',
    '{"schema": 1, "classes": [{"type_key": "a.B", "constants": [{"name": "C", "value": []}]}]}',
    '{"schema": 1, "classes": [{"type_key": "a.B", "constructor": 1}]}',
]


def section(name: str) -> str:
    """Return the part of the page about a class."""
    found = re.search(rf"^## [^\n]*`{name}`\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"docs/api-json.md has no section about `{name}`"
    return found[1]


@pytest.mark.parametrize("one", CLASSES, ids=[one.__name__ for one in CLASSES])
def test_the_page_names_every_key(one: type[object]) -> None:
    assert dataclasses.is_dataclass(one)
    rows = re.findall(r"^\| (`.+?) \|", section(one.__name__), re.MULTILINE)
    named = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert sorted(named) == sorted(field.name for field in dataclasses.fields(one))


def test_the_example_is_read_and_written_alike() -> None:
    found = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert found
    api = parse_api(found[1], "docs/api-json.md")
    assert json.loads(render_api(api)) == json.loads(found[1])
    assert f"`schema` is {SCHEMA}" in PAGE


def test_keys_of_tomorrow_are_passed_over() -> None:
    api = parse_api('{"schema": 1, "more": 1, "functions": [{"name": "a.b", "color": "red"}]}', "")
    assert api == model.Api(functions=(model.Function(name="a.b"),))


@pytest.mark.parametrize("text", MALFORMED)
def test_what_is_malformed_is_refused(text: str, *, update_golden: bool) -> None:
    with pytest.raises(ReflectError) as caught:
        parse_api(text, "ffiwheel-api.json in hello-1.0-py3-none-any.whl")
    golden = GOLDEN / "errors" / "api-malformed.txt"
    compare_golden(golden, f"{caught.value}\n", update=update_golden)
