"""Names, order, layout and findings of generated bindings."""

from __future__ import annotations

import ast
import sys

import pytest
from bound import EVERYTHING
from workshop import REPOSITORY, check

from ffiwheel.bind.notes import RULES
from ffiwheel.bind.render import Rendered, render_bindings
from ffiwheel.config.schema import BindingsTable
from ffiwheel.errors import ProjectError
from ffiwheel.model.api import (
    UNTOLD,
    Api,
    Class,
    Constant,
    Constructor,
    Field,
    Function,
    Library,
    Method,
    Parameter,
    Signature,
)
from ffiwheel.model.types import FunctionType, Type

INT, STR = Type("int"), Type("ffi.String")
LIBRARY = Library(path="pkg/libpkg.so")


def render(api: Api, **options: object) -> Rendered:
    """Return the bindings of an API, all of them parsed."""
    table = BindingsTable(**{k: v for k, v in options.items() if k in BindingsTable._fields})  # type: ignore[arg-type]  # tests say what they want
    rest = {k: v for k, v in options.items() if k not in BindingsTable._fields}
    rendered = render_bindings(api, "pkg", table, **rest)  # type: ignore[arg-type]  # as above
    for text in rendered.files.values():
        ast.parse(text, feature_version=(3, 9))
    return rendered


def api_of(*functions: Function | Class, symbols: tuple[Function, ...] = ()) -> Api:
    """Return an API of one library."""
    return Api(
        libraries=(Library(path="pkg/libpkg.so", symbols=symbols),),
        functions=tuple(one for one in functions if isinstance(one, Function)),
        classes=tuple(one for one in functions if isinstance(one, Class)),
    )


def function(name: str, *parameters: Parameter, result: Type = INT) -> Function:
    return Function(name=name, signatures=(Signature(parameters=parameters, result=result),))


def stub(api: Api, **options: object) -> str:
    return render(api, **options).files["pkg/_ffi_api.pyi"].decode()


def module(api: Api, **options: object) -> str:
    return render(api, **options).files["pkg/_ffi_api.py"].decode()


def rules(rendered: Rendered) -> list[str]:
    return [finding.rule for finding in rendered.findings]


# where things lie


def test_a_flat_namespace_is_one_module() -> None:
    assert set(render(api_of(function("pkg.f"))).files) == {
        "pkg/__init__.py",
        "pkg/_ffi_api.py",
        "pkg/_ffi_api.pyi",
        "pkg/py.typed",
    }


def test_nested_namespaces_are_packages_all_the_way() -> None:
    files = set(render(api_of(function("pkg.a.b.f"))).files)
    assert {"pkg/a/__init__.py", "pkg/a/b/__init__.py", "pkg/__init__.py"} <= files
    assert {
        "pkg/_ffi_api/__init__.py",
        "pkg/_ffi_api/a/__init__.py",
        "pkg/_ffi_api/a/b.py",
    } <= files


@pytest.mark.parametrize("own", ["pkg/a/__init__.py", "pkg/a.py"])
def test_a_module_of_the_project_is_not_written_over(own: str) -> None:
    files = set(render(api_of(function("pkg.a.f")), present=[own]).files)
    assert "pkg/a/__init__.py" not in files
    assert "pkg/_ffi_api/a.py" in files


def test_other_namespaces_are_not_bound_and_a_prefix_says_which() -> None:
    api = api_of(function("pkg.f"), function("other.g"))
    assert render(api).names == ("f",)
    assert render(api, prefix="other").names == ("g",)
    assert render(api, prefix="nothing").files == {}


def test_every_library_is_loaded_once_from_where_it_lies() -> None:
    api = Api(
        libraries=(
            Library(path="pkg/lib/liba.so", symbols=(function("f"),)),
            Library(path="pkg/libb.so", symbols=(function("g"),)),
        ),
        functions=(function("pkg.deep.h"),),
    )
    files = render(api).files
    root = files["pkg/_ffi_api/__init__.py"].decode()
    assert '_LIBRARY_0 = tvm_ffi.load_module(str(_FOLDER / "../lib/liba.so"))' in root
    assert '_f = _LIBRARY_0.get_function("f")' in root
    assert '_g = _LIBRARY_1.get_function("g")' in root
    assert b"load_module" not in files["pkg/_ffi_api/deep.py"]


# names


def test_what_python_cannot_spell_is_renamed_and_noted() -> None:
    rendered = render(api_of(function("pkg.import"), function("pkg.a-b"), function("pkg.a_b")))
    assert rendered.names == ("a_b", "a_b_", "import_")
    assert rules(rendered) == ["API001 renamed"]
    assert "`pkg.a-b` is `a_b_`, `pkg.import` is `import_`" in rendered.findings[0].message


