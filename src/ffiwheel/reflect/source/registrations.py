"""Where the sources register something: `refl::ObjectDef<T>().def("name", f, "doc")` and the like.

Nothing is said here yet about what names mean; a registration is what stands there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ffiwheel.reflect.source.declarations import Declarations, local_name, read_declarations
from ffiwheel.reflect.source.lookup import Place
from ffiwheel.reflect.source.syntax import declared_name, find_paths, split_list, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from ffiwheel.reflect.source.mention import Kind
    from ffiwheel.reflect.source.project import File

_MARKER = re.compile(
    r"\b(?:GlobalDef|ObjectDef|OverloadObjectDef|EnumDef|TypeAttrDef|ffiwheel_symbol(?:_doc)?)\b"
)
_ROOT = re.compile(
    r"(?:^|::|\s)"
    r"(?P<name>GlobalDef|(?:Overload)?ObjectDef|EnumDef|TypeAttrDef|ffiwheel_symbol(?:_doc)?)"
    r"\s*(?:<(?P<types>.*)>)?\s*$",
    re.DOTALL,
)
_CHAIN = frozenset(
    {
        "call_expression",
        "compound_literal_expression",
        "dependent_name",
        "field_expression",
        "identifier",
        "namespace_identifier",
        "qualified_identifier",
        "template_function",
        "template_type",
        "type_identifier",
    }
)
_OBJECT: dict[str, Kind] = {
    "def": "method",
    "def_static": "static",
    "def_ro": "field",
    "def_rw": "field",
    "def_type_attr": "attribute",
}
_METHODS: dict[str, dict[str, Kind]] = {
    "GlobalDef": {"def": "function", "def_packed": "function", "def_method": "function"},
    "ObjectDef": _OBJECT,
    "OverloadObjectDef": _OBJECT,
    "TypeAttrDef": {"def": "attribute", "attr": "attribute"},
}
"""Definer -> the calls that register something -> what they register."""
_TEXTS = frozenset({"string_literal", "raw_string_literal", "concatenated_string"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A name that is registered, and what for."""

    kind: Kind
    is_packed: bool = False
    """Whether its parameters cannot be known: it takes whatever comes."""
    owner: str = ""
    """The C++ class of `ObjectDef<T>` and the like."""
    name: Node | None = None
    """The expression of the name; none for classes and constructors."""
    subject: Node | None = None
    """What is registered: a function, a field, `init<A, B>`, the value of an attribute."""
    doc: Node | None = None
    """A literal that says the documentation."""
    comment: str = ""
    """The comment above it, as written."""
    remark: str = ""
    """An ordinary comment that can be about nothing else."""
    place: Place
    line: int


@dataclass(frozen=True, slots=True)
class _Root:
    """Where a chain of calls begins: the name of the definer, its class, its arguments."""

    name: str
    owner: str
    arguments: Node | None


@dataclass(frozen=True, slots=True)
class _Call:
    method: str
    arguments: list[Node]
    row: int
    column: int


def find_registrations(file: File) -> Iterator[Registration]:
    """Yield all registrations of a file."""
    code = file.plain.code
    offsets = [match.start() for match in _MARKER.finditer(code)]
    blocks: dict[int, Declarations] = {}
    for path in find_paths(file.root, offsets):
        top = _find_top(path)
        place = _find_place(file, path[:top], blocks)
        root, calls = _unwind(path[top])
        if root is None:
            continue
        variable = _variable_of(path, top)
        if variable and not calls:
            calls = _calls_on(file, variable, path[:top])
        yield from _read_root(file, root, path[top], place)
        for call in calls:
            found = _read_call(file, root, call, place)
            if found is not None:
                yield found


def _find_top(path: list[Node]) -> int:
    """Return where in a path from the root the chain of calls around its leaf begins."""
    top = len(path) - 1
    while top > 0 and path[top - 1].type in _CHAIN:
        top -= 1
    return top


def _unwind(node: Node) -> tuple[_Root | None, list[_Call]]:
    """Return the definer at the bottom of a chain of calls, and the calls in order."""
    calls = []
    arguments = None
    while node.type in {"call_expression", "compound_literal_expression"}:
        function = node.child_by_field_name("function") or node.child_by_field_name("type")
        arguments = node.child_by_field_name("arguments") or node.child_by_field_name("value")
        if function is None:
            return None, []
        inner = function.child_by_field_name("argument")
        if function.type != "field_expression" or inner is None:
            node = function
            break
        method = function.child_by_field_name("field")
        row, column = (method or function).start_point
        calls.append(_Call(text_of(method), _arguments(arguments), row, column))
        node, arguments = inner, None
    match = _ROOT.search(text_of(node))
    if match is None:
        return None, calls[::-1]
    owner = (*split_list(match["types"] or ""), "")[0]
    return _Root(match["name"], owner, arguments), calls[::-1]


