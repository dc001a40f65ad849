"""TVM-FFI's type schema, the JSON that a library carries for each function and field.

    schema := {"type": T} | {"type": T, "args": [schema or int, ...]}
            | {"type": F, "named_args": {"return": [schema], "params": [schema, ...]}}

F is `ffi.Function` or `std::function`. `named_args` came with 0.1.15; before, a function's `args`
were its result and its parameters, those of `std::function` in a list of their own. What is not of
this form is read as `Any`: a library may be of a release that is yet to come.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TypeAlias

from ffiwheel.model.types import ANYTHING, AnyType, FunctionType, Type

_FUNCTIONS = {"ffi.Function", "std::function"}

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"


@lru_cache(10_000)
def parse_schema(text: str) -> AnyType:
    """Return the type in a schema's text.

    >>> parse_schema('{"type": "ffi.Array", "args": [{"type": "int"}]}')
    Type(name='ffi.Array', arguments=(Type(name='int', arguments=(), length=None),), length=None)
    >>> parse_schema("")
    Type(name='Any', arguments=(), length=None)
    """
    try:
        return _read(json.loads(text))
    except ValueError:
        return ANYTHING


def parse_function(text: str) -> FunctionType:
    """Return the type of a function in a schema's text; a strange one takes and gives anything.

    >>> parse_function('{"type": "ffi.Function", "args": [{"type": "None"}]}')
    FunctionType(parameters=(), result=Type(name='None', arguments=(), length=None))
    """
    found = parse_schema(text)
    return found if isinstance(found, FunctionType) else FunctionType()


def _read(schema: Json) -> AnyType:
    if not isinstance(schema, dict) or not isinstance(schema.get("type"), str):
        return ANYTHING
    name = str(schema["type"])
    if name in _FUNCTIONS:
        return _read_function(schema)
    given = schema.get("args")
    arguments = given if isinstance(given, list) else []
    return Type(
        name,
        tuple(_read(one) for one in arguments if isinstance(one, dict)),
        next((one for one in arguments if type(one) is int), None),
    )


def _read_function(schema: dict[str, Json]) -> FunctionType:
    named, given = schema.get("named_args"), schema.get("args")
    if isinstance(named, dict):
        results, parameters = named.get("return"), named.get("params")
        result = _read(results[0]) if isinstance(results, list) and results else ANYTHING
        return FunctionType(_read_all(parameters), result)
    if not isinstance(given, list) or not given:
        return FunctionType()
    is_nested = len(given) > 1 and isinstance(given[1], list)
    return FunctionType(_read_all(given[1] if is_nested else given[1:]), _read(given[0]))


def _read_all(schemas: Json) -> tuple[AnyType, ...] | None:
    return tuple(_read(one) for one in schemas) if isinstance(schemas, list) else None