def test_a_class_goes_before_a_function_and_that_before_a_namespace() -> None:
    api = api_of(
        Class(type_key="pkg.A"),
        function("pkg.A"),
        function("pkg.A.make"),
        function("pkg.f"),
        function("pkg.f.g"),
    )
    files = render(api).files
    assert {"pkg/_ffi_api/A__.py", "pkg/_ffi_api/f_.py"} <= set(files)
    assert b"class A(tvm_ffi.Object)" in files["pkg/_ffi_api/__init__.py"]
    assert b"def A_(" in files["pkg/_ffi_api/__init__.py"]


def test_a_function_hides_a_symbol_of_its_name_and_that_is_noted() -> None:
    rendered = render(api_of(function("pkg.f"), symbols=(function("f"), function("g"))))
    assert rendered.names == ("f", "g")
    assert rules(rendered) == ["API004 symbol-hidden"]
    assert b'get_global_func("pkg.f")' in rendered.files["pkg/_ffi_api.py"]


def test_a_symbol_that_nothing_is_known_of_takes_anything_and_says_why() -> None:
    rendered = render(api_of(symbols=(Function(name="f"), function("g"))))
    stub = rendered.files["pkg/_ffi_api.pyi"].decode()
    module = rendered.files["pkg/_ffi_api.py"].decode()
    for text in (stub, module):
        assert 'def f(*args: Any) -> Any:\n    """Call a C symbol whose types are not' in text
        assert text.count("TVM_FFI_DLL_EXPORT_INCLUDE_METADATA") == 1
    assert rules(rendered) == ["API009 symbol-untyped"]
    assert rendered.findings[0].message == "the library does not say how to call `f`"


def test_parameters_never_hide_what_the_function_needs() -> None:
    names = ("_f", "self", "class", "_f_", "x", "x", "tvm_ffi", "__y")
    text = module(api_of(function("pkg.f", *(Parameter(type=INT, name=name) for name in names))))
    *_, node = (one for one in ast.parse(text).body if isinstance(one, ast.FunctionDef))
    found = [argument.arg for argument in node.args.args]
    assert found == ["_f", "self", "class_", "_f_", "x", "x_", "tvm_ffi", "_y"]
    assert "return _f__(_f, self, class_, _f_, x, x_, tvm_ffi, _y)" in text


def test_helpers_have_names_of_their_own() -> None:
    made = Constructor(signatures=(Signature(parameters=()),))
    api = api_of(
        function("pkg._methods"), function("pkg.methods"), Class(type_key="pkg.C", constructor=made)
    )
    text = module(api)
    assert "def _methods_(" in text
    assert "def _methods(of, *names):" in text
    assert '_methods__ = tvm_ffi.get_global_func("pkg._methods")' in text


def test_nothing_registered_changes_what_an_annotation_means() -> None:
    api = api_of(
        function("pkg.int", Parameter(type=INT)),
        function("pkg.Sequence", Parameter(type=Type("ffi.Array", (INT,)))),
        Class(type_key="pkg.str", fields=(Field(name="bool", type=Type("bool")),)),
        Class(
            type_key="pkg.P", methods=(Method(name="P", signatures=(Signature(parameters=()),)),)
        ),
        function("pkg.p", result=Type("pkg.P")),
        function("pkg.t", result=STR),
    )
    text = stub(api)
    assert "def int(_0: builtins.int, /) -> builtins.int: ..." in text
    assert "def Sequence(_0: _Sequence_[builtins.int], /)" in text
    assert "def t() -> builtins.str: ..." in text
    assert "def bool(self) -> builtins.bool: ..." in text
    assert "def p() -> _P: ..." in text
    assert "_P: TypeAlias = P" in text


# parameters and defaults


def test_a_name_makes_a_keyword_and_no_name_a_position() -> None:
    api = api_of(
        function(
            "pkg.f",
            Parameter(name="x", type=INT),
            Parameter(type=INT),
            Parameter(name="z", type=INT),
        )
    )
    assert "def f(x: int, _1: int, /, z: int) -> int: ..." in stub(api)


def test_a_default_that_python_cannot_spell_has_to_be_given() -> None:
    parameters = (
        Parameter(name="a", type=INT, default="1"),
        Parameter(name="b", type=INT, default=UNTOLD),
        Parameter(name="c", type=INT, default="kSize"),
        Parameter(name="d", type=INT, default="-2"),
    )
    rendered = render(api_of(function("pkg.f", *parameters)))
    assert (
        b"def f(a: int, b: int, c: int, d: int = -2) -> int: ..."
        in rendered.files["pkg/_ffi_api.pyi"]
    )
    assert rules(rendered) == ["API003 default-lost"] * 3


