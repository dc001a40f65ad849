# Made by ffiwheel from what the library registers; do not edit.
"""The package everything.containers."""

from .._ffi_api.containers import (
    same_any_array as same_any_array,
    same_array as same_array,
    same_dict as same_dict,
    same_list as same_list,
    same_map as same_map,
    same_nested as same_nested,
    same_optional as same_optional,
    same_std_array as same_std_array,
    same_std_map as same_std_map,
    same_std_optional as same_std_optional,
    same_std_tuple as same_std_tuple,
    same_std_variant as same_std_variant,
    same_tuple as same_tuple,
    same_unordered_map as same_unordered_map,
    same_variant as same_variant,
    same_vector as same_vector,
)

from . import deep as deep

__all__ = [
    "deep",
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
