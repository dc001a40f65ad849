"""A package built by CMake and typed by ffiwheel."""

from ._ffi_api import evaluate

__all__ = ["evaluate"]
