# Made by ffiwheel from what the library registers; do not edit.
"""What libeverything.so offers under `everything.geo`."""

from typing import Any, ClassVar

from . import Shape

__all__ = ["Circle", "same_circle"]

def same_circle(_0: Circle, /) -> Circle: ...

class Circle(Shape):
    SIDES: ClassVar[int]
    radius: float
    def __init__(self, _0: float, /) -> None: ...
    def area(self) -> float: ...
    def describe(self, *args: Any, **kwargs: Any) -> Any: ...
