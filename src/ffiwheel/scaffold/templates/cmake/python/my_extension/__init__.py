"""A C++ extension for Python, built by ffiwheel.

The module ``_ffi_api`` is generated from the C++ sources at build time.
"""

from ._ffi_api import IntPair, add_one, add_two, apply_twice, divide, scale

__all__ = ["IntPair", "add_one", "add_two", "apply_twice", "divide", "scale"]
