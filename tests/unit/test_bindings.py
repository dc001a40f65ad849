"""Names, order and text of generated modules."""

from __future__ import annotations

import ast

from ffiwheel.bind.plan import plan_bindings
from ffiwheel.bind.render import render_bindings, render_package
from ffiwheel.model.api import Api, Class, Field, Function, Library, Method

API = Api(
    libraries=(
        Library(path="pkg/libpkg.so", symbols=(Function(name="fast"), Function(name="both"))),
        Library(path="pkg/more/libmore.so"),
    ),
    functions=(
        Function(name="other.hidden"),
        Function(name="pkg.both"),
        Function(name="pkg.class"),
        Function(name="pkg.math.add", doc='Say "sum".'),
        Function(name="pkg.with-dash"),
    ),
    classes=(
        Class(type_key="pkg.A", parent="pkg.Z"),
        Class(
            type_key="pkg.Z",
            doc="The base.",
            fields=(Field(name="a", is_writable=True), Field(name="b")),
            methods=(Method(name="__ffi_init__"), Method(name="m"), Method(name="m")),
        ),
    ),
)


def test_names_are_python_and_given_once() -> None:
    bindings = plan_bindings(API, "pkg")
    assert bindings.names == ("A", "Z", "both", "class_", "fast", "math_add", "with_dash")


def test_a_global_function_hides_a_symbol_of_its_name() -> None:
    [both] = [bound for bound in plan_bindings(API, "pkg").functions if bound.name == "both"]
    assert both.library is None


def test_a_class_follows_its_base() -> None:
    assert [bound.name for bound in plan_bindings(API, "pkg").classes] == ["Z", "A"]


def test_generated_files_parse_on_the_oldest_python() -> None:
    bindings = plan_bindings(API, "pkg")
    files = render_bindings(bindings, "pkg") | render_package("pkg", bindings.names)
    assert set(files) == {"pkg/_ffi_api.py", "pkg/_ffi_api.pyi", "pkg/py.typed", "pkg/__init__.py"}
    for text in files.values():
        ast.parse(text.decode(), feature_version=(3, 9))


def test_each_library_is_loaded_from_where_it_lies() -> None:
    text = render_bindings(plan_bindings(API, "pkg"), "pkg")["pkg/_ffi_api.py"].decode()
    assert '_FOLDER / "libpkg.so"' in text
    assert '_FOLDER / "more/libmore.so"' in text
