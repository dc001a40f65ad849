"""The compiled library: loaded here, typed by tvm-ffi-stubgen."""

# tvm-ffi-stubgen(begin): import-section
# fmt: off
# isort: off
from __future__ import annotations
from tvm_ffi import Object as _ffi_Object, init_ffi_api as _FFI_INIT_FUNC, register_object as _FFI_REG_OBJ
from tvm_ffi.libinfo import load_lib_module as _FFI_LOAD_LIB
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from tvm_ffi import Object
# isort: on
# fmt: on
# tvm-ffi-stubgen(end)
# tvm-ffi-stubgen(import-object): tvm_ffi.libinfo.load_lib_module;False;_FFI_LOAD_LIB
# tvm-ffi-stubgen(import-object): tvm_ffi.register_object;False;_FFI_REG_OBJ
# tvm-ffi-stubgen(import-object): ffi.Object;False;_ffi_Object

LIB = _FFI_LOAD_LIB("guide-directives", "guide_directives")

# tvm-ffi-stubgen(begin): global/guide_directives
# fmt: off
_FFI_INIT_FUNC("guide_directives", __name__)
if TYPE_CHECKING:
    def multiply(_0: int, _1: int, /) -> int: ...
# fmt: on
# tvm-ffi-stubgen(end)


@_FFI_REG_OBJ("guide_directives.Point")
class Point(_ffi_Object):
    """A point of the plane."""

    # tvm-ffi-stubgen(begin): object/guide_directives.Point
    # fmt: off
    x: float
    y: float
    if TYPE_CHECKING:
        def __init__(self, x: float, y: float) -> None: ...
        def __ffi_init__(self, _0: float, _1: float, /) -> None: ...
        def dot(self, _1: Object, /) -> float: ...
    # fmt: on
    # tvm-ffi-stubgen(end)

    def __abs__(self) -> float:
        """Return the distance from the origin: written by hand, and kept."""
        return self.dot(self) ** 0.5


__all__ = [
    # tvm-ffi-stubgen(begin): __all__
    "LIB",
    "Point",
    "multiply",
    # tvm-ffi-stubgen(end)
]