def test_an_infinite_default_is_one() -> None:
    parameters = tuple(
        Parameter(name=f"x{index}", type=Type("float"), default=f"float('{number}')")
        for index, number in enumerate(["inf", "-inf", "nan"])
    )
    rendered = render(api_of(function("pkg.f", *parameters)))
    text = rendered.files["pkg/_ffi_api.pyi"].decode()
    assert 'x0: float = float("inf"), x1: float = float("-inf")' in " ".join(text.split())
    assert rules(rendered) == []


def test_a_parameter_with_a_name_can_be_positional() -> None:
    parameters = (
        Parameter(name="a", type=INT, is_positional_only=True),
        Parameter(name="b", type=INT, default="1"),
    )
    api = api_of(function("pkg.f", *parameters))
    assert "def f(a: int, /, b: int = 1) -> int: ..." in stub(api)
    assert "def f(a: int, /, b: int = 1) -> int:" in module(api)


def test_a_default_of_an_overload_has_to_be_given() -> None:
    signatures = (
        Signature(parameters=()),
        Signature(parameters=(Parameter(name="size", type=INT, default="3"),)),
    )
    one = Class(type_key="pkg.C", constructor=Constructor(signatures=signatures))
    rendered = render(api_of(one))
    assert rules(rendered) == ["API003 default-lost"]
    assert "def __init__(self, size: int, /) -> None: ..." in stub(api_of(one))


def test_a_generated_constructor_takes_by_name_what_may_be_left_out() -> None:
    parameters = (
        Parameter(name="a", type=INT),
        Parameter(name="b", type=INT, default=UNTOLD),
        Parameter(name="class", type=INT, default="3", is_keyword_only=True),
    )
    made = Constructor(signatures=(Signature(parameters=parameters),), is_generated=True)
    api = api_of(Class(type_key="pkg.C", constructor=made))
    assert "def __init__(self, a: int, b: int = ..., *, class_: int = 3) -> None:" in module(api)
    assert '_C_new, a, *_told(**{"b": b, "class": class_})' in module(api)
    assert "def __init__(self, a: int, b: int = ..., *, class_: int = 3) -> None: ..." in stub(api)


def test_bare_functions_are_objects_and_positional() -> None:
    api = api_of(function("pkg.f", Parameter(name="x", type=INT, default="1")))
    assert 'f = tvm_ffi.get_global_func("pkg.f")' in module(api, signatures="bare")
    assert "def f(x: int, /) -> int: ..." in stub(api, signatures="bare")


# overloads


def overloaded(*ways: tuple[Type, Type]) -> str:
    signatures = tuple(
        Signature(parameters=(Parameter(type=taken),), result=given) for taken, given in ways
    )
    return stub(api_of(Function(name="pkg.f", signatures=signatures)))


def test_overloads_are_shown() -> None:
    text = overloaded((INT, INT), (STR, STR))
    assert text.count("@overload") == 2


def test_an_overload_that_is_never_reached_is_not_shown() -> None:
    text = overloaded((Type("float"), INT), (INT, STR))
    assert "@overload" not in text
    assert "def f(_0: float, /) -> int: ..." in text


def test_overloads_that_type_checkers_refuse_become_one() -> None:
    text = overloaded((INT, INT), (Type("float"), STR))
    assert "@overload" not in text
    assert "def f(_0: int | float, /) -> int | str: ..." in text


# classes


def test_a_class_follows_its_base_wherever_that_is() -> None:
    files = render(
        api_of(
            Class(type_key="pkg.A", parent="pkg.Z"),
            Class(type_key="pkg.Z"),
            Class(type_key="pkg.deep.B", parent="pkg.A"),
            Class(type_key="pkg.C", parent="pkg.deep.B"),
        )
    ).files
    root, deep = (files[f"pkg/_ffi_api/{name}.py"].decode() for name in ("__init__", "deep"))
    order = ["class Z(", "class A(Z)", "from .deep import B", "class C(B)"]
    assert sorted(order, key=root.index) == order
    assert deep.index("from . import A") < deep.index("class B(A)")


def test_a_constant_of_several_related_classes_is_not_final() -> None:
    base = (Constant(name="A", value=1), Constant(name="B", value=1), Constant(name="C", value=1))
    derived = (Constant(name="A", value=2), Constant(name="B", value="b"))
    files = render(
        api_of(
            Class(type_key="pkg.A", constants=base),
            Class(type_key="pkg.B", parent="pkg.A", constants=derived),
        )
    ).files
    text = files["pkg/_ffi_api.pyi"].decode()
    lines = [line.strip() for line in text.splitlines() if "Var[" in line or "Final[" in line]
    assert lines == [
        *("A: ClassVar[int]", "B: ClassVar[int]", "C: Final[int] = 1"),
        *("A: ClassVar[int]", "B: ClassVar[Any]"),
    ]


