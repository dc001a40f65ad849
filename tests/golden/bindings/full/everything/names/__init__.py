# Made by ffiwheel from what the library registers; do not edit.
"""The package everything.names."""

from .._ffi_api.names import (
    Any as Any,
    Awkward as Awkward,
    Awkward_ as Awkward_,
    Sequence as Sequence,
    _2d as _2d,
    __file___ as __file___,
    _same as _same,
    import_ as import_,
    int as int,
    list as list,
    match as match,
    odd as odd,
    same as same,
    tvm_ffi as tvm_ffi,
    with_dash as with_dash,
    with_dash_ as with_dash_,
)

__all__ = [
    "Any",
    "Awkward",
    "Awkward_",
    "Sequence",
    "_2d",
    "__file___",
    "_same",
    "import_",
    "int",
    "list",
    "match",
    "odd",
    "same",
    "tvm_ffi",
    "with_dash",
    "with_dash_",
]
