"""From the probe's answer to an `Api`: types, arities and flags, and what the author stated.

The author of the C++ may state in `refl::Metadata` what reflection does not know:
`{"args", "x, y=1, *, mode='fast'"}` names the parameters as Python would;
`{"doc", "..."}` says what a global function is for, as TVM-FFI does not give that out. What is
stated wins.
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from ffiwheel.model.api import (
    UNTOLD,
    Api,
    Class,
    ClassKind,
    Constant,
    Constructor,
    Field,
    Function,
    Library,
    Member,
    Method,
    Parameter,
    Signature,
)
from ffiwheel.reflect.grammar import parse_function, parse_schema
from ffiwheel.reflect.stated import parse_stated

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Item: TypeAlias = "dict[str, object]"

_WRITABLE, _HAS_DEFAULT, _STATIC_METHOD = 1 << 0, 1 << 1, 1 << 2
_INIT_OFF, _KEYWORD_ONLY = 1 << 9, 1 << 10
_INIT = "__ffi_init__"
_PROTOCOLS = ("eq", "hash", "repr", "compare")
_ACCEPTS = "__ffi_convert_type_schema__"
_KINDS: dict[str, ClassKind] = {
    "ffi.IntEnum": "int-enum",
    "ffi.StrEnum": "str-enum",
    "ffi.Enum": "enum",
}

ATTRIBUTES = (_INIT, _ACCEPTS, *(f"__ffi_{name}__" for name in _PROTOCOLS))
"""The type attributes that the probe has to read."""


def decode_answer(answer: Mapping[str, list[Item]], paths: tuple[str, ...]) -> Api:
    """Return the probe's JSON as an `Api`; `paths` are the libraries' archive paths, in order."""
    items = {str(item["type_key"]): item for item in answer["classes"]}
    return Api(
        libraries=tuple(
            Library(path=path, symbols=_decode_functions(_items(item["symbols"])))
            for path, item in zip(paths, answer["libraries"], strict=True)
        ),
        functions=_decode_functions(answer["functions"]),
        classes=tuple(_decode_class(item, items) for item in items.values()),
    )


def _decode_functions(items: Iterable[Item]) -> tuple[Function, ...]:
    return tuple(
        Function(
            name=str(item["name"]),
            signatures=(_decode_signature(item),),
            doc=str(item.get("doc") or _metadata(item).get("doc") or ""),
        )
        for item in items
    )


def _decode_signature(item: Item, *, skipped: int = 0) -> Signature:
    """Return how a function is called; `skipped` parameters are the object of a method."""
    kind = parse_function(_schema(item))
    if kind.parameters is None:
        return Signature(result=kind.result)
    types = kind.parameters[skipped:]
    stated = parse_stated(str(_metadata(item).get("args", "")))
    if stated is None or len(stated) != len(types):
        return Signature(parameters=tuple(Parameter(type=one) for one in types), result=kind.result)
    parameters = (replace(named, type=one) for one, named in zip(types, stated, strict=True))
    return Signature(parameters=tuple(parameters), result=kind.result)


def _decode_class(item: Item, items: Mapping[str, Item]) -> Class:
    ancestors = [str(key) for key in _list(item["ancestors"])]
    attributes = _table(item["attributes"])
    kind: ClassKind = next((kind for key, kind in _KINDS.items() if key in ancestors), "object")
    accepts = attributes.get(_ACCEPTS)
    return Class(
        type_key=str(item["type_key"]),
        parent=ancestors[-1] if ancestors else "",
        kind=kind,
        doc=str(item["doc"]),
        fields=tuple(_decode_field(one) for one in _items(item["fields"])),
        methods=_decode_methods(_items(item["methods"])),
        constructor=None if kind != "object" else _decode_constructor(item, ancestors, items),
        members=_decode_members(_list(item["members"]), kind),
        constants=_decode_constants(attributes),
        protocols=tuple(name for name in _PROTOCOLS if f"__ffi_{name}__" in attributes),
        accepts=parse_schema(accepts) if isinstance(accepts, str) else None,
    )


def _decode_field(item: Item) -> Field:
    flags = _flags(item)
    return Field(
        name=str(item["name"]),
        type=parse_schema(_schema(item)),
        doc=str(item["doc"]),
        is_writable=bool(flags & _WRITABLE),
        default=_spell_default(item) if flags & _HAS_DEFAULT else "",
        in_init=not flags & _INIT_OFF,
        is_keyword_only=bool(flags & _KEYWORD_ONLY),
    )


def _spell_default(item: Item) -> str:
    """Return a field's default as a Python expression.

    >>> _spell_default({"default": [None]}), _spell_default({"default": []})
    ('None', '...')
    """
    plain = _list(item["default"])
    text = repr(plain[0]) if plain else UNTOLD
    return UNTOLD if text in {"inf", "-inf", "nan"} else text


def _decode_methods(items: Sequence[Item]) -> tuple[Method, ...]:
    """Return the methods in the order of their first overload."""
    named = [item for item in items if item["name"] != _INIT]
    order = {str(item["name"]): index for index, item in reversed([*enumerate(named)])}
    groups = groupby(
        sorted(named, key=lambda item: order[str(item["name"])]), key=lambda item: str(item["name"])
    )
    return tuple(_decode_method(name, list(group)) for name, group in groups)


def _decode_method(name: str, overloads: Sequence[Item]) -> Method:
    is_static = bool(_flags(overloads[0]) & _STATIC_METHOD)
    return Method(
        name=name,
        signatures=tuple(_decode_signature(one, skipped=int(not is_static)) for one in overloads),
        doc=_join_docs(overloads),
        is_static=is_static,
    )


def _join_docs(overloads: Sequence[Item]) -> str:
    r"""Return what is said of any overload, once.

    >>> _join_docs([{"doc": "Add an integer."}, {"doc": ""}, {"doc": "Add a text."}])
    'Add an integer.\n\nAdd a text.'
    """
    return "\n\n".join(dict.fromkeys(str(one["doc"]) for one in overloads if one["doc"]))


def _decode_constructor(
    item: Item, ancestors: Sequence[str], items: Mapping[str, Item]
) -> Constructor | None:
    explicit = [one for one in _items(item["methods"]) if one["name"] == _INIT]
    if explicit:
        signatures = tuple(map(_decode_signature, explicit))
        return Constructor(signatures=signatures, doc=_join_docs(explicit))
    if _INIT not in _table(item["attributes"]):
        return None
    lineage = [items[key] for key in ancestors if key in items] + [item]
    fields = [_decode_field(one) for kin in lineage for one in _items(kin["fields"])]
    return Constructor(signatures=(generate_signature(fields),), is_generated=True)


def generate_signature(fields: Iterable[Field]) -> Signature:
    """Return the signature that TVM-FFI makes of fields, those of base classes first.

    Positional ones come before keyword-only ones, and in each group those without a default first.
    """
    taken = sorted(
        (field for field in fields if field.in_init),
        key=lambda field: (field.is_keyword_only, bool(field.default)),
    )
    return Signature(
        parameters=tuple(
            Parameter(
                name=field.name,
                type=field.type,
                default=field.default,
                is_keyword_only=field.is_keyword_only,
            )
            for field in taken
        )
    )


def _decode_members(pairs: Iterable[object], kind: ClassKind) -> tuple[Member, ...]:
    """Return the members; those of a `StrEnum` have their name as value."""
    found = []
    for pair in pairs:
        name, number = _list(pair)
        value = str(name) if kind == "str-enum" else number
        assert isinstance(value, int | str)
        found.append(Member(name=str(name), value=value))
    return tuple(found)


def _decode_constants(attributes: Mapping[str, object]) -> tuple[Constant, ...]:
    """Return the attributes that are for people, and of a value that JSON knows."""
    return tuple(
        Constant(name=name, value=value)
        for name, value in attributes.items()
        if not name.startswith("__")
        and isinstance(value, bool | int | float | str)
        and not (isinstance(value, float) and not math.isfinite(value))
    )


def _metadata(item: Item) -> Item:
    try:
        found = json.loads(str(item["metadata"]))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _schema(item: Item) -> str:
    return str(_metadata(item).get("type_schema", ""))


def _flags(item: Item) -> int:
    flags = item["flags"]
    assert isinstance(flags, int)
    return flags


def _list(value: object) -> list[object]:
    assert isinstance(value, list)
    return value


def _items(value: object) -> list[Item]:
    assert isinstance(value, list)
    return value


def _table(value: object) -> Item:
    assert isinstance(value, dict)
    return value
