"""Which function an expression in a registration stands for."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from ffiwheel.reflect.source.declarations import Function, read_lambda
from ffiwheel.reflect.source.lookup import Place
from ffiwheel.reflect.source.syntax import simplified, split_list, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

    from ffiwheel.reflect.source.lookup import Lookup

_DEEPEST = 8
_PASSING = frozenset(
    {
        "FromTyped",
        "Function",
        "TypedFunction",
        "WrapFunction",
        "const_cast",
        "decay_copy",
        "forward",
        "function",
        "move",
        "ref",
    }
)
"""Functions and types whose first argument is the function that matters."""
_CASTS = frozenset({"overload_cast", "static_cast", "reinterpret_cast"})
_NAMES = frozenset({"identifier", "qualified_identifier", "template_function", "dependent_name"})


class Callables:
    """Finds functions."""

    def __init__(self, lookup: Lookup) -> None:
        """Take the names of the project."""
        self._lookup = lookup

    def find(self, node: Node, place: Place, depth: int = 0) -> list[Function]:
        """Return the functions that an expression can stand for; none where nothing is known."""
        kind = node.type
        if depth > _DEEPEST:
            return []
        if kind == "lambda_expression":
            return [_from_lambda(node, place)]
        if kind in {"pointer_expression", "parenthesized_expression"} and node.named_children:
            return self.find(node.named_children[-1], place, depth + 1)
        if kind in {"cast_expression", "compound_literal_expression"}:
            return self._find_converted(node, place, depth + 1)
        if kind == "call_expression":
            return self._find_called(node, place, depth + 1)
        return self._find_named(text_of(node), place, depth + 1) if kind in _NAMES else []

    def _find_converted(self, node: Node, place: Place, depth: int) -> list[Function]:
        """Return what `(R (*)(A))f`, `TypedFunction<R(A)>{f}` or `Functor{}` stand for."""
        value = node.child_by_field_name("value")
        type_text = text_of(node.child_by_field_name("type"))
        if value is None:
            return []
        if node.type == "cast_expression":
            return choose_overload(self.find(value, place, depth), read_signature(type_text))
        if base_name(type_text) in _PASSING and value.named_children:
            return self.find(value.named_children[0], place, depth)
        return self._find_functor(type_text, place)

    def _find_called(self, node: Node, place: Place, depth: int) -> list[Function]:
        """Return what `static_cast<...>(f)`, `std::move(f)` or `Functor()` stand for."""
        callee = text_of(node.child_by_field_name("function"))
        arguments = node.child_by_field_name("arguments")
        name = base_name(callee)
        if name not in _PASSING | _CASTS:
            return self._find_functor(callee, place)
        if arguments is None or not arguments.named_children:
            return []
        found = self.find(arguments.named_children[0], place, depth)
        inside = callee.partition("<")[2].rpartition(">")[0]
        if name == "overload_cast":
            return choose_overload(found, split_list(inside))
        return choose_overload(found, read_signature(inside)) if name in _CASTS else found

    def _find_functor(self, type_text: str, place: Place) -> list[Function]:
        if not self._lookup.find_classes(type_text, place):
            return []
        found = self._lookup.find_functions(f"{type_text}::operator()", place)
        return [replace(one, is_static=True) for one in found]  # its object is bound already

    def _find_named(self, text: str, place: Place, depth: int) -> list[Function]:
        if found := self._lookup.find_functions(text, place):
            return found
        for variable in self._lookup.find_variables(text, place)[:1]:
            inside = Place(path=variable.path, scope=variable.scope, blocks=place.blocks)
            value = variable.value
            found = self.find(value, inside, depth) if value is not None else []
            return found or self._find_functor(variable.type, inside)
        return []


def base_name(text: str) -> str:
    """Return the last part of a name, without template arguments.

    >>> base_name("tvm::ffi::TypedFunction<int(std::string)>")
    'TypedFunction'
    """
    return text.partition("<")[0].rpartition("::")[2].strip()


def read_signature(text: str) -> tuple[str, ...] | None:
    """Return the parameter types in the type of a function pointer; None if it is none.

    >>> read_signature("int (T::*)(int, Array<int>) const")
    ('int', 'Array<int>')
    """
    match = re.search(r"\)\s*\((.*)\)[^()]*$", text, re.DOTALL)
    if match is None:
        return None
    types = split_list(match[1])
    return () if types == ("void",) else types


def choose_overload(functions: list[Function], types: tuple[str, ...] | None) -> list[Function]:
    """Return the functions whose parameters are of `types`, or else begin with them."""
    if types is None:
        return functions
    wanted = [simplified(_without_name(one)) for one in types]
    own = [[simplified(one) for one in function.types] for function in functions]
    for fits in (
        [have == wanted for have in own],
        [have[: len(wanted)] == wanted for have in own],
        [len(have) == len(wanted) for have in own],
    ):
        if any(fits):
            return [function for function, is_fit in zip(functions, fits, strict=True) if is_fit]
    return []


def _without_name(parameter: str) -> str:
    """Return `int` of `int x`; a type of two words keeps both."""
    words = parameter.split()
    is_named = len(words) > 1 and words[-1].isidentifier() and words[-1] not in _TYPE_WORDS
    return " ".join(words[:-1]) if is_named and words[:-1] != ["const"] else parameter


_TYPE_WORDS = frozenset({"int", "long", "short", "char", "double", "unsigned", "signed", "const"})


def _from_lambda(node: Node, place: Place) -> Function:
    return Function(
        name="",
        scope=place.scope,
        parameters=read_lambda(node),
        is_static=True,
        doc="",
        path=place.path,
    )
