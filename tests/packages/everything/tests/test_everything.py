"""What the generated bindings promise holds at run time."""

from __future__ import annotations

import ctypes
import inspect
import typing

import everything
import numpy as np
import pytest
import tvm_ffi
from everything import containers, geo, names


def test_arguments_have_names_and_defaults() -> None:
    assert everything.scale(3) == 6
    assert everything.scale(3, 4) == 12
    assert everything.scale(factor=5, x=3, mode="slow") == 15
    assert str(inspect.signature(everything.scale)).count("=") == 2
    assert inspect.getdoc(everything.scale) == (
        'Multiply by a factor.\n\nThe mode "wrong" is an error.'
    )
    with pytest.raises(ValueError, match="the mode is wrong"):
        everything.scale(1, mode="wrong")
    with pytest.raises(TypeError, match="unexpected keyword"):
        everything.scale(1, facto=1)
    assert everything.same_int(x=1) == 1, "the name is in the source"


def test_symbols_are_functions_too() -> None:
    assert everything.twice(4) == 8
    assert everything.nothing() is None
    assert "This is a C symbol." in everything.twice.__doc__


def test_values_come_back() -> None:
    assert everything.same_bool(True) is True
    assert everything.same_int(-5) == -5
    assert everything.same_float(2) == 2.0
    assert everything.same_text("a" * 50) == "a" * 50
    assert everything.same_std_text("é") == "é"
    assert everything.same_bytes(bytearray(b"ab")) == b"ab"
    assert everything.same_any(None) is None
    assert everything.same_pointer(ctypes.c_void_p(8)).value == 8
    assert everything.same_dtype("float32") == tvm_ffi.dtype("float32")
    assert everything.same_device("cpu") == tvm_ffi.device("cpu", 0)
    assert everything.same_shape([1, 2]) == (1, 2)


def test_arrays_of_any_library_are_taken() -> None:
    array = np.arange(4.0)
    assert everything.sum(array) == 6.0
    assert isinstance(everything.same_tensor(array), tvm_ffi.Tensor)
    assert np.from_dlpack(everything.same_tensor(array)).tolist() == [0, 1, 2, 3]
    assert not everything.has_tensor(None)
    assert containers.deep.total([array, array]) == 2


def test_callbacks() -> None:
    assert everything.call(lambda number, text: number + len(text), 3) == 7
    assert everything.call_std(lambda x: 2 * x) == 3.0
    assert everything.run(lambda: None) is None
    assert list(everything.call_with_array(lambda array: [*array, 3])) == [1, 2, 3]
    assert everything.adder(2)(3) == 5
    assert everything.count(1, "a", None) == 3


def test_containers_are_those_of_tvm_ffi() -> None:
    assert isinstance(containers.same_array((1, 2)), tvm_ffi.Array)
    assert isinstance(containers.same_list([1]), tvm_ffi.List)
    assert isinstance(containers.same_map({"a": 1}), tvm_ffi.Map)
    assert isinstance(containers.same_dict({"a": 1}), tvm_ffi.Dict)
    for function in (containers.same_tuple, containers.same_any_array):
        assert isinstance(function((1, "a")), tvm_ffi.Array)
    assert isinstance(containers.same_vector([1]), tvm_ffi.Array)
    assert isinstance(containers.same_std_array([1, 2, 3]), tvm_ffi.Array)
    assert isinstance(containers.same_std_tuple((1, 2.0)), tvm_ffi.Array)
    assert isinstance(containers.same_std_map({"a": 1}), tvm_ffi.Map)
    assert isinstance(containers.same_unordered_map({"a": 1}), tvm_ffi.Map)
    assert containers.same_optional(None) is None
    assert containers.same_std_optional(1) == 1
    assert containers.same_variant("a") == "a"
    assert containers.same_std_variant(1) == 1
    assert containers.same_nested([None, {"a": [1.5]}])[1]["a"][0] == 1.5


def test_an_expected_error_is_a_value() -> None:
    assert everything.root(4) == 4
    assert isinstance(everything.root(-1), tvm_ffi.core.Error)


def test_objects() -> None:
    assert everything.same_maybe_object(None) is None
    assert list(everything.take([1])) == [1]
    assert list(everything.take(tvm_ffi.Array([1])._move())) == [1]
    assert everything.same_module(None) is None
    assert everything.same_error(ValueError("x")).message == "x"
    assert everything.visit(False) is None


