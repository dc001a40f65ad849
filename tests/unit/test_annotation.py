"""Both grammars of TVM-FFI's type schema."""

from __future__ import annotations

import json

import pytest

from ffiwheel.bind.annotation import Schema, annotate
from ffiwheel.bind.stub import render_signature

INT: Schema = {"type": "int"}
STR: Schema = {"type": "ffi.String"}

TYPES: list[tuple[Schema, str, str]] = [
    (INT, "int", "int"),
    ({"type": "None"}, "None", "None"),
    ({"type": "Any"}, "Any", "Any"),
    ({"type": "ffi.Tensor"}, "Any", "tvm_ffi.Tensor"),
    ({"type": "DLTensor*"}, "Any", "tvm_ffi.Tensor"),
    ({"type": "Optional", "args": [INT]}, "int | None", "int | None"),
    ({"type": "Optional", "args": [{"type": "Any"}]}, "Any", "Any"),
    ({"type": "Variant", "args": [INT, STR, INT]}, "int | str", "int | str"),
    ({"type": "ffi.Array", "args": [STR]}, "Sequence[str]", "Sequence[str]"),
    ({"type": "ffi.Array"}, "Sequence[Any]", "Sequence[Any]"),
    ({"type": "ffi.Map", "args": [STR, INT]}, "Mapping[str, int]", "Mapping[str, int]"),
    ({"type": "Tuple", "args": [INT, STR]}, "tuple[int, str]", "tuple[int, str]"),
    ({"type": "Tuple"}, "tuple[Any, ...]", "tuple[Any, ...]"),
    ({"type": "std::array", "args": [INT, 3]}, "Any", "Any"),
    ({"type": "Expected", "args": [INT, {"type": "ffi.Error"}]}, "Any", "Any"),
    ({"type": "std::function"}, "Callable[..., Any]", "Callable[..., Any]"),
    ({"type": "pkg.Known"}, "Known", "Known"),
    ({"type": "pkg.Unknown"}, "Any", "Any"),
]


@pytest.mark.parametrize(("schema", "taken", "given"), TYPES, ids=[json.dumps(t[0]) for t in TYPES])
def test_annotation(schema: Schema, taken: str, given: str) -> None:
    classes = {"pkg.Known": "Known"}
    assert annotate(schema, classes, is_input=True) == taken
    assert annotate(schema, classes, is_input=False) == given


OLD = {"type": "ffi.Function", "args": [STR, INT, INT]}
NEW = {"type": "ffi.Function", "named_args": {"return": [STR], "params": [INT, INT]}}
CASES = [
    (json.dumps(OLD), "def f(_0: int, _1: int, /) -> str:"),
    (json.dumps(NEW), "def f(_0: int, _1: int, /) -> str:"),
    (json.dumps({"type": "ffi.Function"}), "def f(*args: Any) -> Any:"),
    (
        json.dumps({"type": "ffi.Function", "named_args": {"return": [INT]}}),
        "def f(*args: Any) -> int:",
    ),
    (json.dumps({"type": "ffi.Function", "args": [{"type": "None"}]}), "def f() -> None:"),
    ("", "def f(*args: Any) -> Any:"),
    ("{", "def f(*args: Any) -> Any:"),
    ("[]", "def f(*args: Any) -> Any:"),
]


@pytest.mark.parametrize(("schema", "expected"), CASES)
def test_signature(schema: str, expected: str) -> None:
    assert render_signature("f", schema, {}) == expected


def test_a_method_gets_the_object_first() -> None:
    assert render_signature("f", json.dumps(NEW), {}, receiver="self") == (
        "def f(self, _0: int, /) -> str:"
    )
