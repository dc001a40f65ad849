# Made by ffiwheel from what the library registers; do not edit.
"""What libeverything.so offers under `everything.containers`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import tvm_ffi

__all__ = [
    "same_any_array",
    "same_array",
    "same_dict",
    "same_list",
    "same_map",
    "same_nested",
    "same_optional",
    "same_std_array",
    "same_std_map",
    "same_std_optional",
    "same_std_tuple",
    "same_std_variant",
    "same_tuple",
    "same_unordered_map",
    "same_variant",
    "same_vector",
]


_same_any_array = tvm_ffi.get_global_func("everything.containers.same_any_array")
_same_array = tvm_ffi.get_global_func("everything.containers.same_array")
_same_dict = tvm_ffi.get_global_func("everything.containers.same_dict")
_same_list = tvm_ffi.get_global_func("everything.containers.same_list")
_same_map = tvm_ffi.get_global_func("everything.containers.same_map")
_same_nested = tvm_ffi.get_global_func("everything.containers.same_nested")
_same_optional = tvm_ffi.get_global_func("everything.containers.same_optional")
_same_std_array = tvm_ffi.get_global_func("everything.containers.same_std_array")
_same_std_map = tvm_ffi.get_global_func("everything.containers.same_std_map")
_same_std_optional = tvm_ffi.get_global_func("everything.containers.same_std_optional")
_same_std_tuple = tvm_ffi.get_global_func("everything.containers.same_std_tuple")
_same_std_variant = tvm_ffi.get_global_func("everything.containers.same_std_variant")
_same_tuple = tvm_ffi.get_global_func("everything.containers.same_tuple")
_same_unordered_map = tvm_ffi.get_global_func("everything.containers.same_unordered_map")
_same_variant = tvm_ffi.get_global_func("everything.containers.same_variant")
_same_vector = tvm_ffi.get_global_func("everything.containers.same_vector")


def same_any_array(_0: Sequence[Any], /) -> tvm_ffi.Array[Any]:
    return _same_any_array(_0)


def same_array(_0: Sequence[int], /) -> tvm_ffi.Array[int]:
    return _same_array(_0)


def same_dict(_0: Mapping[str, int], /) -> tvm_ffi.Dict[str, int]:
    return _same_dict(_0)


def same_list(_0: Sequence[int], /) -> tvm_ffi.List[int]:
    return _same_list(_0)


def same_map(_0: Mapping[str, int], /) -> tvm_ffi.Map[str, int]:
    return _same_map(_0)


def same_nested(
    _0: Sequence[Mapping[str, Sequence[float]] | None],
    /,
) -> tvm_ffi.Array[tvm_ffi.Map[str, tvm_ffi.Array[float]] | None]:
    return _same_nested(_0)


def same_optional(_0: int | None, /) -> int | None:
    return _same_optional(_0)


def same_std_array(_0: Sequence[int], /) -> tvm_ffi.Array[int]:
    return _same_std_array(_0)


def same_std_map(_0: Mapping[str, int], /) -> tvm_ffi.Map[str, int]:
    return _same_std_map(_0)


def same_std_optional(_0: int | None, /) -> int | None:
    return _same_std_optional(_0)


def same_std_tuple(
    _0: tuple[int, float] | tvm_ffi.Array[int | float],
    /,
) -> tvm_ffi.Array[int | float]:
    return _same_std_tuple(_0)


def same_std_variant(_0: int | str, /) -> int | str:
    return _same_std_variant(_0)


def same_tuple(_0: tuple[int, str] | tvm_ffi.Array[int | str], /) -> tvm_ffi.Array[int | str]:
    return _same_tuple(_0)


def same_unordered_map(_0: Mapping[str, int], /) -> tvm_ffi.Map[str, int]:
    return _same_unordered_map(_0)


def same_variant(_0: int | str, /) -> int | str:
    return _same_variant(_0)


def same_vector(_0: Sequence[int], /) -> tvm_ffi.Array[int]:
    return _same_vector(_0)


from . import deep as deep