def test_an_explicit_constructor() -> None:
    pair = everything.Pair(1, b=2)
    assert (pair.a, pair.b, everything.Pair(1).b) == (1, 2, 0)
    assert pair.sum() == 3
    assert pair.scaled() == 6
    assert pair.scaled(factor=4) == 12
    assert type(everything.Pair.origin()) is everything.Pair
    assert type(everything.same_pair(pair)) is everything.Pair
    pair.a = 5
    assert pair.sum() == 7
    with pytest.raises(AttributeError):
        pair.b = 1
    with pytest.raises(AttributeError):
        pair.c = 1
    assert everything.Pair.a.__doc__ == "The first."
    assert everything.Pair.__init__.__doc__ == "Make a pair."


def test_overloads() -> None:
    assert everything.Amount(1).text == "1"
    assert everything.Amount("a").text == "a"
    assert everything.Amount("a", "m").text == "a"
    assert everything.Amount(1).add(2) == 3
    assert everything.Amount(1).add("b") == "1b"


def test_a_constructor_made_of_fields() -> None:
    options = everything.Options(3, limit=None)
    assert (options.size, options.rate, list(options.tags)) == (3, 0.5, ["new"])
    assert (options.label, options.limit, options.made) == ("none", None, 7)
    options = everything.Options(size=1, tags=["a"], rate=2.0, label="x", limit=4)
    assert (options.rate, list(options.tags), options.label, options.limit) == (2.0, ["a"], "x", 4)
    options.tags = ("b",)
    assert list(options.tags) == ["b"]
    assert everything.Options.__match_args__ == ("size", "rate", "tags")
    with pytest.raises(TypeError, match="limit"):
        everything.Options(3)
    with pytest.raises(AttributeError):
        options.made = 1


def test_a_class_without_a_constructor_says_so() -> None:
    with pytest.raises(TypeError, match="`Shape` has no constructor"):
        everything.Shape()


def test_inheritance_across_modules() -> None:
    disc = everything.Disc(1.0)
    assert isinstance(disc, geo.Circle)
    assert isinstance(disc, everything.Shape)
    assert disc.area() == 3.0
    assert disc.describe("x") == "x"
    assert type(everything.some_shape()) is geo.Circle
    assert everything.some_shape().name == "circle"
    assert type(geo.same_circle(disc)) is everything.Disc


def test_equality_as_registered() -> None:
    one, same, other = (everything.Keyed(*given) for given in ((1, "a"), (1, "b"), (2, "a")))
    assert one == same
    assert one != other
    assert hash(one) == hash(same)
    assert one < other
    assert other >= same
    assert repr(one) == "Keyed #1"
    assert one != 1
    with pytest.raises(TypeError, match="unhashable"):
        hash(everything.Loose(1))
    assert everything.Pair(1, 2) != everything.Pair(1, 2)


def test_enums() -> None:
    assert everything.Color.BLUE.value == 4
    assert list(everything.Color) == [everything.Color.RED, everything.Color.BLUE]
    assert everything.same_color(everything.Color.RED) == everything.Color.RED
    assert everything.Mode.fast == "fast"
    assert everything.Mode.None_.value == "None"
    assert everything.Kind.Alpha == everything.Kind.get("Alpha")


def test_constants() -> None:
    pair = everything.Pair
    assert (pair.VERSION, pair.UNIT, pair.EXACT, pair.with_dash) == (3, "m", True, -0.5)
    assert not hasattr(pair, "TAGS")
    assert (everything.Shape.SIDES, geo.Circle.SIDES, everything.Disc.SIDES) == (0, 1, 1)
    assert everything.Color.DEFAULT == "RED"


def test_names_that_mean_something_else() -> None:
    for name in names.__all__:
        if name not in {"list", "Sequence", "tvm_ffi", "Any", "odd", "Awkward"}:
            assert getattr(names, name)(5) == 5
    assert names.odd(self=1, cls=2, _x=3) == 3
    assert names.same(_same=1) == 1
    awkward = names.Awkward(4)
    assert (awkward.int, awkward.class_(1), awkward.property(2), len(awkward)) == (4, 1, 2, 3)
    assert awkward._private(5) == 5
    assert awkward.same_as(6) == 6


def test_annotations_name_what_is_there() -> None:
    hints = typing.get_type_hints(everything.scale)
    assert hints == {"x": int, "factor": int, "mode": str, "return": int}
