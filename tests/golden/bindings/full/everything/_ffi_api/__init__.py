# Made by ffiwheel from what the library registers; do not edit.
"""What libeverything.so offers."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from pathlib import Path as _Path
from typing import Any, Protocol

import tvm_ffi

_RELEASES = (
    "0.1.0 0.1.1 0.1.2 0.1.3 0.1.4 0.1.5 0.1.6 0.1.7 0.1.8 0.1.8.post0 0.1.8.post1 0.1.8.post2 "
    "0.1.9 0.1.10"
)
if tvm_ffi.__version__ in _RELEASES.split():
    raise ImportError(
        "everything needs apache-tvm-ffi>=0.1.11, "
        f"and {tvm_ffi.__version__} is installed:\n"
        "    pip install 'apache-tvm-ffi>=0.1.11'"
    )

from tvm_ffi.core import Error, ObjectRValueRef
from tvm_ffi.dataclasses import Enum, IntEnum, StrEnum

__all__ = [
    "Amount",
    "Color",
    "Disc",
    "Keyed",
    "Kind",
    "Loose",
    "Mode",
    "Options",
    "Pair",
    "Shape",
    "adder",
    "bytes_size",
    "call",
    "call_std",
    "call_with_array",
    "count",
    "has_tensor",
    "nothing",
    "root",
    "run",
    "same_any",
    "same_big_int",
    "same_bool",
    "same_bytes",
    "same_color",
    "same_device",
    "same_dtype",
    "same_error",
    "same_float",
    "same_function",
    "same_int",
    "same_maybe_object",
    "same_module",
    "same_object",
    "same_pair",
    "same_pointer",
    "same_shape",
    "same_std_text",
    "same_tensor",
    "same_text",
    "scale",
    "some_shape",
    "sum",
    "take",
    "text_size",
    "twice",
    "visit",
]


def _refuse_another(name, path):
    """Raise an error, unless the library at a path is the one that has registered a name."""
    import ctypes
    import os

    mode = getattr(os, "RTLD_NOLOAD", None)
    try:
        if mode is not None:
            ctypes.CDLL(path, mode=mode)
    except OSError:
        reason = f"another library has registered `{name}`, so {path} cannot be loaded"
        raise ImportError(reason) from None


_FOLDER = _Path(__file__).parent
if tvm_ffi.get_global_func("everything.adder", True) is not None:
    _refuse_another("everything.adder", str(_FOLDER / "../libeverything.so"))
_LIBRARY = tvm_ffi.load_module(str(_FOLDER / "../libeverything.so"))


class SupportsDLPack(Protocol):
    """An array: of NumPy, PyTorch, JAX, TVM-FFI, or anything else that has `__dlpack__`."""

    def __dlpack__(self, *args: Any, **kwargs: Any) -> Any: ...


def _methods(of, *names):
    """Return the function objects behind the methods of a class."""
    info = of.__tvm_ffi_type_info__
    found = {method.name: method.func for method in reversed(info.methods)}
    for name in names:
        if name not in found:
            made = tvm_ffi.core._lookup_type_attr(info.type_index, name)
            found[name] = made or tvm_ffi.convert(_refuse)
    return [found[name] for name in names]


def _refuse(*args):
    raise TypeError("this needs apache-tvm-ffi 0.1.12 or later")


def _told(**given):
    """Return the arguments that pass what was given by name."""
    pairs = [part for pair in given.items() if pair[1] is not ... for part in pair]
    return [getattr(tvm_ffi.core, "KWARGS", None), *pairs] if pairs else []


def _describe(of, **texts):
    """Give the fields of a class their documentation."""
    for name, text in texts.items():
        of.__dict__[name].__doc__ = text


def _members(of, *names):
    """Give an enum its members."""
    for name in names:
        setattr(of, name, of.get(name))


def _runtime(name, otherwise):
    """Return a function of the runtime, where it has it."""
    return tvm_ffi.get_global_func(f"ffi.{name}", allow_missing=True) or otherwise


def _related(one, other):
    return isinstance(other, type(one)) or isinstance(one, type(other))


_RECURSIVE_EQ = _runtime("RecursiveEq", tvm_ffi.Object.same_as)


def _equal(self, other):
    return _RECURSIVE_EQ(self, other) if _related(self, other) else NotImplemented


def _unequal(self, other):
    return not _RECURSIVE_EQ(self, other) if _related(self, other) else NotImplemented


_RECURSIVE_LT = _runtime("RecursiveLt", _refuse)


def _less(self, other):
    return _RECURSIVE_LT(self, other) if _related(self, other) else NotImplemented


_RECURSIVE_LE = _runtime("RecursiveLe", _refuse)


def _less_equal(self, other):
    return _RECURSIVE_LE(self, other) if _related(self, other) else NotImplemented


_RECURSIVE_GT = _runtime("RecursiveGt", _refuse)


def _greater(self, other):
    return _RECURSIVE_GT(self, other) if _related(self, other) else NotImplemented


_RECURSIVE_GE = _runtime("RecursiveGe", _refuse)


def _greater_equal(self, other):
    return _RECURSIVE_GE(self, other) if _related(self, other) else NotImplemented


_RECURSIVE_HASH = _runtime("RecursiveHash", tvm_ffi.Object.__hash__)


def _hash(self):
    return _RECURSIVE_HASH(self)


_adder = tvm_ffi.get_global_func("everything.adder")
_bytes_size = tvm_ffi.get_global_func("everything.bytes_size")
_call = tvm_ffi.get_global_func("everything.call")
_call_std = tvm_ffi.get_global_func("everything.call_std")
_call_with_array = tvm_ffi.get_global_func("everything.call_with_array")
_count = tvm_ffi.get_global_func("everything.count")
_has_tensor = tvm_ffi.get_global_func("everything.has_tensor")
_nothing = _LIBRARY.get_function("nothing")
_root = tvm_ffi.get_global_func("everything.root")
_run = tvm_ffi.get_global_func("everything.run")
_same_any = tvm_ffi.get_global_func("everything.same_any")
_same_big_int = tvm_ffi.get_global_func("everything.same_big_int")
_same_bool = tvm_ffi.get_global_func("everything.same_bool")
_same_bytes = tvm_ffi.get_global_func("everything.same_bytes")
_same_color = tvm_ffi.get_global_func("everything.same_color")
_same_device = tvm_ffi.get_global_func("everything.same_device")
_same_dtype = tvm_ffi.get_global_func("everything.same_dtype")
_same_error = tvm_ffi.get_global_func("everything.same_error")
_same_float = tvm_ffi.get_global_func("everything.same_float")
_same_function = tvm_ffi.get_global_func("everything.same_function")
_same_int = tvm_ffi.get_global_func("everything.same_int")
_same_maybe_object = tvm_ffi.get_global_func("everything.same_maybe_object")
_same_module = tvm_ffi.get_global_func("everything.same_module")
_same_object = tvm_ffi.get_global_func("everything.same_object")
_same_pair = tvm_ffi.get_global_func("everything.same_pair")
_same_pointer = tvm_ffi.get_global_func("everything.same_pointer")
_same_shape = tvm_ffi.get_global_func("everything.same_shape")
_same_std_text = tvm_ffi.get_global_func("everything.same_std_text")
_same_tensor = tvm_ffi.get_global_func("everything.same_tensor")
_same_text = tvm_ffi.get_global_func("everything.same_text")
_scale = tvm_ffi.get_global_func("everything.scale")
_some_shape = tvm_ffi.get_global_func("everything.some_shape")
_sum = tvm_ffi.get_global_func("everything.sum")
_take = tvm_ffi.get_global_func("everything.take")
_text_size = tvm_ffi.get_global_func("everything.text_size")
_twice = _LIBRARY.get_function("twice")
_visit = tvm_ffi.get_global_func("everything.visit")


def adder(_0: int, /) -> Callable[[int], int]:
    return _adder(_0)


def bytes_size(_0: bytes | bytearray, /) -> int:
    return _bytes_size(_0)


def call(_0: Callable[[int, str], int], _1: int, /) -> int:
    return _call(_0, _1)


def call_std(_0: Callable[[float], float], /) -> float:
    return _call_std(_0)


def call_with_array(_0: Callable[[tvm_ffi.Array[int]], Sequence[int]], /) -> tvm_ffi.Array[int]:
    return _call_with_array(_0)


def count(*args: Any) -> Any:
    """Return how many arguments there are."""
    return _count(*args)


def has_tensor(_0: SupportsDLPack | None, /) -> bool:
    return _has_tensor(_0)


def nothing() -> None:
    return _nothing()


def root(x: int) -> int | Error:
    return _root(x)


def run(_0: Callable[[], None], /) -> None:
    return _run(_0)


def same_any(_0: Any, /) -> Any:
    return _same_any(_0)


def same_big_int(_0: int, /) -> int:
    return _same_big_int(_0)


def same_bool(_0: bool, /) -> bool:
    return _same_bool(_0)


def same_bytes(_0: bytes | bytearray, /) -> bytes:
    return _same_bytes(_0)


def same_color(_0: Color, /) -> Color:
    return _same_color(_0)


def same_device(_0: tvm_ffi.Device | str, /) -> tvm_ffi.Device:
    return _same_device(_0)


def same_dtype(_0: tvm_ffi.dtype | str, /) -> tvm_ffi.dtype:
    return _same_dtype(_0)


def same_error(_0: Exception | Error, /) -> Error:
    return _same_error(_0)


def same_float(_0: float, /) -> float:
    return _same_float(_0)


def same_function(_0: Callable[..., Any], /) -> tvm_ffi.Function:
    return _same_function(_0)


def same_int(_0: int, /) -> int:
    return _same_int(_0)


def same_maybe_object(_0: tvm_ffi.Object | None, /) -> tvm_ffi.Object | None:
    return _same_maybe_object(_0)


def same_module(_0: tvm_ffi.Module | None, /) -> tvm_ffi.Module | None:
    return _same_module(_0)


def same_object(_0: tvm_ffi.Object, /) -> tvm_ffi.Object:
    return _same_object(_0)


def same_pair(_0: Pair, /) -> Pair:
    return _same_pair(_0)


def same_pointer(_0: ctypes.c_void_p | None, /) -> ctypes.c_void_p:
    return _same_pointer(_0)


def same_shape(_0: Sequence[int], /) -> tvm_ffi.Shape:
    return _same_shape(_0)


def same_std_text(_0: str, /) -> str:
    return _same_std_text(_0)


def same_tensor(_0: SupportsDLPack, /) -> tvm_ffi.Tensor:
    return _same_tensor(_0)


def same_text(_0: str, /) -> str:
    return _same_text(_0)


def scale(x: int, factor: int = 2, *, mode: str = "fast") -> int:
    """Multiply by a factor.

    The mode "wrong" is an error.
    """
    return _scale(x, factor, mode)


def some_shape() -> tvm_ffi.Object:
    return _some_shape()


def sum(array: SupportsDLPack) -> float:
    return _sum(array)


def take(_0: Sequence[int] | ObjectRValueRef, /) -> tvm_ffi.Array[int]:
    return _take(_0)


def text_size(_0: str, /) -> int:
    return _text_size(_0)


def twice(_0: int, /) -> int:
    """Return 2 * x.

    This is a C symbol.
    """
    return _twice(_0)


def visit(_0: bool, /) -> tvm_ffi.VisitInterrupt | None:
    return _visit(_0)


@tvm_ffi.register_object("everything.Amount")
class Amount(tvm_ffi.Object):
    """The C++ class `everything.Amount`."""

    __slots__ = ()

    text: str

    def __init__(self, *args: Any) -> None:
        self.__init_handle_by_constructor__(_Amount_new, *args)

    def add(self, _0: int | str, /) -> int | str:
        return _Amount_add(self, _0)


[_Amount_new, _Amount_add] = _methods(Amount, "__ffi_init__", "add")


class Color(IntEnum, type_key="everything.Color"):
    """The C++ class `everything.Color`."""

    __slots__ = ()


_members(Color, "RED", "BLUE")
Color.DEFAULT = "RED"


@tvm_ffi.register_object("everything.Keyed")
class Keyed(tvm_ffi.Object):
    """The C++ class `everything.Keyed`."""

    __slots__ = ()

    key: int
    label: str

    def __init__(self, _0: int, _1: str, /) -> None:
        self.__init_handle_by_constructor__(_Keyed_new, _0, _1)

    __eq__ = _equal
    __ge__ = _greater_equal
    __gt__ = _greater
    __hash__ = _hash
    __le__ = _less_equal
    __lt__ = _less
    __ne__ = _unequal


[_Keyed_new] = _methods(Keyed, "__ffi_init__")


class Kind(Enum, type_key="everything.Kind"):
    """The C++ class `everything.Kind`."""

    __slots__ = ()


_members(Kind, "Alpha")


@tvm_ffi.register_object("everything.Loose")
class Loose(tvm_ffi.Object):
    """The C++ class `everything.Loose`."""

    __slots__ = ()

    key: int

    def __init__(self, _0: int, /) -> None:
        self.__init_handle_by_constructor__(_Loose_new, _0)

    __eq__ = _equal
    __hash__ = None
    __ne__ = _unequal


[_Loose_new] = _methods(Loose, "__ffi_init__")


class Mode(StrEnum, type_key="everything.Mode"):
    """The C++ class `everything.Mode`."""

    __slots__ = ()


_members(Mode, "fast")
Mode.None_ = Mode.get("None")


@tvm_ffi.register_object("everything.Options")
class Options(tvm_ffi.Object):
    """How to do it."""

    __slots__ = ()
    __match_args__ = ("size", "rate", "tags")

    size: int
    rate: float
    tags: tvm_ffi.Array[str]
    label: str
    limit: int | None
    made: int

    def __init__(
        self,
        size: int,
        rate: float = 0.5,
        tags: Sequence[str] = ...,
        *,
        limit: int | None,
        label: str = "none",
    ) -> None:
        self.__init_handle_by_constructor__(
            _Options_new,
            size,
            rate,
            *_told(tags=tags, limit=limit, label=label),
        )


[_Options_new] = _methods(Options, "__ffi_init__")


@tvm_ffi.register_object("everything.Pair")
class Pair(tvm_ffi.Object):
    """Two integers.

    They are made of `a` and `b`.
    """

    __slots__ = ()

    a: int
    b: int

    VERSION = 3
    UNIT = "m"
    EXACT = True
    with_dash = -0.5

    def __init__(self, a: int, b: int = 0) -> None:
        """Make a pair."""
        self.__init_handle_by_constructor__(_Pair_new, a, b)

    def sum(self) -> int:
        """Return a + b."""
        return _Pair_sum(self)

    def scaled(self, factor: int = 2) -> int:
        """Return (a + b) * factor."""
        return _Pair_scaled(self, factor)

    @staticmethod
    def origin() -> Pair:
        """Return the pair of zeros."""
        return _Pair_origin()


[
    _Pair_new,
    _Pair_sum,
    _Pair_scaled,
    _Pair_origin,
] = _methods(Pair, "__ffi_init__", "sum", "scaled", "origin")
_describe(Pair, a="The first.", b="The second.")


@tvm_ffi.register_object("everything.Shape")
class Shape(tvm_ffi.Object):
    """The C++ class `everything.Shape`."""

    __slots__ = ()

    name: str

    SIDES = 0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise TypeError("`Shape` has no constructor: its objects come from C++")

    def area(self) -> float:
        return _Shape_area(self)

    def describe(self, _0: int, /) -> int:
        return _Shape_describe(self, _0)


[_Shape_area, _Shape_describe] = _methods(Shape, "area", "describe")


from .geo import Circle


@tvm_ffi.register_object("everything.Disc")
class Disc(Circle):
    """The C++ class `everything.Disc`."""

    __slots__ = ()

    def __init__(self, _0: float, /) -> None:
        self.__init_handle_by_constructor__(_Disc_new, _0)


[_Disc_new] = _methods(Disc, "__ffi_init__")


from . import containers as containers
from . import geo as geo
from . import names as names
