"""The reference page of `[tool.ffiwheel]`, made from the classes of `schema`.

What a key is for stands as a docstring under its field. Python forgets such strings, so they are
read from the module's source; types and defaults come from the classes themselves.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import textwrap
from collections.abc import Mapping
from typing import (
    TYPE_CHECKING,
    Literal,
    NamedTuple,
    TypeAlias,
    get_args,
    get_origin,
    get_type_hints,
)

from ffiwheel.config import schema
from ffiwheel.config.decode import is_optional, is_table

if TYPE_CHECKING:
    from collections.abc import Iterator

FieldDocs: TypeAlias = "Mapping[tuple[str, str], str]"
"""(class, field) -> docstring."""

_WIDTH = 100
_REQUIRED = object()
_HEAD = """\
# Configuration

<!-- Made from src/ffiwheel/config/schema.py by `./dev test --update-golden`; do not edit. -->

ffiwheel reads `pyproject.toml`. All of its own keys are optional. A key that it does not know is an
error, and all errors are reported at once.
"""


def render_reference() -> str:
    """Return the page as Markdown."""
    docs = parse_field_docs(inspect.getsource(schema))
    return "\n".join([_HEAD, *_render_table(schema.Config, "tool.ffiwheel", docs)])


def parse_field_docs(source: str) -> dict[tuple[str, str], str]:
    r"""Return the docstrings under the fields of the classes in a module's source, on one line.

    >>> parse_field_docs('class Table:\n    key: str\n    "What it  is for."')
    {('Table', 'key'): 'What it is for.'}
    """
    return {
        (table.name, field.target.id): " ".join(text.value.value.split())
        for table in ast.parse(source).body
        if isinstance(table, ast.ClassDef)
        for field, text in itertools.pairwise(table.body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)
        if isinstance(text.value.value, str)
    }


def _render_table(
    table: type[NamedTuple], name: str, docs: FieldDocs, brackets: str = "[{}]"
) -> Iterator[str]:
    """Yield the lines of a table's section, and those of the tables inside it."""
    yield f"## `{brackets.format(name)}`\n"
    yield f"{_wrap(inspect.getdoc(table) or '')}\n"
    inner = []
    for field, kind in get_type_hints(table).items():
        key = field.replace("_", "-")
        table_of, brackets = _table_in(kind)
        if table_of:
            inner.append((table_of, f"{name}.{key}", brackets))
        else:
            yield f"### `{key}`\n"
            default = table._field_defaults.get(field, _REQUIRED)
            yield f"{describe_type(kind)}{_describe_default(default)}.\n"
            yield f"{_wrap(docs[table.__name__, field])}\n"
    for kind, path, brackets in inner:
        yield from _render_table(kind, path, docs, brackets)


def _table_in(kind: object) -> tuple[type[NamedTuple] | None, str]:
    """Return the table that a key holds, and the brackets it is written in.

    >>> _table_in(schema.CompileTable)[1], _table_in(tuple[schema.CompileTable, ...])[1]
    ('[{}]', '[[{}]]')
    >>> _table_in(tuple[str, ...])
    (None, '')
    """
    item, brackets = kind, "[{}]"
    if get_origin(kind) is tuple:
        item, brackets = get_args(kind)[0], "[[{}]]"
    return (item, brackets) if is_table(item) else (None, "")


def describe_type(kind: object) -> str:
    """Return what a key of a field's type may hold, for people.

    >>> describe_type(tuple[str, ...] | None), describe_type(Literal["minor", "patch"])
    ('A list of strings', 'One of `"minor"`, `"patch"`')
    >>> describe_type(Mapping[str, str])
    'A table of strings'
    >>> describe_type(Mapping[str, tuple[str, ...]])
    'A table of lists of strings'
    """
    if is_optional(kind):  # only `X | None`: TOML has no null
        return describe_type(get_args(kind)[0])
    if get_origin(kind) is Literal:
        return "One of " + ", ".join(f'`"{choice}"`' for choice in get_args(kind))
    if get_origin(kind) is Mapping and get_origin(get_args(kind)[1]) is tuple:
        return "A table of lists of strings"
    shapes: dict[object, str] = {tuple: "A list of strings", Mapping: "A table of strings"}
    return shapes.get(get_origin(kind), "`true` or `false`" if kind is bool else "A string")


def _describe_default(value: object) -> str:
    """Return a default worth telling; the docstring says what an empty one means."""
    if value is _REQUIRED:
        return "; required"
    if isinstance(value, bool):
        return f"; default: `{str(value).lower()}`"
    return f'; default: `"{value}"`' if value else ""


def _wrap(text: str) -> str:
    return textwrap.fill(
        " ".join(text.split()), _WIDTH, break_long_words=False, break_on_hyphens=False
    )
