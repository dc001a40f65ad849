# Made by ffiwheel from what the library registers; do not edit.
"""The package everything.containers.deep."""

from ..._ffi_api.containers.deep import total as total

__all__ = ["total"]
