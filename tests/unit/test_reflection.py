"""From the probe's answer to the API model, in both metadata grammars."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from ffiwheel.errors import ReflectError
from ffiwheel.model.api import Api, Constant, Constructor, Field, Member, Parameter, Signature
from ffiwheel.model.api_json import parse_api, render_api
from ffiwheel.model.types import ANYTHING, FunctionType, Type
from ffiwheel.reflect.decode import Item, decode_answer, generate_signature
from ffiwheel.reflect.grammar import parse_function, parse_schema

INT, STRING = {"type": "int"}, {"type": "ffi.String"}
OLD = {"type": "ffi.Function", "args": [STRING, INT, INT]}
NEW = {"type": "ffi.Function", "named_args": {"return": [STRING], "params": [INT, INT]}}
ADD = FunctionType((Type("int"), Type("int")), Type("ffi.String"))
CASES = [
    (OLD, ADD),
    (NEW, ADD),
    ({"type": "ffi.Function"}, FunctionType()),
    ({"type": "ffi.Function", "args": [INT]}, FunctionType((), Type("int"))),
    (
        {"type": "ffi.Function", "named_args": {"return": [INT]}},
        FunctionType(None, Type("int")),
    ),
    ({"type": "ffi.Function", "named_args": {}}, FunctionType()),
    (
        {"type": "std::function", "args": [INT, [STRING]]},
        FunctionType((Type("ffi.String"),), Type("int")),
    ),
    ({"type": "std::function", "args": [INT, []]}, FunctionType((), Type("int"))),
    ({"type": "std::array", "args": [INT, 3]}, Type("std::array", (Type("int"),), 3)),
    (
        {"type": "Variant", "args": [INT, {"type": "ffi.Array", "args": [STRING]}]},
        Type("Variant", (Type("int"), Type("ffi.Array", (Type("ffi.String"),)))),
    ),
    ({"type": "some.Key", "fallback": INT}, Type("some.Key")),
    ({"type": 1}, ANYTHING),
    ({}, ANYTHING),
    ([], ANYTHING),
    (7, ANYTHING),
]


@pytest.mark.parametrize(("schema", "expected"), CASES, ids=[json.dumps(one[0]) for one in CASES])
def test_a_schema_is_read(schema: object, expected: object) -> None:
    assert parse_schema(json.dumps(schema)) == expected


@pytest.mark.parametrize("text", ["", "{", "null", '{"type": "int"}'])
def test_what_is_no_function_takes_and_gives_anything(text: str) -> None:
    assert parse_function(text) == FunctionType()


def metadata(schema: object, **stated: object) -> str:
    return json.dumps({"type_schema": json.dumps(schema), **stated})


def class_item(key: str, **parts: object) -> Item:
    base: Item = {"type_key": key, "ancestors": ["ffi.Object"], "doc": "", "fields": []}
    return base | {"methods": [], "attributes": {}, "members": []} | parts


def decode(*, functions: list[Item] | None = None, classes: list[Item] | None = None) -> Api:
    return decode_answer(
        {"libraries": [], "functions": functions or [], "classes": classes or []}, ()
    )


def test_stated_parameters_are_taken_if_they_are_as_many() -> None:
    api = decode(
        functions=[
            {"name": "a", "metadata": metadata(NEW, args="x, *, y=2", doc="Stated.")},
            {"name": "b", "metadata": metadata(NEW, args="x")},
        ]
    )
    first, second = api.functions
    assert first.doc == "Stated."
    assert first.signatures[0].parameters == (
        Parameter(type=Type("int"), name="x"),
        Parameter(type=Type("int"), name="y", default="2", is_keyword_only=True),
    )
    assert [one.name for one in second.signatures[0].parameters or ()] == ["", ""]


def method(name: str, schema: object, flags: int = 0, doc: str = "") -> Item:
    return {"name": name, "metadata": metadata(schema), "doc": doc, "flags": flags}


def test_overloads_of_a_method_are_one_method() -> None:
    item = class_item(
        "a.B",
        methods=[method("put", NEW), method("other", OLD, flags=4), method("put", OLD, doc="Put.")],
    )
    put, other = decode(classes=[item]).classes[0].methods
    assert (put.name, len(put.signatures), put.doc, put.is_static) == ("put", 2, "Put.", False)
    assert [way.arity for way in put.signatures] == [1, 1]
    assert (other.is_static, other.signatures[0].arity) == (True, 2)


def test_an_explicit_constructor_is_told_from_a_generated_one() -> None:
    explicit = class_item("a.B", methods=[method("__ffi_init__", NEW)])
    generated = class_item("a.C", attributes={"__ffi_init__": None})
    none = class_item("a.D")
    classes = decode(classes=[explicit, generated, none]).classes
    found = [one.constructor for one in classes]
    assert found[0] is not None
    assert (found[0].is_generated, found[0].signatures[0].arity) == (False, 2)
    assert found[1] == Constructor(signatures=(Signature(parameters=()),), is_generated=True)
    assert found[2] is None


def test_a_generated_constructor_takes_inherited_fields_first() -> None:
    fields = (
        Field(name="parent_default", default="5"),
        Field(name="child"),
        Field(name="keyword", is_keyword_only=True),
        Field(name="hidden", in_init=False),
    )
    taken = generate_signature(fields).parameters or ()
    assert [(one.name, one.is_keyword_only) for one in taken] == [
        ("child", False),
        ("parent_default", False),
        ("keyword", True),
    ]


def test_the_flags_of_a_field_are_read() -> None:
    def field(name: str, flags: int) -> Item:
        text = metadata({"type": "int"})
        return {"name": name, "metadata": text, "doc": "", "flags": flags, "default": [7]}

    flags = {"plain": 0, "writable": 1, "default": 2, "hidden": 1 << 9, "keyword": 1 << 10}
    item = class_item("a.B", fields=[field(name, bits) for name, bits in flags.items()])
    plain = {name: Field(name=name, type=Type("int")) for name in flags}
    assert decode(classes=[item]).classes[0].fields == (
        plain["plain"],
        replace(plain["writable"], is_writable=True),
        replace(plain["default"], default="7"),
        replace(plain["hidden"], in_init=False),
        replace(plain["keyword"], is_keyword_only=True),
    )


def test_an_enum_of_texts_has_them_as_values() -> None:
    item = class_item("a.E", ancestors=["ffi.Object", "ffi.Enum", "ffi.StrEnum"])
    [one] = decode(classes=[item | {"members": [["RED", 0]]}]).classes
    assert (one.kind, one.members) == ("str-enum", (Member(name="RED", value="RED"),))


def test_plain_attributes_for_people_are_constants() -> None:
    attributes: Item = {"LIMIT": 3, "EXACT": True, "__ffi_eq__": None, "__ffi_type_final__": True}
    attributes |= {"FUNCTION": None, "INFINITE": math.inf}
    [one] = decode(classes=[class_item("a.B", attributes=attributes)]).classes
    assert one.constants == (Constant(name="LIMIT", value=3), Constant(name="EXACT", value=True))


def test_an_api_is_read_back_as_it_was() -> None:
    item = class_item(
        "a.B",
        methods=[method("put", NEW)],
        fields=[
            {"name": "f", "metadata": metadata(INT), "doc": "", "flags": 3, "default": [1]},
        ],
        attributes={"__ffi_eq__": None, "label": "x", "size": 2, "rate": 0.5, "on": True},
    )
    api = decode(classes=[item])
    assert parse_api(render_api(api).decode(), "") == api
    assert api.classes[0].protocols == ("eq",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"schema": 2}',
        '{"schema": 1, "classes": [{}]}',
        '{"schema": 1, "classes": [{"type_key": 1}]}',
        '{"schema": 1, "classes": [{"type_key": "a", "accepts": {"args": []}}]}',
    ],
)
def test_another_text_is_refused(text: str) -> None:
    with pytest.raises(ReflectError):
        parse_api(text, "api.json")
