"""The values of constant C++ expressions.

Enough of the language for what stands behind `=` in a declaration and before the comma in a
registration: literals, constants and enumerators of the sources, arithmetic, casts, containers.
Anything else has no value here.
"""

from __future__ import annotations

import math
import operator
import re
from typing import TYPE_CHECKING

from ffiwheel.reflect.source.conversion import coerce, is_known, limit_of, read_type
from ffiwheel.reflect.source.literals import (
    Unsayable,
    read_character,
    read_number,
    render_value,
    unquote,
)
from ffiwheel.reflect.source.lookup import Place
from ffiwheel.reflect.source.preprocess import UNNAMED_TYPE
from ffiwheel.reflect.source.syntax import parse_expression, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tree_sitter import Node

    from ffiwheel.reflect.source.declarations import Variable
    from ffiwheel.reflect.source.literals import Value
    from ffiwheel.reflect.source.lookup import Lookup

_DEEPEST = 30
_MOST_MEANINGS = 20
_BITS = 64
_LONGEST = 100_000
_LIMITS = re.compile(r"numeric_limits<(.+)>::(\w+)")
_LITERALS: dict[str, Callable[[str], Value]] = {
    "number_literal": read_number,
    "string_literal": unquote,
    "raw_string_literal": unquote,
    "char_literal": read_character,
    "true": lambda _: True,
    "false": lambda _: False,
    "null": lambda _: None,
    "nullptr": lambda _: None,
}
_NAMED_VALUES: dict[str, Value] = {
    "nullopt": None,
    "NullOpt": None,
    "NULL": None,
    "INFINITY": math.inf,
    "HUGE_VAL": math.inf,
    "NAN": math.nan,
    "FLT_MAX": limit_of("float", "max"),
    "DBL_MAX": limit_of("double", "max"),
    "INT_MAX": 2**31 - 1,
    "INT_MIN": -(2**31),
    "UINT_MAX": 2**32 - 1,
    **{f"INT{bits}_MAX": 2 ** (bits - 1) - 1 for bits in (8, 16, 32, 64)},
    **{f"INT{bits}_MIN": -(2 ** (bits - 1)) for bits in (8, 16, 32, 64)},
    **{f"UINT{bits}_MAX": 2**bits - 1 for bits in (8, 16, 32, 64)},
}
_UNARY: dict[str, Callable[[int], int]] = {
    "-": operator.neg,
    "+": operator.pos,
    "~": operator.invert,
    "!": operator.not_,
}
_BINARY: dict[str, Callable[[int, int], int]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "<<": operator.lshift,
    ">>": operator.rshift,
    "|": operator.or_,
    "&": operator.and_,
    "^": operator.xor,
}
_CASTS = frozenset({"static_cast", "const_cast", "implicit_cast"})
_WRAPPERS = frozenset(
    {"make_optional", "move", "forward", "Any", "AnyView", "Variant", "variant", "AttrKey"}
)


