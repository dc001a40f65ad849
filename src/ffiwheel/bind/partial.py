"""A hand-written stub beside the generated one: its definitions win, the generated fill the rest.

What it says about a name of the module stands in place of the generated block. A class that both
have is merged member by member. Its imports and whatever else it holds are kept as they are.
"""

from __future__ import annotations

import ast
import textwrap
from dataclasses import replace
from typing import TYPE_CHECKING

from ffiwheel.bind.text import INDENT
from ffiwheel.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ffiwheel.bind.stub import Stub
    from ffiwheel.bind.stub_class import StubClass


def merge_stubs(
    stub: Stub, paths: Sequence[str], partials: Mapping[str, str]
) -> tuple[Stub, list[str]]:
    """Return `stub` merged with those hand-written ones that there are, and their paths.

    Args:
        stub: the generated stub.
        paths: where its hand-written ones may be.
        partials: archive path -> text of all hand-written stubs.

    Raises:
        ProjectError: if one is no Python.
    """
    found = [path for path in paths if path in partials]
    for path in found:
        stub = merge_stub(stub, partials[path], path)
    return stub, found


def merge_stub(stub: Stub, text: str, where: str) -> Stub:
    """Return `stub` with the definitions of a hand-written one in place of its own.

    Raises:
        ProjectError: if the text is no Python.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise ProjectError(
            "the hand-written stub does not parse",
            where=f"{where}:{line}" if line else where,
            hint=str(getattr(error, "msg", error)),
        ) from error
    lines = text.splitlines()
    functions, classes, imports = dict(stub.functions), dict(stub.classes), [*stub.imports]
    rest = [*stub.rest]
    for name, nodes in _grouped(tree.body):
        found = [line for node in nodes for line in _lines_of(node, lines)]
        if name in classes and isinstance(nodes[0], ast.ClassDef):
            classes[name] = _merge_class(classes[name], nodes[0], lines)
        elif name in classes:
            del classes[name]
            functions[name] = found
        elif name and name in functions:
            functions[name] = found
        elif isinstance(nodes[0], ast.Import | ast.ImportFrom):
            imports += found
        elif name != "__all__" and not _is_docstring(nodes[0]):
            rest += found
    return replace(stub, functions=functions, classes=classes, imports=imports, rest=rest)


def _merge_class(one: StubClass, node: ast.ClassDef, lines: Sequence[str]) -> StubClass:
    members, doc = dict(one.members), one.doc
    for name, nodes in _grouped(node.body):
        found = [line for each in nodes for line in _lines_of(each, lines)]
        shifted = textwrap.indent(textwrap.dedent("\n".join(found)), INDENT).split("\n")
        if name:
            members[name] = shifted
        elif _is_docstring(nodes[0]):
            doc = shifted
    bases = [ast.unparse(each) for each in (*node.bases, *node.keywords)]
    decorators = [f"@{ast.unparse(each)}" for each in node.decorator_list]
    head = f"class {node.name}({', '.join(bases)}):" if bases else one.head
    return replace(one, head="\n".join([*decorators, head]), doc=doc, members=members)


def _grouped(body: Sequence[ast.stmt]) -> Iterator[tuple[str, list[ast.stmt]]]:
    """Yield name and statements of each definition; overloads of a function stand together."""
    groups: dict[str, list[ast.stmt]] = {}
    for index, node in enumerate(body):
        groups.setdefault(_name_of(node) or f" {index}", []).append(node)
    for name, nodes in groups.items():
        yield ("" if name.startswith(" ") else name), nodes


def _name_of(node: ast.stmt) -> str:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return node.name
    targets: list[ast.expr] = []
    if isinstance(node, ast.AnnAssign):
        targets = [node.target]
    elif isinstance(node, ast.Assign):
        targets = node.targets
    return next((target.id for target in targets if isinstance(target, ast.Name)), "")


def _lines_of(node: ast.stmt, lines: Sequence[str]) -> list[str]:
    """Return a statement's lines, with its decorators and the comments right above."""
    decorators = getattr(node, "decorator_list", [])
    start = min([node.lineno, *(each.lineno for each in decorators)]) - 1
    while start > 0 and lines[start - 1].lstrip().startswith("#"):
        start -= 1
    return list(lines[start : node.end_lineno])


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
