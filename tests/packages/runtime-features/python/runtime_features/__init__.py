"""A package whose functions raise, call back and share memory."""

from ._ffi_api import (
    caught_message,
    data_pointer,
    identity,
    increment,
    raise_key_error,
    raise_runtime_error,
    raise_std_exception,
    raise_type_error,
    raise_value_error,
    sum_of,
)

__all__ = [
    "caught_message",
    "data_pointer",
    "identity",
    "increment",
    "raise_key_error",
    "raise_runtime_error",
    "raise_std_exception",
    "raise_type_error",
    "raise_value_error",
    "sum_of",
]
