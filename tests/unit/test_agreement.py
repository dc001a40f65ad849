"""A stub that promises something else than the module is found out."""

from __future__ import annotations

import pytest

from ffiwheel.bind.agreement import find_disagreements

Row = list[object]


def function(*rows: Row) -> dict[str, object]:
    return {"kind": "function", "signature": list(rows)}


def plain(name: str, *, default: bool = False) -> Row:
    return [name, "plain", default]


UNKNOWN: dict[str, object] = {"kind": "function", "signature": None}
ADD = function(plain("x"), plain("y", default=True))
REST: Row = ["args", "*", False]
KEYWORDS: Row = ["kwargs", "**", False]

AGREED = [
    ("def f(x: int, y: int = ...) -> int: ...", ADD),
    ("def f(x: int, /) -> int: ...", function(["_0", "positional-only", False])),
    ("def f(*args: int) -> int: ...", function(["given", "*", False])),
    ("def f(*, x: int, **more: int) -> int: ...", function(["x", "keyword-only", False], KEYWORDS)),
    ("def f(anything: int) -> int: ...", UNKNOWN),
    ("@overload\ndef f(x: int) -> int: ...\n@overload\ndef f(x: str, y: int) -> int: ...", ADD),
    (
        "@overload\ndef f(a: int) -> int: ...\n@overload\ndef f() -> int: ...",
        function(REST, KEYWORDS),
    ),
    ("f: int", {"kind": "value", "signature": None}),
    ('f: Final[str] = "a"', {"kind": "value", "value": "'a'"}),
    ("f: int = ...", {"kind": "value", "value": "3"}),
    ("def f() -> int: ...\n_private: int\ndef _hidden(): ...", function()),
]


@pytest.mark.parametrize(("stub", "seen"), AGREED)
def test_what_agrees_is_let_pass(stub: str, seen: dict[str, object]) -> None:
    assert find_disagreements(stub, {"exports": ["f"], "names": {"f": seen}}) == ()


DISAGREED = [
    ("def f(x: int) -> int: ...", ADD, "`f` is `(x)` in the stub, but `(x, y=...)` in the module"),
    (
        "def f(x: int, y: int) -> int: ...",
        ADD,
        "`f` is `(x, y)` in the stub, but `(x, y=...)` in the module",
    ),
    (
        "def f(x: int, z: int = ...) -> int: ...",
        ADD,
        "`f` is `(x, z=...)` in the stub, but `(x, y=...)` in the module",
    ),
    (
        "@overload\ndef f(x: int) -> int: ...\n@overload\ndef f(x: int, y: int, z: int) -> A: ...",
        ADD,
        "`f` is `(x, y, z)` in the stub, but `(x, y=...)` in the module",
    ),
    (
        "@overload\ndef f(x: int) -> int: ...\n@overload\ndef f(other: int) -> int: ...",
        ADD,
        "`f` is `(other)` in the stub, but `(x, y=...)` in the module",
    ),
    (
        "f: int",
        {"kind": "property", "is_writable": False},
        "`f` can be set in the stub, but not in the module",
    ),
    (
        "f: Final[int] = 3",
        {"kind": "value", "value": "4"},
        "`f` is `3` in the stub, but `4` in the module",
    ),
    ("", ADD, "`f` is exported, but not in the stub"),
    ("class f: ...", ADD, "`f` is a class in the stub, but not in the module"),
    (
        "def f() -> int: ...",
        {"kind": "class", "members": {}},
        "`f` is a function in the stub, but not in the module",
    ),
]


@pytest.mark.parametrize(("stub", "seen", "said"), DISAGREED)
def test_what_disagrees_is_named(stub: str, seen: dict[str, object], said: str) -> None:
    assert find_disagreements(stub, {"exports": ["f"], "names": {"f": seen}}) == (said,)


def test_what_the_module_lacks_is_named() -> None:
    stub = "def gone() -> int: ...\nclass C:\n    def gone(self) -> int: ..."
    seen = {"exports": [], "names": {"C": {"kind": "class", "members": {}}}}
    assert find_disagreements(stub, seen) == (
        "`gone` is in the stub, but not in the module",
        "`C.gone` is in the stub, but not in the module",
    )


CLASS = """
class C:
    def __init__(self, x: int) -> None: ...
    @property
    def a(self) -> int: ...
    @property
    def b(self) -> int: ...
    @b.setter
    def b(self, value: int) -> None: ...
    @staticmethod
    def make(x: int) -> C: ...
    @classmethod
    def take(cls, x: int) -> C: ...
"""


def members(*, a: bool = False, b: bool = True) -> dict[str, object]:
    return {
        "__init__": function(plain("self"), plain("x")),
        "a": {"kind": "property", "is_writable": a},
        "b": {"kind": "property", "is_writable": b},
        "make": function(plain("x")),
        "take": function(plain("x")),
    }


def compare_class(seen: dict[str, object]) -> tuple[str, ...]:
    return find_disagreements(
        CLASS, {"exports": ["C"], "names": {"C": {"kind": "class", "members": seen}}}
    )


def test_members_of_all_kinds_are_compared() -> None:
    assert compare_class(members()) == ()
    assert compare_class(members(a=True)) == ("the stub is wrong on whether `C.a` can be set",)
    assert compare_class(members(b=False)) == ("the stub is wrong on whether `C.b` can be set",)
    assert compare_class(members() | {"make": function()}) == (
        "`C.make` is `(x)` in the stub, but `()` in the module",
    )
    assert compare_class(members() | {"a": UNKNOWN}) == (
        "`C.a` is a property in the stub, but not in the module",
    )