def test_a_base_out_of_reach_is_noted() -> None:
    rendered = render(
        api_of(
            Class(type_key="pkg.a.A"),
            Class(type_key="pkg.b.B", parent="pkg.a.A"),
            Class(type_key="pkg.a.C", parent="pkg.b.B"),
            Class(type_key="pkg.b.D", parent="pkg.a.C"),
        )
    )
    assert rules(rendered) == ["API006 parent-out-of-reach"]
    assert b"class C(B)" in rendered.files["pkg/_ffi_api/a.py"]
    assert b"class D(A)" in rendered.files["pkg/_ffi_api/b.py"] or (
        b"class D(B)" in rendered.files["pkg/_ffi_api/b.py"]
    )


def test_a_parent_of_another_package_is_looked_for_at_run_time() -> None:
    api = api_of(Class(type_key="pkg.A", parent="other.Base"))
    rendered = render(api)
    assert b'class A(_nearest("other.Base")):' in rendered.files["pkg/_ffi_api.py"]
    assert b"class A(tvm_ffi.Object): ..." not in rendered.files["pkg/_ffi_api.py"]
    assert b"class A(tvm_ffi.Object):" in rendered.files["pkg/_ffi_api.pyi"]
    assert rules(rendered) == ["API005 foreign-parent"]


def test_the_project_says_where_a_foreign_class_is() -> None:
    api = api_of(
        Class(type_key="pkg.A", parent="other.Base"), function("pkg.f", result=Type("other.Other"))
    )
    rendered = render(api, classes={"other.Base": "other.Base", "other.Other": "other.sub.Other"})
    assert rendered.findings == ()
    text = rendered.files["pkg/_ffi_api.py"].decode()
    assert "from other import Base\n" in text
    assert "class A(Base):" in text
    assert "if TYPE_CHECKING:\n    from other.sub import Other" in text


def test_an_unknown_type_is_any_and_noted_once() -> None:
    unknown = Type("ffi.Array", (Type("who.Knows"),))
    rendered = render(api_of(function("pkg.f", result=unknown), function("pkg.g", result=unknown)))
    assert b"def f() -> tvm_ffi.Array[Any]: ..." in rendered.files["pkg/_ffi_api.pyi"]
    assert rules(rendered) == ["API002 unknown-type"]
    assert "`who.Knows` is `Any` in `pkg.f`, `pkg.g`" in rendered.findings[0].message


def test_a_type_that_is_widened_takes_more() -> None:
    api = api_of(
        Class(type_key="pkg.Expr", accepts=Type("Variant", (Type("pkg.Expr"), INT))),
        Class(type_key="pkg.Name", accepts=STR),
        function("pkg.f", Parameter(type=Type("pkg.Name")), result=Type("pkg.Name")),
    )
    assert "def f(_0: Name | str, /) -> Name: ..." in stub(api)


def test_callbacks_change_sides() -> None:
    array = Type("ffi.Array", (INT,))
    kind = FunctionType((array,), array)
    text = stub(
        api_of(
            Function(
                name="pkg.f",
                signatures=(Signature(parameters=(Parameter(type=kind),), result=kind),),
            )
        )
    )
    assert "_0: Callable[[tvm_ffi.Array[int]], Sequence[int]]" in text
    assert "-> Callable[[Sequence[int]], tvm_ffi.Array[int]]" in text


# the project's own wishes


def test_better_types_win() -> None:
    api = api_of(
        function("pkg.f", Parameter(name="x", type=INT)),
        Class(type_key="pkg.C", fields=(Field(name="v", type=INT),)),
    )
    types = {
        "f.x": "Literal['a', 'b.c']",
        "f.return": "numpy.typing.NDArray[Any]",
        "C.v": "C | None",
    }
    text = stub(api, types=types)
    assert 'def f(x: Literal["a", "b.c"]) -> NDArray[Any]: ...' in text
    assert "from numpy.typing import NDArray" in text
    assert "def v(self) -> C | None: ..." in text


def test_arrays_can_be_wished_for() -> None:
    api = api_of(function("pkg.f", Parameter(name="x", type=INT)))
    types = {"f.x": "SupportsDLPack | None"}
    text = stub(api, types=types)
    assert "def f(x: SupportsDLPack | None) -> int: ..." in text
    assert "class SupportsDLPack(Protocol):" in text
    assert "class SupportsDLPack(Protocol):" in module(api, types=types)


