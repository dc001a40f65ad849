"""Modules of the project's own that bind one namespace each, wherever they lie."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ffiwheel.bind.beside import render_beside, render_instead
from ffiwheel.bind.notes import unbound as unbound_finding
from ffiwheel.bind.own_package import find_modules, find_unbound, homes_of
from ffiwheel.config.schema import BindingsTable
from ffiwheel.model.api import Api, Class, Field, Function, Library, Parameter, Signature
from ffiwheel.model.types import Type

if TYPE_CHECKING:
    from ffiwheel.bind.render import Rendered

TABLE = BindingsTable()


def function(name: str, *taken: str) -> Function:
    """Return a function of parameters `a`, `b` ... of some types."""
    parameters = tuple(
        Parameter(type=Type(each), name=name) for name, each in zip("abc", taken, strict=False)
    )
    return Function(name=name, signatures=(Signature(parameters=parameters, result=Type("int")),))


API = Api(
    libraries=(Library(path="p/libp.so", symbols=(Function(name="symbol"),)),),
    functions=(
        function("p.ffi.add", "int"),
        function("p.ffi.math.norm", "p.ffi.Vector", "DLTensor*"),
        function("p.ffi.math.of", "p.hidden.Secret"),
    ),
    classes=(
        Class(type_key="p.ffi.Vector", fields=(Field(name="x", type=Type("int")),)),
        Class(type_key="p.ffi.math.Unit", parent="p.ffi.Vector"),
    ),
)
HEAD = """\
from tvm_ffi import Object as _Object, init_ffi_api as _INIT, register_object as _REGISTER
"""
LOAD = """\
from tvm_ffi.libinfo import load_lib_module as _LOAD
LIB = _LOAD("p", "p")
"""
OUTER = f"""\
{HEAD}_INIT("p.ffi", __name__)
@_REGISTER("p.ffi.Vector")
class Vector(_Object):
    x: int
"""
INNER = f"""\
{HEAD}from p.ffi import Vector as _p_ffi_Vector
_INIT("p.ffi.math", __name__)
@_REGISTER("p.ffi.math.Unit")
class Unit(_p_ffi_Vector):
    pass