def _arguments(node: Node | None) -> list[Node]:
    return list(node.named_children) if node is not None else []


def _find_place(file: File, path: list[Node], blocks: dict[int, Declarations]) -> Place:
    """Return the scope of the innermost node of a path, with what its blocks declare."""
    scope: tuple[str, ...] = ()
    around = []
    for node in path:
        if node.type in {"namespace_definition", "class_specifier", "struct_specifier"}:
            name = text_of(node.child_by_field_name("name"))
            scope = (*scope, *(part.strip() for part in name.split("::") if part.strip()))
        elif node.type == "function_definition":
            declared = declared_name(node.child_by_field_name("declarator"))
            scope = (*scope, *local_name(text_of(declared))[0])
        elif node.type == "compound_statement":
            if node.id not in blocks:
                blocks[node.id] = read_declarations(file.plain, node, scope)
            around.append(blocks[node.id])
    return Place(path=file.plain.text.path, scope=scope, blocks=tuple(around))


def _variable_of(path: list[Node], top: int) -> str:
    """Return the name of the variable that holds a definer."""
    for node in path[max(top - 2, 0) : top]:
        if node.type in {"declaration", "init_declarator"}:
            return text_of(declared_name(node.child_by_field_name("declarator")))
    return ""


def _calls_on(file: File, variable: str, path: list[Node]) -> list[_Call]:
    """Return the calls on a variable in the block that declares it."""
    block = next((one for one in reversed(path) if one.type == "compound_statement"), path[0])
    pattern = re.compile(rf"\b{re.escape(variable)}\s*\.\s*(?:def|attr)")
    start = path[-1].end_byte
    offsets = [one.start() for one in pattern.finditer(file.plain.code, start, block.end_byte)]
    calls: list[_Call] = []
    for inner in find_paths(block, offsets):
        _, found = _unwind(inner[_find_top(inner)])
        calls += found
    return calls


def _read_root(file: File, root: _Root, node: Node, place: Place) -> Iterator[Registration]:
    """Yield what a definer registers by itself: a class, an entry of an enum, a C symbol."""
    row, column = node.start_point
    arguments = _arguments(root.arguments)
    common = Registration(
        kind="class",
        owner=root.owner,
        comment=file.plain.comments.above(row, column),
        place=place,
        line=row + 1,
        doc=_literal(arguments),
    )
    if root.name.endswith("ObjectDef"):
        yield replace(common, comment="")
    elif root.name == "EnumDef" and arguments:
        yield replace(common, kind="entry", name=arguments[0], doc=None)
    elif root.name == "ffiwheel_symbol" and len(arguments) > 1:
        export = replace(common, kind="symbol", name=arguments[0], subject=arguments[1], doc=None)
        comments = file.plain.comments
        yield replace(export, comment=comments.above(row, 0), remark=comments.right_above(row))
    elif root.name == "ffiwheel_symbol_doc" and len(arguments) > 1:
        yield replace(common, kind="symbol", name=arguments[0], doc=arguments[1], comment="")


def _read_call(file: File, root: _Root, call: _Call, place: Place) -> Registration | None:
    """Return what a call like `.def("name", f)` registers."""
    arguments = call.arguments
    kinds = _METHODS.get(root.name, {})
    if call.method not in kinds or not arguments or (kinds is _OBJECT and not root.owner):
        return None
    common = Registration(
        kind=kinds[call.method],
        is_packed=call.method == "def_packed",
        owner=root.owner,
        doc=_literal(arguments[2:]),
        comment=file.plain.comments.above(call.row, call.column),
        place=place,
        line=call.row + 1,
    )
    if is_init(arguments[0]):
        doc = _literal(arguments[1:])
        return replace(common, kind="constructor", subject=arguments[0], doc=doc)
    if len(arguments) == 1:
        return None
    return replace(common, name=arguments[0], subject=arguments[1])


def is_init(node: Node) -> bool:
    """Tell whether an argument is `refl::init<A, B>()`."""
    text = text_of(node).partition("<")[0].partition("(")[0].partition("{")[0]
    return node.type in {"call_expression", "compound_literal_expression"} and (
        text.rpartition("::")[2].strip() == "init"
    )


def init_types(node: Node) -> tuple[str, ...]:
    """Return the types of `refl::init<A, B>()`."""
    function = node.child_by_field_name("function") or node.child_by_field_name("type")
    return split_list(text_of(function).partition("<")[2].rpartition(">")[0])


def _literal(arguments: list[Node]) -> Node | None:
    return next((one for one in arguments if one.type in _TEXTS), None)
