"""Documentation from C++ becomes a docstring that says the same."""

from __future__ import annotations

import ast
import inspect

import pytest

from ffiwheel.bind.text import WIDTH, render_docstring

TEXTS = [
    "Add one.",
    'Say "hi"',
    "a \\ b\n\nc",
    "ends \\",
    'x """ y',
    'x """ y"',
    '"',
    '""',
    '"""',
    '\\"',
    "word " * 40,
    "First.\n\n" + "word " * 40,
    "List:\n- a\n- b",
    "  Lead\n    more\n  end",
    "tab\there",
    "é ü 漢字",
    "",
]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("indent", ["    ", "        "])
def test_nothing_is_lost(text: str, indent: str) -> None:
    lines = render_docstring(text, indent)
    found = ast.get_docstring(parse(lines, indent))
    assert (found or "").split() == text.split()
    assert all(len(line) <= WIDTH for line in lines)
    assert not any(line != line.rstrip() for line in lines)


def test_what_has_a_layout_keeps_it() -> None:
    text = "Sum.\n\n    code()\n\n- an item " + "long " * 30 + "end\n- another"
    found = ast.get_docstring(parse(render_docstring(text, "    "), "    "))
    assert found == inspect.cleandoc(text)


def test_control_characters_are_shown() -> None:
    found = ast.get_docstring(parse(render_docstring("nul \0 bell \7", "    "), "    "))
    assert found == "nul \\x00 bell \\x07"


def parse(lines: list[str], indent: str) -> ast.FunctionDef:
    """Return the function that has these lines as its docstring."""
    head = ["def f():"] if indent == "    " else ["class C:", "    def f():"]
    [node] = ast.parse("\n".join([*head, *lines])).body
    node = node.body[0] if isinstance(node, ast.ClassDef) else node
    assert isinstance(node, ast.FunctionDef)
    return node
