# Made by ffiwheel from what the library registers; do not edit.
"""What libeverything.so offers."""

import ctypes
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final, NoReturn, Protocol, overload

import tvm_ffi
from tvm_ffi.core import Error, ObjectRValueRef
from tvm_ffi.dataclasses import Enum, IntEnum, StrEnum

from .geo import Circle

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

class SupportsDLPack(Protocol):
    """An array: of NumPy, PyTorch, JAX, TVM-FFI, or anything with `__dlpack__`."""

    def __dlpack__(self, *args: Any, **kwargs: Any) -> Any: ...

def adder(_0: int, /) -> Callable[[int], int]: ...
def bytes_size(_0: bytes | bytearray, /) -> int: ...
def call(_0: Callable[[int, str], int], _1: int, /) -> int: ...
def call_std(_0: Callable[[float], float], /) -> float: ...
def call_with_array(_0: Callable[[tvm_ffi.Array[int]], Sequence[int]], /) -> tvm_ffi.Array[int]: ...
def count(*args: Any) -> Any:
    """Return how many arguments there are."""

def has_tensor(_0: SupportsDLPack | None, /) -> bool: ...
def nothing() -> None: ...
def root(x: int) -> int | Error: ...
def run(_0: Callable[[], None], /) -> None: ...
def same_any(_0: Any, /) -> Any: ...
def same_big_int(_0: int, /) -> int: ...
def same_bool(_0: bool, /) -> bool: ...
def same_bytes(_0: bytes | bytearray, /) -> bytes: ...
def same_color(_0: Color, /) -> Color: ...
def same_device(_0: tvm_ffi.Device | str, /) -> tvm_ffi.Device: ...
def same_dtype(_0: tvm_ffi.dtype | str, /) -> tvm_ffi.dtype: ...
def same_error(_0: Exception | Error, /) -> Error: ...
def same_float(_0: float, /) -> float: ...
def same_function(_0: Callable[..., Any], /) -> tvm_ffi.Function: ...
def same_int(_0: int, /) -> int: ...
def same_maybe_object(_0: tvm_ffi.Object | None, /) -> tvm_ffi.Object | None: ...
def same_module(_0: tvm_ffi.Module | None, /) -> tvm_ffi.Module | None: ...
def same_object(_0: tvm_ffi.Object, /) -> tvm_ffi.Object: ...
def same_pair(_0: Pair, /) -> Pair: ...
def same_pointer(_0: ctypes.c_void_p | None, /) -> ctypes.c_void_p: ...
def same_shape(_0: Sequence[int], /) -> tvm_ffi.Shape: ...
def same_std_text(_0: str, /) -> str: ...
def same_tensor(_0: SupportsDLPack, /) -> tvm_ffi.Tensor: ...
def same_text(_0: str, /) -> str: ...
def scale(x: int, factor: int = 2, *, mode: str = "fast") -> int:
    """Multiply by a factor.

    The mode "wrong" is an error.
    """

def some_shape() -> tvm_ffi.Object: ...
def sum(array: SupportsDLPack) -> float: ...
def take(_0: Sequence[int] | ObjectRValueRef, /) -> tvm_ffi.Array[int]: ...
def text_size(_0: str, /) -> int: ...
def twice(_0: int, /) -> int:
    """Return 2 * x.

    This is a C symbol.
    """

def visit(_0: bool, /) -> tvm_ffi.VisitInterrupt | None: ...

class Amount(tvm_ffi.Object):
    @property
    def text(self) -> str: ...
    @overload
    def __init__(self, _0: int, /) -> None: ...
    @overload
    def __init__(self, _0: str, /) -> None: ...
    @overload
    def __init__(self, _0: str, _1: str, /) -> None: ...
    @overload
    def add(self, _0: int, /) -> int: ...
    @overload
    def add(self, _0: str, /) -> str: ...

class Color(IntEnum):
    DEFAULT: str
    RED = ...
    BLUE = ...

class Keyed(tvm_ffi.Object):
    @property
    def key(self) -> int: ...
    @property
    def label(self) -> str: ...
    def __init__(self, _0: int, _1: str, /) -> None: ...
    def __eq__(self, other: object) -> bool: ...
    def __ne__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __lt__(self, other: Keyed) -> bool: ...
    def __le__(self, other: Keyed) -> bool: ...
    def __gt__(self, other: Keyed) -> bool: ...
    def __ge__(self, other: Keyed) -> bool: ...

class Kind(Enum):
    Alpha = ...

class Loose(tvm_ffi.Object):
    @property
    def key(self) -> int: ...
    def __init__(self, _0: int, /) -> None: ...
    def __eq__(self, other: object) -> bool: ...
    def __ne__(self, other: object) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

class Mode(StrEnum):
    fast = ...
    None_ = ...

class Options(tvm_ffi.Object):
    """How to do it."""

    __match_args__ = ("size", "rate", "tags")
    size: int
    rate: float
    @property
    def tags(self) -> tvm_ffi.Array[str]: ...
    @tags.setter
    def tags(self, value: Sequence[str]) -> None: ...
    label: str
    limit: int | None
    @property
    def made(self) -> int: ...
    def __init__(
        self,
        size: int,
        rate: float = 0.5,
        tags: Sequence[str] = ...,
        *,
        limit: int | None,
        label: str = "none",
    ) -> None: ...

class Pair(tvm_ffi.Object):
    """Two integers.

    They are made of `a` and `b`.
    """

    VERSION: Final[int] = 3
    UNIT: Final[str] = "m"
    EXACT: Final[bool] = True
    with_dash: Final[float] = -0.5
    a: int
    """The first."""

    @property
    def b(self) -> int:
        """The second."""

    def __init__(self, a: int, b: int = 0) -> None:
        """Make a pair."""

    def sum(self) -> int:
        """Return a + b."""

    def scaled(self, factor: int = 2) -> int:
        """Return (a + b) * factor."""

    @staticmethod
    def origin() -> Pair:
        """Return the pair of zeros."""

class Shape(tvm_ffi.Object):
    SIDES: ClassVar[int]
    @property
    def name(self) -> str: ...
    def __init__(self, *args: Any, never: NoReturn, **kwargs: Any) -> None:
        """Objects of this class come from C++."""

    def area(self) -> float: ...
    def describe(self, _0: int, /) -> int: ...

class Disc(Circle):
    def __init__(self, _0: float, /) -> None: ...
