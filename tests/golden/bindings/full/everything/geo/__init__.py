# Made by ffiwheel from what the library registers; do not edit.
"""The package everything.geo."""

from .._ffi_api.geo import Circle as Circle, same_circle as same_circle

__all__ = ["Circle", "same_circle"]
