"""A package whose bindings exist only after the build."""

from ._ffi_api import Counter, greet

__all__ = ["Counter", "greet"]
