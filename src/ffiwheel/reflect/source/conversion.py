"""What a C++ value becomes in a parameter of a given type."""

from __future__ import annotations

import math
import re
from functools import lru_cache

from ffiwheel.reflect.source.literals import Unsayable, Value
from ffiwheel.reflect.source.syntax import split_list

_INTEGERS = {
    "char": (8, True),
    "signed char": (8, True),
    "unsigned char": (8, False),
    "short": (16, True),
    "unsigned short": (16, False),
    "int": (32, True),
    "unsigned": (32, False),
    "unsigned int": (32, False),
    "long": (64, True),
    "unsigned long": (64, False),
    "long long": (64, True),
    "unsigned long long": (64, False),
    "size_t": (64, False),
    "ssize_t": (64, True),
    "ptrdiff_t": (64, True),
    "intptr_t": (64, True),
    "uintptr_t": (64, False),
    **{f"int{bits}_t": (bits, True) for bits in (8, 16, 32, 64)},
    **{f"uint{bits}_t": (bits, False) for bits in (8, 16, 32, 64)},
}
"""Integer types: bits, and whether they are signed. `long` is that of Linux and macOS."""
_FLOATS = {"float": 3.4028234663852886e38, "double": 1.7976931348623157e308}
_SEQUENCES = frozenset({"Array", "List", "vector", "array", "Tuple", "tuple", "pair", "Shape"})
_MAPPINGS = frozenset({"Map", "Dict", "map", "unordered_map"})
_TEXTS = frozenset({"String", "string", "string_view", "char*"})
_OPTIONALS = frozenset({"Optional", "optional"})
_ANYTHING = frozenset({"Any", "AnyView", "ObjectRef", "Variant", "variant", "Function"})
_FIXED = frozenset({"Tuple", "tuple", "pair"})
_KNOWN = (
    frozenset(_INTEGERS)
    | frozenset(_FLOATS)
    | _SEQUENCES
    | _MAPPINGS
    | _TEXTS
    | _OPTIONALS
    | _ANYTHING
    | {"bool"}
)
_NOISE = re.compile(r"\b(?:const|volatile|constexpr|static|struct|enum|typename)\b|&")
_QUALIFIER = re.compile(r"\b\w+\s*::\s*|::\s*")


@lru_cache(maxsize=10_000)
def read_type(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the name of a type without qualifiers, and its template arguments.

    >>> read_type("const tvm::ffi::Map<String, std::vector<int>>&")
    ('Map', ('String', 'std::vector<int>'))
    """
    head, _, rest = " ".join(_NOISE.sub(" ", text).split()).partition("<")
    name = _QUALIFIER.sub("", head).strip()
    end = rest.rfind(">")
    pointer = rest[end + 1 :].strip() if end >= 0 else ""
    if name not in {"long", "short", "unsigned", "signed", "int"}:
        name = name.removesuffix(" int")
    return (name + pointer).replace(" *", "*"), split_list(rest[: max(end, 0)])


def is_known(name: str) -> bool:
    """Tell whether values of a type can be said in Python."""
    return name in _KNOWN


def limit_of(type_name: str, which: str) -> Value:
    """Return a value of `std::numeric_limits`.

    Raises:
        Unsayable: if it is not known.
    """
    if type_name in _INTEGERS:
        bits, is_signed = _INTEGERS[type_name]
        highest = 2 ** (bits - is_signed) - 1
        values: dict[str, Value] = {"max": highest, "min": -highest - 1 if is_signed else 0}
        values["lowest"] = values["min"]
    elif type_name in _FLOATS:
        values = {"max": _FLOATS[type_name], "lowest": -_FLOATS[type_name]}
        values |= {"infinity": math.inf, "quiet_NaN": math.nan}
    else:
        values = {}
    if which not in values:
        raise Unsayable
    return values[which]


def coerce(value: Value, type_text: str) -> Value:
    """Return what a value is in C++ once it has a type.

    >>> coerce(1, "double"), coerce((), "Array<int>"), coerce(1, "std::optional<bool>")
    (1.0, (), True)

    Raises:
        Unsayable: if that cannot be said.
    """
    name, arguments = read_type(type_text)
    if name in _OPTIONALS:
        is_empty = value is None or value == ()
        return None if is_empty else coerce(value, arguments[0] if arguments else "")
    if name in _MAPPINGS:
        return _as_mapping(value)
    if name in _SEQUENCES:
        return _as_sequence(value, name, arguments)
    if isinstance(value, tuple):
        if len(value) > 1:
            raise Unsayable
        value = value[0] if value else _empty(name)
    return _as_scalar(value, name)


def _as_mapping(value: Value) -> Value:
    if isinstance(value, dict):
        return value
    if not isinstance(value, tuple):
        raise Unsayable
    pairs: dict[Value, Value] = {}
    for pair in value:
        if not isinstance(pair, tuple) or len(pair) != 2 or isinstance(pair[0], dict):  # noqa: PLR2004 - pairs
            raise Unsayable
        pairs[pair[0]] = pair[1]
    return pairs


def _as_sequence(value: Value, name: str, arguments: tuple[str, ...]) -> Value:
    if not isinstance(value, tuple):
        raise Unsayable
    if name in _FIXED:
        return value
    return tuple(coerce(one, arguments[0] if arguments else "") for one in value)


def _empty(name: str) -> Value:
    """Return the value of `T{}`."""
    if name == "bool":
        return False
    if name in _INTEGERS:
        return 0
    if name in _FLOATS:
        return 0.0
    if name in _TEXTS:
        return ""
    if name in _ANYTHING:
        return None
    raise Unsayable


def _as_scalar(value: Value, name: str) -> Value:
    if name in _INTEGERS or name in _FLOATS or name == "bool":
        if not isinstance(value, (int, float)):
            raise Unsayable
        try:
            return (
                bool(value) if name == "bool" else float(value) if name in _FLOATS else int(value)
            )
        except (OverflowError, ValueError) as error:
            raise Unsayable from error
    return value
