# Made by ffiwheel from what the library registers; do not edit.
"""What libeverything.so offers under `everything.names`."""

from __future__ import annotations

import builtins
from collections.abc import Sequence as _Sequence_
from typing import Any as _Any_

import tvm_ffi as _tvm_ffi_

from . import SupportsDLPack, _methods

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


_Any = _tvm_ffi_.get_global_func("everything.names.Any")
_Awkward_ = _tvm_ffi_.get_global_func("everything.names.Awkward")
_Sequence = _tvm_ffi_.get_global_func("everything.names.Sequence")
_2d_ = _tvm_ffi_.get_global_func("everything.names.2d")
_file___ = _tvm_ffi_.get_global_func("everything.names.__file__")
_same_ = _tvm_ffi_.get_global_func("everything.names._same")
_import_ = _tvm_ffi_.get_global_func("everything.names.import")
_int = _tvm_ffi_.get_global_func("everything.names.int")
_list = _tvm_ffi_.get_global_func("everything.names.list")
_match = _tvm_ffi_.get_global_func("everything.names.match")
_odd = _tvm_ffi_.get_global_func("everything.names.odd")
_same__ = _tvm_ffi_.get_global_func("everything.names.same")
_tvm_ffi = _tvm_ffi_.get_global_func("everything.names.tvm_ffi")
_with_dash = _tvm_ffi_.get_global_func("everything.names.with_dash")
_with_dash_ = _tvm_ffi_.get_global_func("everything.names.with-dash")


def Any(_0: _Any_, /) -> _Any_:
    return _Any(_0)


def Awkward_(_0: builtins.int, /) -> builtins.int:
    return _Awkward_(_0)


def Sequence(_0: _Sequence_[builtins.int], /) -> _tvm_ffi_.Array[builtins.int]:
    return _Sequence(_0)


def _2d(_0: builtins.int, /) -> builtins.int:
    return _2d_(_0)


def __file___(_0: builtins.int, /) -> builtins.int:
    return _file___(_0)


def _same(_0: builtins.int, /) -> builtins.int:
    return _same_(_0)


def import_(_0: builtins.int, /) -> builtins.int:
    return _import_(_0)


def int(_0: builtins.int, /) -> builtins.int:
    return _int(_0)


def list(_0: _Sequence_[builtins.int], /) -> _tvm_ffi_.Array[builtins.int]:
    return _list(_0)


def match(_0: builtins.int, /) -> builtins.int:
    return _match(_0)


def odd(self: builtins.int, cls: builtins.int, _x: builtins.int) -> builtins.int:
    return _odd(self, cls, _x)


def same(_same: builtins.int) -> builtins.int:
    """The parameter has our helper's name."""
    return _same__(_same)


def tvm_ffi(_0: SupportsDLPack, /) -> _tvm_ffi_.Tensor:
    return _tvm_ffi(_0)


def with_dash(_0: builtins.int, /) -> builtins.int:
    return _with_dash(_0)


def with_dash_(_0: builtins.int, /) -> builtins.int:
    return _with_dash_(_0)


@_tvm_ffi_.register_object("everything.names.Awkward")
class Awkward(_tvm_ffi_.Object):
    """The C++ class `everything.names.Awkward`."""

    __slots__ = ()
    __match_args__ = ("int",)

    int: builtins.int

    def __init__(self, int: builtins.int) -> None:
        self.__init_handle_by_constructor__(_Awkward_new, int)

    def class_(self, _0: builtins.int, /) -> builtins.int:
        return _Awkward_class_(self, _0)

    def property(self, _0: builtins.int, /) -> builtins.int:
        return _Awkward_property(self, _0)

    def __len__(self) -> builtins.int:
        return _Awkward___len__(self)

    def _private(self, _0: builtins.int, /) -> builtins.int:
        return _Awkward__private(self, _0)

    def same_as(self, _0: builtins.int, /) -> builtins.int:
        return _Awkward_same_as(self, _0)


[
    _Awkward_new,
    _Awkward_class_,
    _Awkward_property,
    _Awkward___len__,
    _Awkward__private,
    _Awkward_same_as,
] = _methods(Awkward, "__ffi_init__", "class", "property", "__len__", "__private", "same_as")
