"""A stub beside a module of the project's own: where it is true, and what is in the way."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ffiwheel.bind.beside import render_beside, render_instead
from ffiwheel.bind.own_package import find_modules
from ffiwheel.config.schema import BindingsTable
from ffiwheel.model.api import (
    Api,
    Class,
    Constructor,
    Field,
    Function,
    Library,
    Parameter,
    Signature,
)
from ffiwheel.model.types import Type

if TYPE_CHECKING:
    from collections.abc import Mapping

INT, ARRAY = Type("int"), Type("DLTensor*")
PAIR = Signature(parameters=(Parameter(type=INT, name="a"), Parameter(type=INT, name="b")))
API = Api(
    libraries=(Library(path="p/libp.so", symbols=(Function(name="symbol"),)),),
    functions=(
        Function(
            name="p.add",
            signatures=(
                Signature(
                    parameters=(
                        Parameter(type=ARRAY, name="x"),
                        Parameter(type=INT, name="y", default="1"),
                    ),
                    result=INT,
                ),
            ),
            doc="Add.",
        ),
        Function(name="p.import", signatures=(Signature(parameters=(), result=INT),)),
    ),
    classes=(
        Class(
            type_key="p.Pair",
            fields=(Field(name="a", type=INT), Field(name="b", type=INT)),
            constructor=Constructor(signatures=(PAIR,)),
        ),
    ),
)
HEAD = """\
from __future__ import annotations
from tvm_ffi import Object as _ffi_Object, init_ffi_api as _INIT, register_object as _REGISTER
from tvm_ffi.libinfo import load_lib_module as _LOAD
from typing import TYPE_CHECKING
LIB = _LOAD("p", "p")
"""
INIT = '_INIT("p", __name__)\n'
CLASS = """\
@_REGISTER("p.Pair")
class Pair(_ffi_Object):
    a: int
    b: int
    if TYPE_CHECKING:
        def __init__(self, a: int, b: int) -> None: ...
"""
GENERATED = f"{HEAD}{INIT}if TYPE_CHECKING:\n    def add(_0: int, /) -> int: ...\n{CLASS}"


def render(text: str) -> tuple[str, str]:
    """Return the stub, or what is in the way."""
    table = BindingsTable()
    modules = find_modules(API, "p", table, {"p/_ffi_api.py": text})
    rendered = render_beside(API, "p", table, modules, {})
    stub = rendered.files.get("p/_ffi_api.pyi", b"").decode()
    left = [one.message for one in rendered.findings if one.rule.startswith("API007")]
    return stub, left[0].partition("no stub: ")[2] if left else ""


def test_the_stub_says_how_objects_of_tvm_ffi_are_called() -> None:
    stub, reason = render(GENERATED)
    assert reason == ""
    assert "def add(x: SupportsDLPack, y: int, /) -> int:\n    " + '"""Add."""' in stub
    assert "def __init__(self, a: int, b: int, /) -> None: ..." in stub
    assert "LIB: _Module" in stub
    assert "symbol" not in stub, "a C symbol is an attribute of the library"
    assert "import_" not in stub, "TVM-FFI does not rename"
    assert "@_only\nclass SupportsDLPack(" in stub
    assert '__all__ = ["LIB", "Pair", "add"]' in stub
    ast.parse(stub)


def replacement(api: Api, texts: Mapping[str, str]) -> Mapping[str, str]:
    """Return the generated modules that take the place of others, and their stubs."""
    table = BindingsTable()
    rendered = render_instead(api, "p", table, find_modules(api, "p", table, texts), {})
    return {name: one.decode() for name, one in rendered.files.items()} if rendered else {}


def test_a_generated_module_can_take_its_place_and_its_name_for_the_library() -> None:
    files = replacement(API, {"p/_ffi_api.py": GENERATED})
    module, stub = files["p/_ffi_api.py"], files["p/_ffi_api.pyi"]
    assert "\nLIB = _LIBRARY\n" in module
    assert "\nLIB: tvm_ffi.Module\n" in stub
    assert all('"LIB", "Pair", "add"' in text for text in (module, stub))
    assert "p/__init__.py" not in files, "there is one"


def test_a_generated_module_takes_the_place_of_what_it_can_replace_only() -> None:
    for text in WRONG.values():
        assert not replacement(API, {"p/_ffi_api.py": text})
    two = replace(API, libraries=(*API.libraries, Library(path="p/libq.so")))
    assert not replacement(two, {"p/_ffi_api.py": GENERATED})
    taken = replace(API, functions=(*API.functions, Function(name="p.LIB")))
    assert not replacement(taken, {"p/_ffi_api.py": GENERATED})


WRONG = {
    "it does not parse": "def",
    "it imports `.other.helper`": f"from .other import helper\n{GENERATED}",
    "it imports `tvm_ffi.*`": f"from tvm_ffi import *\n{GENERATED}",
    "it imports `numpy`": f"import numpy\n{GENERATED}",
    "`add` is written by hand": f"{GENERATED}def add(x): ...\n",
    "`VERSION` is written by hand": f"{GENERATED}VERSION = 3\n",
    "`Pair.__abs__` is written by hand": f"{GENERATED}    def __abs__(self): ...\n",
    "`Pair` is written by hand": f"{HEAD}{INIT}class Pair: ...\n",
    "line 6 is none that `tvm-ffi-stubgen` writes": f'{HEAD}_INIT("p")\n{CLASS}',
    "it takes in `q`, and `p` is bound": f'{GENERATED}_INIT("q", __name__)\n',
    "the class `Pair` is not in it": f"{HEAD}{INIT}",
    "`Pair.c` is not registered": f"{GENERATED}    c: int\n",
    "`gone` is nothing that is registered as `p.gone`": f'{GENERATED}__all__ = ["LIB", "gone"]\n',
    "`add` is nothing that is registered as `p.add`": GENERATED.replace(INIT, ""),
}


@pytest.mark.parametrize("reason", WRONG)
def test_what_is_in_the_way_is_said(reason: str) -> None:
    stub, found = render(WRONG[reason])
    assert found == reason
    assert stub == ""
