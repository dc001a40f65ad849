"""Turn a TOML table into a class of `schema`, collecting every problem of the reading.

The fields' types say what a key may hold: a `str`, a `bool`, a `Literal` of strings, a tuple of
strings, a mapping of strings to strings or to tuples of strings, a table that is such a class
again, or a tuple of those. A field without a default must be given. A new kind of type is a new
case of `_decode`. A table that is not there takes no time.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import (
    TYPE_CHECKING,
    Literal,
    NamedTuple,
    TypeAlias,
    TypeGuard,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from ffiwheel.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

TomlValue: TypeAlias = "str | int | float | bool | list[TomlValue] | dict[str, TomlValue] | object"
Table: TypeAlias = "Mapping[str, TomlValue]"

_Schema = TypeVar("_Schema", bound=NamedTuple)
_SHAPES = (tuple, Mapping, Literal)
_PLAIN: dict[object, str] = {str: "a string", bool: "`true` or `false`"}
_ALIKE = 0.65
"""From when on a value is taken for a misspelt choice: `mayor` may not be `minor`."""


def decode_table(
    schema: type[_Schema], table: Table, where: str, problems: list[Problem]
) -> _Schema:
    """Return `table` as a `schema`; what cannot be read is a problem, and its default stands in.

    A field without a default is an empty text then.
    """
    kinds = get_type_hints(schema) if table else {}
    names = {name.replace("_", "-"): name for name in schema._fields}
    values: dict[str, object] = dict(schema._field_defaults)
    for key, value in table.items():
        if key not in names:
            problems.append(_unknown_key(key, names, where))
            continue
        found = len(problems)
        decoded = _decode(kinds[names[key]], value, f"{where}.{key}", problems)
        if len(problems) == found or _is_partly_read(decoded):
            values[names[key]] = decoded
    for key, name in names.items():
        if name not in schema._field_defaults and key not in table:
            problems.append(Problem(f"the key `{key}` is missing", where, f"add `{key} = ...`"))
    return schema._make(values.get(name, "") for name in schema._fields)


def _is_partly_read(decoded: object) -> bool:
    """Tell whether something is a table or holds tables, in which defaults stand in by themselves.

    So what is right in a table can be checked on, whatever is wrong beside it.
    """
    found = decoded if type(decoded) is tuple else (decoded,)
    return any(isinstance(one, tuple) for one in found)


def is_table(kind: object) -> TypeGuard[type[NamedTuple]]:
    """Tell whether a field's type is a class of the schema."""
    return get_origin(kind) is None and isinstance(kind, type) and issubclass(kind, tuple)


def is_optional(kind: object) -> bool:
    """Tell whether a field's type is `X | None`, which has two spellings in Python.

    >>> is_optional(str | None), is_optional(Literal["minor"] | None), is_optional(str)
    (True, True, False)
    """
    return get_origin(kind) in {types.UnionType, Union}


def subtable(parent: Table, key: str) -> Table:
    """Return a table inside a table, empty where there is none."""
    value = parent.get(key, {})
    return value if isinstance(value, dict) else {}


def _decode(kind: object, value: TomlValue, where: str, problems: list[Problem]) -> object:
    if is_optional(kind):  # only `X | None`: TOML has no null
        return _decode(get_args(kind)[0], value, where, problems)
    if is_table(kind) and isinstance(value, dict):
        return decode_table(kind, value, where, problems)
    if kind in _PLAIN and type(value) is kind:
        return value
    if get_origin(kind) in _SHAPES:
        return _decode_shape(kind, value, where, problems)
    _mistyped(_PLAIN.get(kind, "a table"), value, where, problems)
    return None


def _decode_shape(kind: object, value: TomlValue, where: str, problems: list[Problem]) -> object:
    if get_origin(kind) is tuple:
        item = get_args(kind)[0]
        return (
            _decode_tables(item, value, where, problems)
            if is_table(item)
            else _decode_strings(value, where, problems)
        )
    if get_origin(kind) is Mapping:
        if get_origin(get_args(kind)[1]) is tuple:
            return _decode_lists(value, where, problems)
        return _decode_mapping(value, where, problems)
    return _decode_choice(get_args(kind), value, where, problems)


def _decode_strings(value: TomlValue, where: str, problems: list[Problem]) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    _mistyped("a list of strings", value, where, problems)
    return ()


def _decode_lists(
    value: TomlValue, where: str, problems: list[Problem]
) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        _mistyped("a table of lists of strings", value, where, problems)
        return {}
    found = {key: _decode_strings(item, f"{where}.{key}", problems) for key, item in value.items()}
    return types.MappingProxyType(found)


def _decode_mapping(value: TomlValue, where: str, problems: list[Problem]) -> Mapping[str, str]:
    if not isinstance(value, dict):
        _mistyped("a table of strings", value, where, problems)
        return {}
    for key, item in value.items():
        if not isinstance(item, str):
            dotted = f"{key}.{next(iter(item))}" if isinstance(item, dict) and item else ""
            hint = f'quote the key: `"{dotted}" = ...`' if dotted else ""
            message = f"expected a string, found {_name_of(item)}"
            problems.append(Problem(message, f"{where}.{key}", hint))
    return types.MappingProxyType({key: str(item) for key, item in value.items()})


def _decode_tables(
    schema: type[_Schema], value: TomlValue, where: str, problems: list[Problem]
) -> tuple[_Schema, ...]:
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return tuple(
            decode_table(schema, item, f"{where}[{index}]", problems)
            for index, item in enumerate(value)
        )
    hint = f"write `[[{where}]]`" if isinstance(value, dict) else ""
    problems.append(Problem(f"expected a list of tables, found {_name_of(value)}", where, hint))
    return ()


def _decode_choice(
    choices: tuple[str, ...], value: TomlValue, where: str, problems: list[Problem]
) -> str:
    if isinstance(value, str) and value in choices:
        return value
    import difflib  # noqa: PLC0415 - only a mistake pays for it

    allowed = ", ".join(f"`{choice}`" for choice in choices)
    shown = f"`{value}`" if isinstance(value, str) else _name_of(value)
    close = difflib.get_close_matches(str(value), choices, n=1, cutoff=_ALIKE)
    hint = f"did you mean `{close[0]}`?" if close else ""
    problems.append(Problem(f"expected one of {allowed}, found {shown}", where, hint))
    return choices[0]


def _mistyped(expected: str, value: TomlValue, where: str, problems: list[Problem]) -> None:
    hint = f'write `["{value}"]`' if expected == "a list of strings" and type(value) is str else ""
    if expected == _PLAIN[bool] and value in {"true", "false"}:
        hint = f"write `{value}`, without quotes"
    problems.append(Problem(f"expected {expected}, found {_name_of(value)}", where, hint))


def _unknown_key(key: str, known: Iterable[str], where: str) -> Problem:
    import difflib  # noqa: PLC0415 - only a mistake pays for it

    names = sorted(known)
    close = difflib.get_close_matches(key, names, n=1)
    hint = f"did you mean `{close[0]}`?" if close else f"the keys are: {', '.join(names)}"
    return Problem(f"unknown key `{key}`", where, hint)


def _name_of(value: TomlValue) -> str:
    names = {str: "a string", bool: "a boolean", int: "an integer", float: "a number"}
    names |= {list: "a list", dict: "a table"}
    return names.get(type(value), "a date or time")