def test_what_python_3_9_does_not_know_is_not_imported_to_run() -> None:
    api = api_of(function("pkg.f", Parameter(name="x", type=INT), Parameter(name="y", type=INT)))
    types = {"f.x": "LiteralString", "f.y": "collections.abc.Buffer", "f.return": "typing.Never"}
    found = "from typing_extensions import Buffer, LiteralString, Never"
    assert f"\n{found}\n" in stub(api, types=types)
    assert f"if TYPE_CHECKING:\n    {found}\n" in module(api, types=types)


def test_wishes_about_nothing_are_an_error() -> None:
    api = api_of(function("pkg.add", Parameter(name="x", type=INT)))
    types = {"ad.x": "int", "add.return": "Foo", "add.x": "in t"}
    with pytest.raises(ProjectError) as caught:
        render(api, types=types)
    problems = {problem.where.split('"')[1]: problem for problem in caught.value.problems}
    assert problems["ad.x"].hint == "did you mean `add.x`?"
    assert problems["add.return"].message == "`Foo` is unknown"
    assert problems["add.x"].message == "`in t` is no annotation"


def test_classes_that_nothing_mentions_are_an_error() -> None:
    api = api_of(function("pkg.f", result=Type("other.Base")))
    with pytest.raises(ProjectError) as caught:
        render(api, classes={"other.Bse": "other.Base", "other.Base": "Base"})
    said = [(problem.message, problem.hint) for problem in caught.value.problems]
    assert said == [
        ("nothing here is of the type `other.Bse`", "did you mean `other.Base`?"),
        ("`Base` is no class of a module", 'write it with its module: `"package.Class"`'),
    ]


PARTIAL = '''\
import collections

# said by hand
def f(x: collections.Counter[str]) -> int:
    """By hand."""

class C:
    @property
    def v(self) -> str: ...
    def extra(self) -> None: ...
'''


def test_a_hand_written_stub_wins_and_the_rest_is_filled() -> None:
    api = api_of(
        function("pkg.f", Parameter(name="x", type=INT)),
        function("pkg.g"),
        Class(
            type_key="pkg.C",
            doc="One.",
            fields=(Field(name="v", type=INT), Field(name="w", type=INT)),
        ),
    )
    rendered = render(api, partials={"pkg/_ffi_api_partial.pyi": PARTIAL})
    text = rendered.files["pkg/_ffi_api.pyi"].decode()
    assert rendered.merged == ("pkg/_ffi_api_partial.pyi",)
    assert "# said by hand\ndef f(x: collections.Counter[str]) -> int:" in text
    assert "import collections\n" in text
    assert "def g() -> int: ..." in text
    assert "def v(self) -> str: ..." in text
    assert "def w(self) -> int: ..." in text
    assert "def extra(self) -> None: ..." in text
    assert '"""One."""' in text


def test_what_a_hand_written_stub_needs_comes_along() -> None:
    own = 'from typing import TypeVar\n\n_T = TypeVar("_T")\n\ndef f(x: _T) -> _T: ...\n'
    api = api_of(function("pkg.f", Parameter(name="x")), function("pkg.g"))
    text = stub(api, partials={"pkg/_ffi_api_partial.pyi": own})
    assert '_T = TypeVar("_T")\n' in text
    assert "def f(x: _T) -> _T: ...\ndef g() -> int: ...\n" in text


def test_a_hand_written_stub_that_does_not_parse_is_an_error() -> None:
    with pytest.raises(ProjectError, match="does not parse") as caught:
        render(api_of(function("pkg.f")), partials={"pkg/_ffi_api_partial.pyi": "x = 1\ndef f(:"})
    assert caught.value.problems[0].where == "pkg/_ffi_api_partial.pyi:2"


# always


def test_the_same_input_gives_the_same_bytes() -> None:
    code = (
        "import hashlib; from pathlib import Path; from bound import render_stored\n"
        f"files = render_stored(Path({str(EVERYTHING)!r})).files\n"
        "print(hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest())"
    )
    env = {"PYTHONPATH": str(REPOSITORY / "tests" / "support")}
    said = {
        check(sys.executable, "-c", code, cwd=REPOSITORY, env={**env, "PYTHONHASHSEED": seed})
        for seed in ("0", "1", "2")
    }
    assert len(said) == 1


def test_every_finding_is_documented() -> None:
    page = (REPOSITORY / "docs" / "bindings.md").read_text()
    assert all(f"`{rule}`" in page for rule in RULES)
