"""What a stub says, taken apart: functions, classes and their members, with documentation.

A stub is Python without statements that do anything, and is parsed and never run.
https://typing.python.org/en/latest/spec/distributing.html#stub-files
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SHOWN_DUNDERS = frozenset({"__init__", "__call__", "__len__", "__getitem__", "__iter__"})
_HIDDEN_TARGETS = frozenset({"__all__", "__match_args__"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A function, a class, or a member of one."""

    kind: str
    """`function`, `class`, `property` or `value`."""
    name: str
    code: str
    """What the stub says of it, without documentation; overloads one after the other."""
    doc: str = ""
    members: tuple[Item, ...] = ()

    @property
    def pieces(self) -> tuple[str, str, str]:
        """What stands before the name where it is defined, the name, and what follows."""
        pattern = rf"(^|\b(?:def|class)\s+){re.escape(self.name)}\b"
        found = re.search(pattern, self.code, re.MULTILINE)
        start = found.end() - len(self.name) if found else len(self.code)
        end = start + len(self.name)
        return self.code[:start], self.code[start:end], self.code[end:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A bound module."""

    name: str
    doc: str = ""
    items: tuple[Item, ...] = ()
    is_broken: bool = False
    """Whether its stub cannot be parsed."""
    is_left_out: bool = False
    """Whether there are more stubs than a page shows."""


def parse_stub(name: str, text: str) -> Module:
    """Return what the stub of a module says.

    >>> parse_stub("m", "def f(x: int) -> int: ...").items[0].code
    'def f(x: int) -> int'
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python warns of `\d`, which is the stub's business
            tree = ast.parse(text)
        items = tuple(_parse_body(tree.body, text.splitlines()))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Module(name=name, is_broken=True)
    return Module(name=name, doc=ast.get_docstring(tree) or "", items=items)


def _parse_body(body: Sequence[ast.stmt], lines: Sequence[str]) -> Iterator[Item]:
    """Yield the public items of a module or a class, overloads as one."""
    found: dict[str, Item] = {}
    for index, node in enumerate(body):
        item = _parse_item(node, lines)
        if item is None or not _is_public(item.name):
            continue
        following = body[index + 1] if index + 1 < len(body) else None
        if item.kind == "value" and following is not None:
            item = replace(item, doc=_text_of(following))
        before = found.get(item.name)
        found[item.name] = _join(before, item) if before else item
    yield from found.values()


def _parse_item(node: ast.stmt, lines: Sequence[str]) -> Item | None:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        words = {_last_word(one) for one in node.decorator_list}
        kind = "property" if words & {"property", "setter"} else "function"
        doc = ast.get_docstring(node) or ""
        return Item(kind=kind, name=node.name, code=_head(node, lines), doc=doc)
    if isinstance(node, ast.ClassDef):
        members = tuple(_parse_body(node.body, lines))
        doc = ast.get_docstring(node) or ""
        return Item(kind="class", name=node.name, code=_head(node, lines), doc=doc, members=members)
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return Item(kind="value", name=node.target.id, code=ast.unparse(node))
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return Item(kind="value", name=node.targets[0].id, code=ast.unparse(node))
    return None


def _head(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, lines: Sequence[str]) -> str:
    """Return the lines of a definition before its body."""
    start = min([node.lineno, *(one.lineno for one in node.decorator_list)])
    first = node.body[0]
    is_beside = first.lineno == node.lineno or lines[first.lineno - 1].lstrip().startswith(")")
    chosen = list(lines[start - 1 : first.lineno - (0 if is_beside else 1)])
    if is_beside:
        whole = chosen[-1].encode()[: first.col_offset].decode(errors="replace")
        chosen[-1] = whole
    text = textwrap.dedent("\n".join(chosen)).rstrip()
    return text.rstrip(":").rstrip()


def _join(before: Item, item: Item) -> Item:
    """Return an item with another overload, or the setter of a property."""
    return replace(before, code=f"{before.code}\n{item.code}", doc=before.doc or item.doc)


def _text_of(node: ast.stmt) -> str:
    """Return the documentation that stands behind a value."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        value = node.value.value
        return inspect.cleandoc(value) if isinstance(value, str) else ""
    return ""


def _is_public(name: str) -> bool:
    return name in _SHOWN_DUNDERS or not (name.startswith("_") or name in _HIDDEN_TARGETS)


def _last_word(node: ast.expr) -> str:
    return ast.unparse(node).rpartition(".")[2]
