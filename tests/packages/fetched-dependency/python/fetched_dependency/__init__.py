"""A package that contains a library from elsewhere."""

from ._ffi_api import adler32

__all__ = ["adler32"]
