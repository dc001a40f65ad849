"""What `tvm-ffi-stubgen` gets wrong cannot happen here: one test for each known defect."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest
from bound import EVERYTHING, render_stored

from ffiwheel.bind.render import render_bindings
from ffiwheel.config.schema import BindingsTable
from ffiwheel.model.api import (
    Api,
    Class,
    Constructor,
    Field,
    Function,
    Library,
    Member,
    Parameter,
    Signature,
)
from ffiwheel.model.types import Type
from ffiwheel.reflect.grammar import parse_function

if TYPE_CHECKING:
    from pathlib import Path

FILES = {name: text.decode() for name, text in render_stored(EVERYTHING).files.items()}
STUB = FILES["everything/_ffi_api/__init__.pyi"]
INT = Type("int")


def render(*registered: Function | Class) -> dict[str, str]:
    api = Api(
        libraries=(Library(path="pkg/libpkg.so"),),
        functions=tuple(one for one in registered if isinstance(one, Function)),
        classes=tuple(one for one in registered if isinstance(one, Class)),
    )
    files = render_bindings(api, "pkg", BindingsTable()).files
    return {name: text.decode() for name, text in files.items()}


def test_1_symbols_have_types_and_documentation() -> None:
    assert 'def twice(_0: int, /) -> int:\n    """Return 2 * x.' in STUB
    assert "def nothing() -> None: ..." in STUB


@pytest.mark.parametrize("name", ["import", "class", "with-dash", "1st", "None", "a b", "é²"])
def test_2_no_name_and_no_type_makes_a_syntax_error(name: str) -> None:
    array = Signature(parameters=(Parameter(name=name, type=Type("std::array", (INT,), 3)),))
    for text in render(
        Function(name=f"pkg.{name}", signatures=(array,)),
        Class(type_key=f"pkg.C{name}", fields=(Field(name=name),)),
    ).values():
        ast.parse(text)


@pytest.mark.parametrize(("kind", "base"), [("int-enum", "IntEnum"), ("str-enum", "StrEnum")])
def test_3_enums_have_their_base_and_members(kind: str, base: str) -> None:
    member = Member(name="RED", value=1)
    files = render(Class(type_key="pkg.E", kind=kind, parent=f"ffi.{base}", members=(member,)))  # type: ignore[arg-type]  # one of the literals
    assert f"from tvm_ffi.dataclasses import {base}" in files["pkg/_ffi_api.py"]
    assert f"class E({base}):\n    RED = ...\n" in files["pkg/_ffi_api.pyi"]
    assert "__init__" not in files["pkg/_ffi_api.pyi"]


def test_4_an_expected_value_has_a_known_type() -> None:
    assert "def root(x: int) -> int | Error: ..." in STUB
    assert "from tvm_ffi.core import Error" in STUB


def test_5_a_constructor_is_the_registered_one_and_not_made_of_the_fields() -> None:
    fields = tuple(Field(name=name, type=INT) for name in "abcde")
    made = Constructor(signatures=(Signature(parameters=(Parameter(type=INT, name="n"),)),))
    text = render(Class(type_key="pkg.C", fields=fields, constructor=made))["pkg/_ffi_api.pyi"]
    assert "def __init__(self, n: int) -> None: ..." in text


def test_6_a_function_called_int_hides_nothing() -> None:
    way = Signature(parameters=(Parameter(type=INT),), result=INT)
    text = render(Function(name="pkg.int", signatures=(way,)))["pkg/_ffi_api.pyi"]
    assert "def int(_0: builtins.int, /) -> builtins.int: ..." in text


def test_7_the_list_of_names_is_one_that_type_checkers_read() -> None:
    for name, text in FILES.items():
        if name.endswith((".py", ".pyi")):
            assert len(re.findall(r"^__all__ = \[", text, re.MULTILINE)) == 1, name
            assert "__all__." not in text


def test_8_nested_namespaces_are_packages_and_imported() -> None:
    assert {"everything/containers/__init__.py", "everything/containers/deep/__init__.py"} <= set(
        FILES
    )
    assert "from . import geo as geo" in FILES["everything/_ffi_api/__init__.py"]
    assert "from . import deep as deep" in FILES["everything/_ffi_api/containers/__init__.py"]


def test_9_a_prefix_that_matches_nothing_gives_no_empty_module() -> None:
    """The golden text of the error that follows is `registers-elsewhere`."""
    api = Api(libraries=(Library(path="pkg/libpkg.so"),), functions=(Function(name="pkg_a.f"),))
    assert render_bindings(api, "pkg", BindingsTable()).files == {}


def test_10_deciding_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    render(Function(name="pkg.f"))
    assert list(tmp_path.iterdir()) == []


def test_11_metadata_of_old_and_new_headers_gives_the_same() -> None:
    old = '{"type": "ffi.Function", "args": [{"type": "int"}, {"type": "ffi.String"}]}'
    new = (
        '{"type": "ffi.Function", "named_args":'
        ' {"return": [{"type": "int"}], "params": [{"type": "ffi.String"}]}}'
    )
    assert parse_function(old) == parse_function(new)
    kind = parse_function(old)
    way = Signature(
        parameters=tuple(Parameter(type=one) for one in kind.parameters or ()), result=INT
    )
    assert (
        "def f(_0: str, /) -> int: ..."
        in render(Function(name="pkg.f", signatures=(way,)))["pkg/_ffi_api.pyi"]
    )


def test_13_what_is_generated_again_is_the_same() -> None:
    """The integration tests hold the stored API against the library of today."""
    assert render_stored(EVERYTHING) == render_stored(EVERYTHING)
