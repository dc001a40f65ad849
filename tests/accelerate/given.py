"""What the recorded calls are made with: values that look like others, and ways to ask of them.

Runs on every Python from 3.9, in an environment that has the sample package. `names` returns what
an expression may speak of. NumPy and the runtime are imported only for those that need them, so
that a call can be the first thing that needs the runtime.
"""

from __future__ import annotations

import array
import collections
import copy
import ctypes
import datetime as dt
import decimal
import enum
import fractions
import functools
import importlib
import inspect
import math
import operator
import pickle
import pydoc
import sys
import unittest.mock
import weakref
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import types
    from collections.abc import Callable


class IntLike(int):
    """An integer, and more."""


class Lying(int):
    """An integer that says to be another one."""

    def __index__(self) -> int:
        return 99

    def __int__(self) -> int:
        return 98

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 97


class Enumerated(enum.IntEnum):
    """Integers with names."""

    TWO = 2


class TextEnumerated(str, enum.Enum):
    """Texts with names."""

    FAST = "fast"


class Indexed:
    """Something that stands for an integer."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __index__(self) -> int:
        return self.number


class IndexFails:
    """Something that fails to stand for one."""

    def __index__(self) -> int:
        raise LookupError("no index today")


class FloatLike(float):
    """A number, and more."""


class Floating:
    """Something that stands for a number."""

    def __init__(self, number: float) -> None:
        self.number = number

    def __float__(self) -> float:
        return self.number


class FloatFails:
    """Something that fails to stand for one."""

    def __float__(self) -> float:
        raise LookupError("no number today")


class TextLike(str):
    """A text, and more."""

    __slots__ = ()


class TextLies(str):
    """A text that says to be another one."""

    __slots__ = ()

    def __str__(self) -> str:
        return "a lie"

    def __len__(self) -> int:
        return 1000

    def encode(self, *_options: str) -> bytes:
        return b"another lie"

    def __eq__(self, other: object) -> bool:
        return False

    def __hash__(self) -> int:
        return hash("a lie")


class BytesLike(bytes):
    """Bytes, and more."""


class ListLike(list):  # type: ignore[type-arg]  # its elements do not matter
    """A list, and more."""


class TupleLike(tuple):  # type: ignore[type-arg]  # the same
    """A tuple, and more."""

    __slots__ = ()


class Named(NamedTuple):
    """A tuple with names."""

    number: int
    text: str


class DictLike(dict):  # type: ignore[type-arg]  # the same
    """A dict, and more."""


class Protocol:
    """What the runtime's own protocol makes an integer."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __tvm_ffi_int__(self) -> int:
        return self.number


class ProtocolFloat:
    """What the runtime's own protocol makes a number."""

    def __init__(self, number: float) -> None:
        self.number = number

    def __tvm_ffi_float__(self) -> float:
        return self.number


class Exporter:
    """Something that is no array, but hands one out."""

    def __init__(self, of: Any) -> None:
        self.of = of

    def __dlpack__(self, **options: Any) -> Any:
        return self.of.__dlpack__(**options)

    def __dlpack_device__(self) -> Any:
        return self.of.__dlpack_device__()


class ExportFails:
    """Something that fails to hand one out."""

    def __dlpack__(self, **_options: Any) -> Any:
        raise LookupError("no array today")

    def __dlpack_device__(self) -> tuple[int, int]:
        return 1, 0


def frozen() -> Any:
    """Return an array that may not be written."""
    np = importlib.import_module("numpy")
    made = np.ones(3)
    made.flags.writeable = False
    return made


def itself() -> list[Any]:
    """Return a list that has itself in it, but ends."""
    inner: list[Any] = []
    return [inner, inner, [inner]]


def assign(to: Any, name: str, value: Any) -> Any:
    """Set an attribute, and return what it is then."""
    setattr(to, name, value)
    return getattr(to, name)


def identical(function: Callable[[Any], Any], value: Any) -> bool:
    """Return whether what comes out is what went in."""
    return function(value) is value


def derive(package: types.ModuleType) -> dict[str, Any]:
    """Return classes that derive from those of the package."""

    class PointLike(package.Point):  # type: ignore[name-defined,misc]  # it is not installed here
        """A point, and more."""

        def twice(self) -> Any:
            return 2 * self.x

    class HalfMade(package.Point):  # type: ignore[name-defined,misc]  # the same
        """A point whose constructor in C++ is never called."""

        def __init__(self, x: int) -> None:
            self.given = x

    return {"PointLike": PointLike, "HalfMade": HalfMade}


def make_array_like() -> Any:
    """Return a class that derives from NumPy's."""
    np = importlib.import_module("numpy")

    class ArrayLike(np.ndarray):  # type: ignore[name-defined,misc]  # found when it runs
        """An array, and more."""

    return ArrayLike


STANDARD = {
    module.__name__.partition(".")[0]: module
    for module in (array, collections, copy, ctypes, dt, decimal, fractions, functools)
}
STANDARD |= {
    module.__name__.partition(".")[0]: module
    for module in (inspect, math, operator, pickle, pydoc, sys, weakref)
}
OURS = {
    name: value
    for name, value in vars().copy().items()
    if getattr(value, "__module__", None) == __name__
}


def names(package: types.ModuleType, expression: str) -> dict[str, Any]:
    """Return everything that an expression may speak of."""
    known = {**STANDARD, "unittest": unittest, **OURS, "p": package}
    known["every"] = functools.partial(getattr, package)
    if "PointLike" in expression or "HalfMade" in expression:
        known |= derive(package)
    if "np." in expression or "ArrayLike" in expression:
        known |= {"np": importlib.import_module("numpy"), "ArrayLike": make_array_like()}
    if "tvm_ffi." in expression:
        known["tvm_ffi"] = importlib.import_module("tvm_ffi")
    return known
