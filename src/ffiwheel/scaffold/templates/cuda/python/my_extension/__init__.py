"""A CUDA extension for Python, built by ffiwheel.

The module ``_ffi_api`` is generated from the C++ sources at build time.
"""

from ._ffi_api import add

__all__ = ["add"]
