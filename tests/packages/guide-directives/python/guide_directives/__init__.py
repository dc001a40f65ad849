"""A package with code of its own around what tvm-ffi-stubgen keeps up to date."""

from ._ffi_api import LIB, Point, multiply

add_two = LIB.add_two

__all__ = ["Point", "add_two", "multiply"]
