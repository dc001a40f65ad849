"""The description of one target's libraries, held against another's."""

from __future__ import annotations

from ffiwheel.model.api import (
    Api,
    Class,
    Field,
    Function,
    Library,
    Member,
    Method,
    Parameter,
    Signature,
)
from ffiwheel.model.binary import Binary, Format
from ffiwheel.model.types import Type
from ffiwheel.reflect.fit import Evidence, fit_api

TYPED = (Signature(parameters=(Parameter(type=Type("int"), name="x"),)),)
SO, DLL = "hello/libhello.so", "hello/hello.dll"


def evidence(*texts: str, symbols: str = "", path: str = SO, objects: bytes = b"") -> Evidence:
    exports = tuple(f"__tvm_ffi_{name}" for name in symbols.split())
    binary = Binary(arch="x86_64", format=Format.ELF, exports=exports)
    content = b"\0".join([b"", *(text.encode() for text in texts), b""])
    read = (lambda: (objects,)) if objects else tuple
    return Evidence(libraries={path: binary}, contents=(content,), read_objects=read)


def api(*functions: str, classes: tuple[Class, ...] = (), symbols: str = "") -> Api:
    listed = tuple(Function(name=name, signatures=TYPED) for name in symbols.split())
    return Api(
        libraries=(Library(path=SO, symbols=listed),),
        functions=tuple(Function(name=name) for name in functions),
        classes=classes,
    )


def test_what_is_alike_stays_but_for_the_librarys_name() -> None:
    given = api("hello.add", symbols="two")
    fitted = fit_api(given, evidence("hello.add", symbols="two", path=DLL), None)
    assert (fitted.missing, fitted.extra, fitted.unbound) == ((), (), ())
    assert fitted.api.functions == given.functions
    assert fitted.api.libraries == (Library(path=DLL, symbols=given.libraries[0].symbols),)


def test_what_only_others_have_is_left_out() -> None:
    given = api("hello.add", "hello.linux", symbols="one two")
    fitted = fit_api(given, evidence("hello.add", symbols="two"), None)
    assert fitted.missing == ("hello.linux", "one")
    assert [one.name for one in fitted.api.functions] == ["hello.add"]
    assert [one.name for one in fitted.api.symbols] == ["two"]


def test_a_symbol_of_one_target_is_untyped() -> None:
    fitted = fit_api(api(symbols="two"), evidence(symbols="two winding"), None)
    assert fitted.extra == ("winding",)
    assert [one.signatures for one in fitted.api.symbols] == [TYPED, (Signature(),)]


def test_classes_lose_members_or_go_with_all_of_them() -> None:
    fields = (Field(name="a"), Field(name="b"))
    methods = (Method(name="sum"), Method(name="norm"))
    classes = (
        Class(type_key="hello.Pair", fields=fields, methods=methods),
        Class(type_key="hello.Child", parent="hello.Gone"),
        Class(type_key="hello.Gone", fields=fields, methods=methods),
        Class(type_key="hello.Color", kind="enum", members=(Member(name="Red", value=1),)),
    )
    there = evidence("hello.Pair", "hello.Child", "hello.Color", "a", "sum")
    fitted = fit_api(api(classes=classes), there, None)
    assert fitted.missing == ("hello.Color.Red", "hello.Gone", "hello.Pair.b", "hello.Pair.norm")
    pair, child, color = fitted.api.classes
    assert ([one.name for one in pair.fields], [one.name for one in pair.methods]) == (
        ["a"],
        ["sum"],
    )
    assert child.parent == "hello.Gone"
    assert not color.members


def test_a_name_that_is_put_together_at_run_time_is_taken_to_be_there() -> None:
    """It stands in no library: neither in the one that was loaded."""
    given = api("hello.add", "hello.made")
    here = evidence("hello.add")
    assert not fit_api(given, evidence("hello.add"), here).missing
    assert fit_api(given, evidence("hello.add"), None).missing == ("hello.made",)


def test_the_end_of_another_name_is_no_name() -> None:
    """The objects decide: linkers of ELF let `a.b` be the end of `xa.b` where both are there."""
    given = api("xa.b", "a.b")
    both, one = b"\0xa.b\0a.b\0", b"\0xa.b\0other\0"
    assert not fit_api(given, evidence("xa.b", objects=both), None).missing
    assert fit_api(given, evidence("xa.b", objects=one), None).missing == ("a.b",)
    assert not fit_api(given, evidence("xa.b"), None).missing, "without objects nothing is known"


def test_what_stands_before_a_name_need_not_be_text() -> None:
    library = evidence("xa.b", "?a.b")
    assert not fit_api(api("xa.b", "a.b"), library, None).missing


def test_libraries_come_and_go() -> None:
    second = Library(path="hello/libsecond.so", symbols=(Function(name="three"),))
    given = Api(libraries=(*api(symbols="two").libraries, second))
    gone = fit_api(given, evidence(symbols="two"), None)
    assert gone.missing == ("three",)
    assert [one.path for one in gone.api.libraries] == [SO]
    more = evidence(symbols="two")
    other = Binary(arch="x86_64", format=Format.ELF, exports=("__tvm_ffi_new",))
    there = Evidence(libraries={"hello/libnew.so": other, **more.libraries}, contents=())
    fitted = fit_api(api(symbols="two"), there, None)
    assert [one.path for one in fitted.api.libraries] == [SO, "hello/libnew.so"]
    assert fitted.extra == ("new",)


def test_names_that_only_the_target_has_are_told() -> None:
    here, there = evidence("hello.add"), evidence("hello.add")
    [binary] = there.libraries.values()
    names = ("hello.add", "hello.winding", "other.thing")
    more = Binary(arch=binary.arch, format=binary.format, names=names)
    fitted = fit_api(
        api("hello.add"), Evidence(libraries={SO: more}, contents=there.contents), here
    )
    assert fitted.unbound == ("hello.winding",)
    assert [one.name for one in fitted.api.functions] == ["hello.add"]
