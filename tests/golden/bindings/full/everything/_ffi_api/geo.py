# Made by ffiwheel from what the library registers; do not edit.
"""What libeverything.so offers under `everything.geo`."""

from __future__ import annotations

import tvm_ffi

from . import _methods

__all__ = ["Circle", "same_circle"]


_same_circle = tvm_ffi.get_global_func("everything.geo.same_circle")


def same_circle(_0: Circle, /) -> Circle:
    return _same_circle(_0)


from . import Shape


@tvm_ffi.register_object("everything.geo.Circle")
class Circle(Shape):
    """The C++ class `everything.geo.Circle`."""

    __slots__ = ()

    radius: float

    SIDES = 1

    def __init__(self, _0: float, /) -> None:
        self.__init_handle_by_constructor__(_Circle_new, _0)

    def area(self) -> float:
        return _Circle_area(self)

    def describe(self, _0: str, /) -> str:
        return _Circle_describe(self, _0)


[_Circle_new, _Circle_area, _Circle_describe] = _methods(Circle, "__ffi_init__", "area", "describe")
