"""The types that a library's reflection data names, in one form for all releases of TVM-FFI.

A type is a word of TVM-FFI's own vocabulary (`int`, `ffi.Array`, `std::optional`), or the type key
of a registered class, with its arguments. A function's type is its own kind of value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Type:
    """A type by its name, such as `ffi.Map` of `ffi.String` and `int`."""

    name: str
    arguments: tuple[AnyType, ...] = ()
    length: int | None = None
    """How many elements a `std::array` has."""


@dataclass(frozen=True, slots=True)
class FunctionType:
    """The type of a callback."""

    parameters: tuple[AnyType, ...] | None = None
    """None where it takes anything."""
    result: AnyType = Type("Any")


AnyType: TypeAlias = Type | FunctionType

ANYTHING = Type("Any")
"""What is not known, or may be anything."""
NOTHING = Type("None")
