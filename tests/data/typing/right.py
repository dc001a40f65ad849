"""What a user of `everything` may write: each line is right, for mypy and for pyright."""

from __future__ import annotations

from typing import Any

import everything
import numpy as np
import tvm_ffi
from everything import containers, geo, names
from typing_extensions import assert_type

assert_type(everything.scale(3), int)
assert_type(everything.scale(x=3, factor=2, mode="fast"), int)
assert_type(everything.twice(3), int)
assert_type(everything.same_float(3), float)
assert_type(everything.same_text("a"), str)
assert_type(everything.same_bytes(bytearray(b"a")), bytes)
assert_type(everything.same_dtype("float32"), tvm_ffi.dtype)
assert_type(everything.same_device("cpu"), tvm_ffi.Device)
assert_type(everything.same_shape((1, 2)), tvm_ffi.Shape)
assert_type(everything.same_tensor(np.zeros(3)), tvm_ffi.Tensor)
assert_type(everything.same_tensor(everything.same_tensor(np.zeros(3))), tvm_ffi.Tensor)
assert_type(everything.sum(array=np.zeros(3)), float)
assert_type(everything.has_tensor(None), bool)
assert_type(everything.count(1, "a"), Any)
assert_type(everything.root(3), "int | tvm_ffi.core.Error")


def takes_more(number: float, text: str, more: int = 0) -> int:
    return int(number) + len(text) + more


assert_type(everything.call(takes_more, 3), int)
assert_type(everything.call_std(lambda x: x * 2), float)
assert_type(everything.adder(3)(4), int)


def sorted_array(array: tvm_ffi.Array[int]) -> list[int]:
    return sorted(array)


assert_type(everything.call_with_array(sorted_array), "tvm_ffi.Array[int]")

assert_type(containers.same_array([1, 2]), "tvm_ffi.Array[int]")
assert_type(containers.same_array(containers.same_array((1,))), "tvm_ffi.Array[int]")
assert_type(containers.same_list([1]), "tvm_ffi.List[int]")
assert_type(containers.same_map({"a": 1}), "tvm_ffi.Map[str, int]")
assert_type(containers.same_dict({"a": 1}), "tvm_ffi.Dict[str, int]")
assert_type(containers.same_tuple((1, "a")), "tvm_ffi.Array[int | str]")
assert_type(containers.same_tuple(containers.same_tuple((1, "a"))), "tvm_ffi.Array[int | str]")
assert_type(containers.same_optional(None), "int | None")
assert_type(containers.same_variant("a"), "int | str")
assert_type(containers.same_vector([1])[0], int)
assert_type(containers.same_std_array((1, 2, 3))[0], int)
assert_type(containers.same_std_map({"a": 1})["a"], int)
assert_type(containers.deep.total([np.zeros(3)]), int)

pair = everything.Pair(1, b=2)
assert_type(pair.a, int)
assert_type(pair.sum(), int)
assert_type(pair.scaled(factor=3), int)
assert_type(everything.Pair.origin(), everything.Pair)
assert_type(everything.Pair.VERSION, int)
assert_type(everything.Pair.with_dash, float)
assert_type(everything.Disc.SIDES, int)
assert_type(everything.Color.DEFAULT, str)
pair.a = 4

amount = everything.Amount("a", "m")
assert_type(amount.add(1), int)
assert_type(amount.add("a"), str)

options = everything.Options(3, tags=["a"], limit=None)
assert_type(options.tags, "tvm_ffi.Array[str]")
options.tags = ["a", "b"]
options.limit = None

shape: everything.Shape = geo.Circle(2.0)
circle: geo.Circle = everything.Disc(1.0)
assert_type(circle.area(), float)
assert_type(everything.Keyed(1, "a") < everything.Keyed(2, "b"), bool)
assert_type(hash(everything.Keyed(1, "a")), int)
assert_type(everything.Color.RED.value, int)
assert_type(everything.same_color(everything.Color.BLUE), everything.Color)
colors: list[everything.Color] = list(everything.Color)

assert_type(names.int(3), int)
assert_type(names.list([3]), "tvm_ffi.Array[int]")
assert_type(names.import_(3), int)
assert_type(names.odd(self=1, cls=2, _x=3), int)
assert_type(names.Awkward(3).int, int)
assert_type(len(names.Awkward(3)), int)
