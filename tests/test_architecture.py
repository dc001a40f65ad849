"""The house rules that can be checked: layers, who prints, how long a function is."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest
from workshop import REPOSITORY, check

SOURCE = REPOSITORY / "src" / "ffiwheel"
MODULES = sorted(
    path
    for path in SOURCE.rglob("*.py")
    if not {"templates", "data"}.intersection(path.relative_to(SOURCE).parts)
)
MAY_PRINT = {
    "__main__.py",
    "bind/_witness.py",
    "ui/answer.py",
    "ui/console.py",
    "ui/streams.py",
    "cli/main.py",
    "backend.py",
    "reflect/_probe.py",
    "toolchain/_trial.py",
}
LONGEST_BODY = 40
LONGEST_MODULE = 400
FORBIDDEN_NAMES = {"utils", "util", "helpers", "common", "core", "base", "misc", "manager"}


def test_layers_are_kept() -> None:
    check(Path(sys.executable).with_name("lint-imports"), cwd=REPOSITORY)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_module_follows_the_house_rules(path: Path) -> None:
    tree = ast.parse(path.read_text())
    name = path.relative_to(SOURCE).as_posix()
    assert ast.get_docstring(tree), "a module says in its first line what it is"
    assert path.stem not in FORBIDDEN_NAMES
    assert len(path.read_text().splitlines()) <= LONGEST_MODULE
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            assert body_length(node) <= LONGEST_BODY, f"{node.name} is too long"
        if name not in MAY_PRINT:
            assert not is_output(node), f"line {getattr(node, 'lineno', 0)}: only ui prints"


def body_length(function: ast.FunctionDef) -> int:
    """Return the lines of a function's body, without its docstring."""
    first = function.body[1 if ast.get_docstring(function) and len(function.body) > 1 else 0]
    return (function.end_lineno or 0) - first.lineno + 1


def is_output(node: ast.AST) -> bool:
    """Tell whether a node writes to a standard stream or ends the process."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id == "print"
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node.value.id == "sys" and node.attr in {"stdout", "stderr", "exit"}
    return False
