"""What a file declares: functions, classes, fields, variables, enumerators, names for names.

Bodies of functions are not entered. What stands in an `ERROR` is read like everything else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from ffiwheel.reflect.source.syntax import (
    Parameter,
    declared_name,
    find_declarator,
    read_parameters,
    spelled,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from ffiwheel.reflect.source.preprocess import Plain

Scope = tuple[str, ...]

_GROUPS = frozenset({"ERROR", "declaration_list", "field_declaration_list", "translation_unit"})
_CLASSES = frozenset({"class_specifier", "struct_specifier", "union_specifier"})
_DECLARATIONS = frozenset({"declaration", "field_declaration", "function_definition"})
_ALIASES = frozenset(
    {"alias_declaration", "namespace_alias_definition", "type_definition", "using_declaration"}
)
_ARGUMENTS = re.compile(r"<[^<>]*>")
_LONGEST_NAME = 2_000
_GONE = frozenset({"delete_method_clause"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A declaration or definition of a function, or a variable that holds a lambda."""

    name: str
    scope: Scope
    """The namespaces and classes around it; the anonymous namespace is left out."""
    parameters: tuple[Parameter, ...] | None
    is_static: bool
    doc: str
    """The comment above it, as written."""
    path: str

    @property
    def types(self) -> tuple[str, ...]:
        """The types of its parameters."""
        return tuple(one.type for one in self.parameters or ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """A class with a body."""

    name: str
    scope: Scope
    bases: tuple[str, ...]
    has_bases_constructors: bool
    doc: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A field, a variable or an enumerator, with the text that says its value."""

    name: str
    scope: Scope
    type: str
    value: Node | None
    after: Variable | None = None
    """The enumerator before it, from which it counts on."""
    is_enumerator: bool = False
    doc: str = ""
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """A name for a namespace or a type, or, without a name, a scope that is searched too."""

    name: str
    scope: Scope
    target: str
    path: str


@dataclass(frozen=True, slots=True)
class Declarations:
    """All of a file, or of a block."""

    functions: list[Function] = field(default_factory=list)
    classes: list[Class] = field(default_factory=list)
    variables: list[Variable] = field(default_factory=list)
    aliases: list[Alias] = field(default_factory=list)


def read_declarations(plain: Plain, root: Node, scope: Scope = ()) -> Declarations:
    """Return what is declared under `root`, a file or a block in `scope`."""
    found = Declarations()
    reader = _Reader(plain, found)
    pending = [(child, scope, child) for child in reversed(root.named_children)]
    while pending:
        node, inside, first = pending.pop()
        pending += reversed(list(reader.read(node, inside, first)))
    return found


@lru_cache(maxsize=10_000)
def local_name(text: str) -> tuple[Scope, str]:
    """Return the scope and the last part of a qualified name, without template arguments.

    >>> local_name("::a::B<c::D>::f<int>")
    (('a', 'B'), 'f')
    """
    plain = text[:_LONGEST_NAME]
    while (shorter := _ARGUMENTS.sub("", plain)) != plain:
        plain = shorter
    plain = "".join(plain.partition("<")[0].split()).removeprefix("template")
    parts = [part for part in plain.split("::") if part]
    return tuple(parts[:-1]), parts[-1] if parts else ""


Step = tuple["Node", Scope, "Node"]
"""A node to read, its scope, and the node where its declaration begins."""


class _Reader:
    """Reads one node after the other into `Declarations`."""

    def __init__(self, plain: Plain, found: Declarations) -> None:
        self._plain = plain
        self._found = found

    def read(self, node: Node, scope: Scope, first: Node) -> Iterator[Step]:
        """Read a node; yield what is inside of it to be read next."""
        kind = node.type
        if kind in _GROUPS:
            yield from _each(node, scope)
        elif kind in _DECLARATIONS:
            yield from self._read_type(node, scope, first)
            self._read_declaration(node, scope, first)
        elif kind in _CLASSES:
            yield from self._read_class(node, scope, first)
        elif kind == "enum_specifier":
            self._read_enum(node, scope)
        elif kind == "namespace_definition":
            yield from self._read_namespace(node, scope)
        elif kind == "linkage_specification":
            yield from _body(node, scope)
        elif kind == "template_declaration":
            yield node.named_children[-1], scope, first
        else:
            self._read_alias(node, scope)

    def _doc(self, first: Node, last: Node | None = None) -> str:
        row, column = first.start_point
        above = self._plain.comments.above(row, column)
        return above or (self._plain.comments.beside(last.end_point[0]) if last else "")

    def _read_namespace(self, node: Node, scope: Scope) -> Iterator[Step]:
        name = text_of(node.child_by_field_name("name"))
        yield from _body(node, (*scope, *(part.strip() for part in name.split("::") if part)))

    def _read_type(self, node: Node, scope: Scope, first: Node) -> Iterator[Step]:
        """Yield the class or enum that stands in the place of a declaration's type."""
        kind = node.child_by_field_name("type")
        if kind is not None and kind.child_by_field_name("body") is not None:
            yield kind, scope, first

    def _read_class(self, node: Node, scope: Scope, first: Node) -> Iterator[Step]:
        body = node.child_by_field_name("body")
        if body is None:
            return
        inside, name = local_name(text_of(node.child_by_field_name("name")))
        clauses = (one for one in node.named_children if one.type == "base_class_clause")
        bases = tuple(
            text_of(base)
            for clause in clauses
            for base in clause.named_children
            if base.type in {"qualified_identifier", "template_type", "type_identifier"}
        )
        own_names = {local_name(base)[1] for base in bases}
        self._found.classes.append(
            Class(
                name=name,
                scope=(*scope, *inside),
                bases=bases,
                has_bases_constructors=any(
                    one.type == "using_declaration"
                    and local_name(text_of(one).strip("; ").removeprefix("using"))[1] in own_names
                    for one in body.named_children
                ),
                doc=self._doc(first),
                path=self._plain.text.path,
            )
        )
        yield from _each(body, (*scope, *inside, name))

    def _read_enum(self, node: Node, scope: Scope) -> None:
        name = text_of(node.child_by_field_name("name"))
        body = node.child_by_field_name("body")
        last = None
        for child in body.named_children if body is not None else ():
            if child.type != "enumerator":
                continue
            last = Variable(
                name=text_of(child.child_by_field_name("name")),
                scope=(*scope, name) if name else scope,
                type="int",
                value=child.child_by_field_name("value"),
                after=last,
                is_enumerator=True,
                path=self._plain.text.path,
            )
            self._found.variables.append(last)

    def _read_declaration(self, node: Node, scope: Scope, first: Node) -> None:
        type_text = _type_of(node)
        for declarator in node.children_by_field_name("declarator"):
            function = find_declarator(declarator, "function_declarator")
            name = declared_name(declarator)
            if name is None or not name.text:
                continue
            if function is not None and _holds_name(function, name):
                self._add_function(node, function, text_of(name), scope, first)
            else:
                self._add_variable(node, declarator, text_of(name), scope, first, type_text)

    def _add_function(
        self, node: Node, function: Node, name: str, scope: Scope, first: Node
    ) -> None:
        if any(child.type in _GONE for child in node.named_children):
            return
        inside, last = local_name(name)
        self._found.functions.append(
            Function(
                name=last,
                scope=(*scope, *inside),
                parameters=read_parameters(function.child_by_field_name("parameters")),
                is_static=_is_static(node),
                doc=self._doc(first, node),
                path=self._plain.text.path,
            )
        )

    def _add_variable(
        self, node: Node, declarator: Node, name: str, scope: Scope, first: Node, type_text: str
    ) -> None:
        inside, last = local_name(name)
        value = declarator.child_by_field_name("value")
        if value is None:
            value = node.child_by_field_name("default_value")
        doc = self._doc(first, node)
        scope = (*scope, *inside)
        before = text_of(declarator).partition(name)[0]
        if value is not None and value.type == "lambda_expression":
            function = Function(
                name=last,
                scope=scope,
                parameters=read_lambda(value),
                is_static=True,
                doc=doc,
                path=self._plain.text.path,
            )
            self._found.functions.append(function)
            return
        self._found.variables.append(
            Variable(
                name=last,
                scope=scope,
                type=type_text + "".join(sign for sign in before if sign in "*&"),
                value=value,
                doc=doc,
                path=self._plain.text.path,
            )
        )

    def _read_alias(self, node: Node, scope: Scope) -> None:
        if node.type not in _ALIASES:
            return
        text = " ".join(text_of(node).rstrip(";").split())
        name = ""
        if node.type == "using_declaration":
            target = text.removeprefix("using ")
            if not target.startswith("namespace "):
                name = local_name(target)[1]
            target = target.removeprefix("namespace ")
        elif node.type == "type_definition":
            name = text_of(node.child_by_field_name("declarator"))
            target = text_of(node.child_by_field_name("type"))
        else:
            name = text_of(node.child_by_field_name("name"))
            target = text.partition("=")[2]
        alias = Alias(name=name, scope=scope, target=target.strip(), path=self._plain.text.path)
        self._found.aliases.append(alias)


def read_lambda(node: Node) -> tuple[Parameter, ...] | None:
    """Return the parameters of a lambda."""
    declarator = node.child_by_field_name("declarator")
    if declarator is None:
        return ()
    return read_parameters(declarator.child_by_field_name("parameters"))


def _each(node: Node, scope: Scope) -> Iterator[Step]:
    for child in node.named_children:
        yield child, scope, child


def _body(node: Node, scope: Scope) -> Iterator[Step]:
    body = node.child_by_field_name("body")
    if body is not None:
        yield body, scope, node


def _is_static(node: Node) -> bool:
    return any(
        child.type == "storage_class_specifier" and child.text == b"static"
        for child in node.named_children
    )


def _holds_name(function: Node, name: Node) -> bool:
    """Tell whether a function declarator declares a function, not a pointer to one."""
    return function.child_by_field_name("declarator") == name


def _type_of(node: Node) -> str:
    """Return the type of a declaration, with its qualifiers."""
    words = [
        text_of(child)
        for index, child in enumerate(node.children)
        if child.type == "type_qualifier" or node.field_name_for_child(index) == "type"
    ]
    return spelled(" ".join(word for word in words if word != "constexpr"))
