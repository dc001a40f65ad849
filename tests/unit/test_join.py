"""Names from the source are taken where the source and the library agree."""

from __future__ import annotations

from ffiwheel.model.api import (
    Api,
    Class,
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
from ffiwheel.model.types import Type
from ffiwheel.reflect.join import join_source
from ffiwheel.reflect.source.mention import CONSTRUCTOR, Mention, SourceParameter

INT, STRING, TENSOR = Type("int"), Type("ffi.String"), Type("DLTensor*")


def signature(*types: Type) -> Signature:
    return Signature(parameters=tuple(Parameter(type=one) for one in types))


def told(*pairs: tuple[str, str]) -> tuple[SourceParameter, ...]:
    return tuple(SourceParameter(name=name, type=kind) for name, kind in pairs)


def names(function: Function) -> list[list[str]]:
    return [[one.name for one in way.parameters or ()] for way in function.signatures]


ADD = Function(name="hello.add", signatures=(signature(INT, INT),))


def test_names_defaults_and_documentation_are_taken() -> None:
    said = (
        SourceParameter(name="x", type="int64_t"),
        SourceParameter(name="y", type="int", default="1"),
    )
    mention = Mention(
        kind="function", name="hello.add", parameters=said, doc="Add.", where="a.cc:3"
    )
    joined, findings = join_source(Api(functions=(ADD,)), [mention])
    [add] = joined.functions
    assert [(one.name, one.default) for one in add.signatures[0].parameters or ()] == [
        ("x", ""),
        ("y", "1"),
    ]
    assert (add.doc, add.where) == ("Add.", "a.cc:3")
    assert not findings


def test_another_number_of_parameters_is_a_finding_and_names_nothing() -> None:
    mention = Mention(
        kind="function", name="hello.add", parameters=told(("x", "int")), where="src/a.cc:3"
    )
    joined, [finding] = join_source(Api(functions=(ADD,)), [mention])
    assert names(joined.functions[0]) == [["", ""]]
    assert finding.subject == "src/a.cc:3"
    assert finding.message == (
        "the parameters of `hello.add` get no names: the library says 2 parameters, the source 1"
    )


def test_of_several_declarations_the_types_decide() -> None:
    mentions = [
        Mention(kind="function", name="hello.add", parameters=said, where="a.cc:1")
        for said in (
            told(("text", "const String&"), ("more", "String")),
            told(("x", "int"), ("y", "int")),
        )
    ]
    joined, findings = join_source(Api(functions=(ADD,)), mentions)
    assert names(joined.functions[0]) == [["x", "y"]]
    assert not findings


def test_declarations_that_fit_alike_name_nothing() -> None:
    mentions = [
        Mention(kind="function", name="hello.add", parameters=told(*said), where="a.cc:1")
        for said in ((("a", "T"), ("b", "T")), (("x", "T"), ("y", "T")))
    ]
    joined, [finding] = join_source(Api(functions=(ADD,)), mentions)
    assert names(joined.functions[0]) == [["", ""]]
    assert finding.message.endswith("several declarations with 2 parameters fit")


def test_overloads_get_the_names_of_their_own_declaration() -> None:
    put = Method(name="put", signatures=(signature(INT), signature(STRING), signature(INT, INT)))
    mentions = [
        Mention(kind="method", owner="hello.Box", name="put", parameters=said, where="a.cc:1")
        for said in (
            told(("text", "std::string")),
            told(("number", "int")),
            told(("x", "int"), ("y", "int")),
        )
    ]
    api = Api(classes=(Class(type_key="hello.Box", methods=(put,)),))
    joined, findings = join_source(api, mentions)
    assert names(joined.classes[0].methods[0]) == [["number"], ["text"], ["x", "y"]]
    assert not findings


def test_overloads_are_documented_by_all_their_comments() -> None:
    ways = (signature(INT), signature(INT, INT))
    kinds = Class(
        type_key="hello.Pair",
        methods=(Method(name="add", signatures=ways),),
        constructor=Constructor(signatures=ways),
    )
    mentions = [
        Mention(kind="method", owner="hello.Pair", name=name, doc=doc, where="a.cc:1")
        for name in ("add", CONSTRUCTOR)
        for doc in ("Take one.", "", "Take two.", "Take one.")
    ]
    joined, _ = join_source(Api(classes=(kinds,)), mentions)
    [one] = joined.classes
    assert one.constructor
    assert one.methods[0].doc == one.constructor.doc == "Take one.\n\nTake two."


def test_stated_names_stand() -> None:
    stated = Signature(parameters=(Parameter(type=INT, name="mine"),))
    function = Function(name="hello.f", signatures=(stated,))
    mention = Mention(
        kind="function", name="hello.f", parameters=told(("theirs", "int")), where="a.cc:1"
    )
    joined, _ = join_source(Api(functions=(function,)), [mention])
    assert names(joined.functions[0]) == [["mine"]]


def test_a_symbol_and_a_function_of_one_name_are_two_things() -> None:
    symbol = Function(name="add", signatures=(signature(TENSOR),))
    mentions = [
        Mention(kind="function", name="add", parameters=told(("f", "Tensor")), where="a.cc:1"),
        Mention(kind="symbol", name="add", parameters=told(("x", "TensorView")), where="a.cc:2"),
    ]
    library = Library(path="hello/libhello.so", symbols=(symbol,))
    joined, _ = join_source(Api(libraries=(library,)), mentions)
    assert names(joined.symbols[0]) == [["x"]]


def test_a_class_is_documented_in_all_its_parts() -> None:
    one = Class(
        type_key="hello.Pair",
        fields=(Field(name="a"), Field(name="b", doc="Registered.")),
        constructor=Constructor(signatures=(signature(INT, INT),)),
        members=(Member(name="RED", value=0),),
        constants=(Constant(name="SIZE", value=2),),
    )
    mentions = [
        Mention(kind="class", name="hello.Pair", doc="A pair.", where="a.cc:1"),
        Mention(kind="field", owner="hello.Pair", name="a", doc="First.", where="a.cc:2"),
        Mention(kind="field", owner="hello.Pair", name="b", doc="Second.", where="a.cc:3"),
        Mention(
            kind="constructor",
            owner="hello.Pair",
            name=CONSTRUCTOR,
            parameters=told(("a", "int"), ("b", "int")),
            where="a.cc:4",
        ),
        Mention(kind="entry", owner="hello.Pair", name="RED", doc="Like blood.", where="a.cc:5"),
        Mention(kind="attribute", owner="hello.Pair", name="SIZE", doc="Two.", where="a.cc:6"),
    ]
    joined, findings = join_source(Api(classes=(one,)), mentions)
    [pair] = joined.classes
    assert (pair.doc, pair.where) == ("A pair.", "a.cc:1")
    assert [field.doc for field in pair.fields] == ["First.", "Registered."]
    assert pair.constructor is not None
    assert [one.name for one in pair.constructor.signatures[0].parameters or ()] == ["a", "b"]
    assert pair.members[0].doc == "Like blood."
    assert pair.constants[0].doc == "Two."
    assert not findings


def test_a_generated_constructor_keeps_the_names_of_the_fields() -> None:
    generated = Constructor(signatures=(signature(INT),), is_generated=True)
    api = Api(classes=(Class(type_key="hello.Pair", constructor=generated),))
    mention = Mention(
        kind="constructor",
        owner="hello.Pair",
        name=CONSTRUCTOR,
        parameters=told(("other", "int")),
        where="a.cc:1",
    )
    assert join_source(api, [mention]) == (api, ())