class Evaluator:
    """Finds the values of expressions, with the constants of the sources."""

    def __init__(self, lookup: Lookup) -> None:
        """Take the names of the project."""
        self._lookup = lookup

    def render_default(self, node: Node, type_text: str, place: Place) -> str | None:
        """Return the Python text of a default, or None if it has none."""
        try:
            return render_value(coerce(self.evaluate(node, place), type_text))
        except Unsayable:
            return None

    def find_text(self, node: Node | None, place: Place) -> str | None:
        """Return the text that an expression stands for, or None."""
        try:
            value = self.evaluate(node, place) if node is not None else None
        except Unsayable:
            return None
        return value if isinstance(value, str) else None

    def evaluate(self, node: Node, place: Place, depth: int = 0) -> Value:
        """Return the value of an expression.

        Raises:
            Unsayable: if it is not known.
        """
        kind = node.type
        if depth > _DEEPEST or len(node.text or b"") > _LONGEST:
            raise Unsayable
        if kind in _LITERALS:
            return _LITERALS[kind](text_of(node))
        if kind == "concatenated_string":
            parts = [self.evaluate(one, place, depth + 1) for one in node.named_children]
            return "".join(str(one) for one in parts)
        if kind in {"initializer_list", "argument_list"}:
            return tuple(self.evaluate(one, place, depth + 1) for one in node.named_children)
        return self._evaluate_operation(node, place, depth + 1)

    def _evaluate_operation(self, node: Node, place: Place, depth: int) -> Value:
        kind = node.type
        if kind == "parenthesized_expression" and node.named_children:
            return self.evaluate(node.named_children[0], place, depth)
        if kind in {"unary_expression", "pointer_expression"}:
            return self._evaluate_unary(node, place, depth)
        if kind == "binary_expression":
            return self._evaluate_binary(node, place, depth)
        if kind in {"compound_literal_expression", "cast_expression"}:
            return self._evaluate_conversion(node, place, depth)
        if kind == "call_expression":
            return self._evaluate_call(node, place, depth)
        return self._evaluate_name(text_of(node), place, depth)

    def _evaluate_unary(self, node: Node, place: Place, depth: int) -> Value:
        action = _UNARY.get(text_of(node.child_by_field_name("operator")))
        argument = node.child_by_field_name("argument")
        if action is None or argument is None:
            raise Unsayable
        value = self.evaluate(argument, place, depth)
        if not isinstance(value, (int, float)):
            raise Unsayable
        try:
            return action(value)  # type: ignore[arg-type]  # floats have all but `~`
        except TypeError as error:
            raise Unsayable from error

    def _evaluate_binary(self, node: Node, place: Place, depth: int) -> Value:
        sign = text_of(node.child_by_field_name("operator"))
        sides = node.child_by_field_name("left"), node.child_by_field_name("right")
        if sides[0] is None or sides[1] is None:
            raise Unsayable
        left = self.evaluate(sides[0], place, depth)
        right = self.evaluate(sides[1], place, depth)
        if isinstance(left, str) and isinstance(right, str) and sign == "+":
            return left + right
        if not isinstance(left, (int, float)) or not isinstance(right, (int, float)):
            raise Unsayable
        return calculate(left, sign, right)

    def _evaluate_conversion(self, node: Node, place: Place, depth: int) -> Value:
        value = node.child_by_field_name("value")
        type_text = text_of(node.child_by_field_name("type"))
        if value is not None and type_text in {"", UNNAMED_TYPE}:
            return self.evaluate(value, place, depth)
        return self._convert(type_text, value, place, depth)

    def _evaluate_call(self, node: Node, place: Place, depth: int) -> Value:
        callee = text_of(node.child_by_field_name("function"))
        arguments = node.child_by_field_name("arguments")
        if limit := _LIMITS.search(callee):
            return limit_of(read_type(limit[1])[0], limit[2])
        name, types = read_type(callee)
        if name in _CASTS and types:
            return self._convert(types[0], arguments, place, depth)
        return self._convert(callee, arguments, place, depth)

    def _convert(self, type_text: str, value: Node | None, place: Place, depth: int) -> Value:
        """Return the value of `T(x)`, `T{x}`, `(T)x`."""
        if value is None:
            raise Unsayable
        inner = self.evaluate(value, place, depth)
        name, _ = read_type(type_text)
        if name in _WRAPPERS and isinstance(inner, tuple) and len(inner) <= 1:
            return inner[0] if inner else None
        if not is_known(name):
            raise Unsayable
        if value.type == "argument_list" and isinstance(inner, tuple) and len(inner) == 1:
            inner = inner[0]
        return coerce(inner, type_text)

    def _evaluate_name(self, text: str, place: Place, depth: int) -> Value:
        name = text.rpartition("::")[2].strip()
        if name in _NAMED_VALUES:
            return _NAMED_VALUES[name]
        if macro := self._lookup.find_macro(text):
            node = parse_expression(macro)
            if node is not None and text_of(node) != text:
                return self.evaluate(node, place, depth)
        found = self._lookup.find_variables(text, place)[:_MOST_MEANINGS]
        values = {render_value(one): one for one in self._values(found, depth)}
        if len(values) != 1:
            raise Unsayable
        return next(iter(values.values()))

    def _values(self, found: list[Variable], depth: int) -> Iterator[Value]:
        for variable in found:
            if variable.is_enumerator:
                yield self._count(variable, depth)
            elif variable.value is not None:
                place = Place(path=variable.path, scope=variable.scope)
                yield coerce(self.evaluate(variable.value, place, depth), variable.type)

    def _count(self, enumerator: Variable, depth: int) -> int:
        """Return the number of an enumerator: its own, or one more than that before it."""
        steps = 0
        last: Variable | None = enumerator
        while last is not None and last.value is None:
            steps, last = steps + 1, last.after
        if last is None or last.value is None:
            return steps - 1
        value = self.evaluate(last.value, Place(path=last.path, scope=last.scope), depth)
        if not isinstance(value, int):
            raise Unsayable
        return value + steps


def calculate(left: float, sign: str, right: float) -> int | float:
    """Return what an operator makes of two numbers.

    >>> calculate(-7, "/", 2), calculate(1, "<<", 20)
    (-3, 1048576)

    Raises:
        Unsayable: if it makes nothing of them.
    """
    try:
        if sign == "/":
            is_whole = isinstance(left, int) and isinstance(right, int)
            return math.trunc(left / right) if is_whole else left / right
        if sign not in _BINARY or (sign == "<<" and not 0 <= right < _BITS):
            raise Unsayable
        return _BINARY[sign](left, right)  # type: ignore[arg-type]  # a TypeError says so
    except (TypeError, ValueError, ArithmeticError) as error:
        raise Unsayable from error
