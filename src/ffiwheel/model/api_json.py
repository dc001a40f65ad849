"""An `Api` as JSON, as it lies in a wheel's `.dist-info`. `docs/api-json.md` describes it.

The keys are the names of the fields of `api`; what has its default is left out, so that a reader
of today reads what a writer of tomorrow leaves out, too. A type is written as in TVM-FFI's grammar
of 0.1.15, but for a function, whose keys are `parameters` and `result`.
"""

from __future__ import annotations

import dataclasses
import json
import types
from typing import (
    TYPE_CHECKING,
    Literal,
    TypeAlias,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from ffiwheel.errors import ReflectError
from ffiwheel.model.api import Api
from ffiwheel.model.types import AnyType, FunctionType, Type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from _typeshed import DataclassInstance

SCHEMA = 1
"""The version of the form; another one means that a key has changed its meaning."""

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"
_Value = TypeVar("_Value", bound="DataclassInstance")


class _MalformedError(Exception):
    """The JSON is not of the form."""


def render_api(api: Api) -> bytes:
    """Return the text of `api`, the same for the same value."""
    return f"{json.dumps({'schema': SCHEMA, **_encode_table(api)}, indent=1)}\n".encode()


def parse_api(text: str, where: str) -> Api:
    """Return the `Api` in a text.

    Raises:
        ReflectError: if it is none that this version reads.

    >>> from ffiwheel.model.api import Class, Field, Member
    >>> array = Type("std::array", (FunctionType((Type("int"),)),), 3)
    >>> one = Class(type_key="a.B", fields=(Field(name="x", type=array),), accepts=Type("int"))
    >>> api = Api(classes=(one, Class(type_key="a.C", members=(Member(name="D", value=1),))))
    >>> parse_api(render_api(api).decode(), "") == api
    True
    """
    try:
        return _decode_api(json.loads(text))
    except (ValueError, RecursionError, _MalformedError) as error:
        raise ReflectError(
            "this is no API description that this version of ffiwheel reads",
            where=where,
            hint="build the wheel that it comes from again",
        ) from error


def _decode_api(table: Json) -> Api:
    if not isinstance(table, dict) or table.get("schema") != SCHEMA:
        raise _MalformedError
    return _decode_table(Api, {key: value for key, value in table.items() if key != "schema"})


def _encode_table(value: DataclassInstance) -> dict[str, Json]:
    return {
        field.name: _encode(getattr(value, field.name))
        for field in dataclasses.fields(value)
        if getattr(value, field.name) != field.default
    }


def _encode(value: object) -> Json:
    if isinstance(value, Type | FunctionType):
        return _encode_type(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _encode_table(value)
    if isinstance(value, tuple):
        return [_encode(one) for one in value]
    assert value is None or isinstance(value, str | int | float | bool)
    return value


def _encode_type(value: AnyType) -> Json:
    if isinstance(value, FunctionType):
        taken = value.parameters
        parameters = {} if taken is None else {"parameters": [_encode_type(one) for one in taken]}
        return {"type": "ffi.Function", **parameters, "result": _encode_type(value.result)}
    arguments: list[Json] = [_encode_type(one) for one in value.arguments]
    arguments += [] if value.length is None else [value.length]
    return {"type": value.name, "args": arguments} if arguments else {"type": value.name}


def _decode_table(schema: type[_Value], table: Mapping[str, Json]) -> _Value:
    kinds = get_type_hints(schema)
    values = {name: _decode(kinds[name], value) for name, value in table.items() if name in kinds}
    try:
        return schema(**values)
    except TypeError as error:
        raise _MalformedError from error


def _decode(kind: object, value: Json) -> object:
    if get_origin(kind) in {Union, types.UnionType}:
        return _decode_union(get_args(kind), value)
    if get_origin(kind) is tuple and isinstance(value, list):
        return tuple(_decode(get_args(kind)[0], one) for one in value)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind) and isinstance(value, dict):
        return _decode_table(kind, value)
    if get_origin(kind) is Literal and value in get_args(kind):
        return value
    if type(value) is kind:
        return value
    raise _MalformedError


def _decode_union(kinds: tuple[object, ...], value: Json) -> object:
    if type(value) in kinds:
        return value
    if Type in kinds:
        return _decode_type(value)
    [kind] = [kind for kind in kinds if kind is not types.NoneType]
    return _decode(kind, value)


def _decode_type(value: Json) -> AnyType:
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        raise _MalformedError
    if "result" in value:
        parameters = value.get("parameters")
        taken = None if parameters is None else _decode_types(parameters)
        return FunctionType(taken, _decode_type(value["result"]))
    given = value.get("args", [])
    if not isinstance(given, list):
        raise _MalformedError
    lengths = [one for one in given if type(one) is int]
    arguments = _decode_types([one for one in given if type(one) is not int])
    return Type(str(value["type"]), arguments, lengths[0] if lengths else None)


def _decode_types(values: Json) -> tuple[AnyType, ...]:
    if not isinstance(values, list):
        raise _MalformedError
    return tuple(_decode_type(one) for one in values)