"""
TEXTS = {"p/ffi/_ffi_api.py": OUTER, "p/ffi/math/_ffi_api.py": INNER}


def beside(api: Api, texts: dict[str, str]) -> Rendered:
    return render_beside(api, "p", TABLE, find_modules(api, "p", TABLE, texts), {})


def instead(api: Api, texts: dict[str, str]) -> Rendered | None:
    return render_instead(api, "p", TABLE, find_modules(api, "p", TABLE, texts), {})


def test_each_namespace_is_bound_where_its_module_lies() -> None:
    found = find_modules(API, "p", TABLE, {**TEXTS, "p/old/_ffi_api.py": "VERSION = 3\n"})
    assert homes_of(found) == {"p.ffi": "p.ffi._ffi_api", "p.ffi.math": "p.ffi.math._ffi_api"}


def test_a_module_of_another_library_is_none_of_ours() -> None:
    other = HEAD + '_INIT("q.ops", __name__)\n'
    assert find_modules(API, "p", TABLE, {"p/q/_ffi_api.py": other}) == ()


def test_each_gets_a_stub_that_imports_the_others() -> None:
    rendered = beside(API, TEXTS)
    assert sorted(rendered.files) == [
        "p/ffi/_ffi_api.pyi",
        "p/ffi/math/_ffi_api.pyi",
        "p/py.typed",
    ]
    outer, inner, _ = (rendered.files[name].decode() for name in sorted(rendered.files))
    assert "SupportsDLPack" not in outer, "it takes no array"
    assert "from .._ffi_api import Vector" in inner
    assert "def norm(a: Vector, b: SupportsDLPack, /) -> int: ..." in inner
    assert "@_only\nclass SupportsDLPack(" in inner
    assert "class Unit(Vector):" in inner
    assert '"""What libp.so offers under `p.ffi.math`."""' in inner


def test_what_no_module_has_is_an_object() -> None:
    hidden = replace(API, classes=(*API.classes, Class(type_key="p.hidden.Secret")))
    rendered = beside(hidden, TEXTS)
    assert (
        "def of(a: tvm_ffi.Object, /) -> int: ..."
        in rendered.files["p/ffi/math/_ffi_api.pyi"].decode()
    )
    assert not rendered.findings


def test_one_that_is_not_understood_does_not_stop_the_others() -> None:
    texts = {**TEXTS, "p/ffi/_ffi_api.py": f"{OUTER}def extra(): ...\n"}
    rendered = beside(API, texts)
    assert [name for name in rendered.files if name.endswith("i")] == ["p/ffi/math/_ffi_api.pyi"]
    [left] = (one for one in rendered.findings if one.rule.startswith("API007"))
    assert left.subject == "p/ffi/_ffi_api.py"
    assert left.message.endswith("`extra` is written by hand")


def test_two_modules_for_one_namespace() -> None:
    rendered = beside(API, {**TEXTS, "p/z/_ffi_api.py": INNER})
    assert "p/z/_ffi_api.pyi" not in rendered.files
    [left] = (one for one in rendered.findings if one.rule.startswith("API007"))
    assert left.message.endswith("another module binds `p.ffi.math`, too")


def test_a_hand_written_stub_lies_beside_each_module() -> None:
    partial = "p/ffi/math/_ffi_api_partial.pyi"
    modules = find_modules(API, "p", TABLE, TEXTS)
    rendered = render_beside(API, "p", TABLE, modules, {partial: "def of(a: str, /) -> int: ...\n"})
    assert b"def of(a: str, /) -> int: ..." in rendered.files["p/ffi/math/_ffi_api.pyi"]
    assert rendered.merged == (partial,)


def test_generated_modules_take_their_places() -> None:
    rendered = instead(API, {**TEXTS, "p/ffi/_ffi_api.py": LOAD + OUTER})
    assert rendered
    assert sorted(name for name in rendered.files if name.endswith(".py")) == sorted(TEXTS)
    outer, inner = (rendered.files[name].decode() for name in sorted(TEXTS))
    assert 'tvm_ffi.load_module(str(_FOLDER / "../libp.so"))' in outer
    assert "\nLIB = _LIBRARY\n" in outer
    assert "load_module" not in inner
    assert "from .._ffi_api import SupportsDLPack, _LIBRARY" in inner, "who imports it has it"
    assert "class Unit(Vector):" in inner
    assert "symbol" not in outer, "the package has no module of its own name"
    assert '"""What libp.so offers under `p.ffi.math`."""' in inner


def test_they_take_all_places_or_none() -> None:
    assert instead(API, TEXTS)
    assert not instead(API, {**TEXTS, "p/ffi/math/_ffi_api.py": f"{INNER}def extra(): ...\n"})
    assert not instead(API, {**TEXTS, "p/ffi/math/_ffi_api.py": LOAD + INNER})


def test_they_take_no_places_where_imports_would_go_in_circles() -> None:
    turned = replace(
        API,
        classes=(
            Class(type_key="p.ffi.Vector", parent="p.ffi.math.Unit"),
            Class(type_key="p.ffi.math.Unit"),
        ),
    )
    assert not instead(
        turned, {**TEXTS, "p/ffi/_ffi_api.py": OUTER.replace("    x: int", "    pass")}
    )


def test_what_is_bound_nowhere_is_found() -> None:
    wide = replace(API, functions=(*API.functions, function("p.deep.f"), function("p.deep.g")))
    bound = homes_of(find_modules(wide, "p", TABLE, TEXTS))

    def unbound(*texts: str) -> tuple[str, ...]:
        return find_unbound(wide, "p", TABLE, bound, texts)

    assert unbound() == ("p.deep.f", "p.deep.g")
    assert unbound('f = tvm_ffi.get_global_func("p.deep.f")') == ("p.deep.g",)
    assert unbound('tvm_ffi.init_ffi_api("p.deep", __name__)') == ()
    assert unbound('tvm_ffi.get_global_func(f"p.deep.{name}")') == ()
    assert find_unbound(API, "p", TABLE, bound, ()) == ()
    assert unbound_finding("p", unbound()).message == (
        "no module of the package binds `p.deep.f`, `p.deep.g`"
    )
