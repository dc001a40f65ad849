"""What a user of `everything` may not write: each marked line is refused by mypy and by pyright."""

from __future__ import annotations

import everything
import numpy as np
from everything import containers, geo, names

everything.scale("3")  # wrong
everything.scale()  # wrong
everything.scale(3, factr=2)  # wrong
everything.scale(3, 2, "fast")  # wrong
everything.twice(x=3)  # wrong
everything.nothing(1)  # wrong
everything.same_int(1.5)  # wrong
everything.same_text(b"a")  # wrong
everything.same_bytes("a")  # wrong
everything.same_tensor([1.0, 2.0])  # wrong
everything.same_tensor(None)  # wrong
everything.same_shape(("a",))  # wrong
everything.no_such_function()  # wrong
text: str = everything.scale(3)  # wrong
number: int = everything.root(3)  # wrong

everything.call(lambda number: number, 3)  # wrong
everything.call_std(lambda x: "a")  # wrong
everything.run(lambda x: None)  # wrong
everything.adder(3)("a")  # wrong


def takes_a_list(array: list[int]) -> list[int]:
    return array


everything.call_with_array(takes_a_list)  # wrong

containers.same_array(["a"])  # wrong
containers.same_array(3)  # wrong
containers.same_map({1: 1})  # wrong
containers.same_tuple((1, 2))  # wrong
containers.same_tuple((1, "a", 2))  # wrong
containers.same_optional("a")  # wrong
containers.same_variant(b"a")  # wrong
containers.same_array([1]).append(2)  # wrong
containers.deep.total([1])  # wrong

pair = everything.Pair(1)
pair.b = 2  # wrong
pair.a = "a"  # wrong
pair.c = 1  # wrong
pair.VERSION = 4  # wrong
everything.Pair.VERSION = 4  # wrong
everything.Pair.UNIT + 1  # wrong
everything.Pair.TAGS  # wrong
pair.scaled("a")  # wrong
everything.Pair()  # wrong
everything.Pair(1, 2, 3)  # wrong
everything.same_pair(3)  # wrong
everything.Amount(1.5)  # wrong
everything.Amount(1, "m")  # wrong
everything.Amount(1).add(b"a")  # wrong
everything.Options(3)  # wrong
everything.Options(3, 0.5, ["a"], None)  # wrong
everything.Options(3, limit=None, made=3)  # wrong
everything.Options(3, limit=None).tags = [1]  # wrong
everything.Options(3, limit=None).made = 1  # wrong
everything.Shape()  # wrong
everything.Shape("a")  # wrong
circle: geo.Circle = everything.Pair(1)  # wrong
geo.same_circle(everything.Pair(1))  # wrong
everything.Keyed(1, "a") < 3  # wrong
everything.Color.GREEN  # wrong
everything.same_color("RED")  # wrong
names.int("a")  # wrong
names.Awkward(np.zeros(3))  # wrong
