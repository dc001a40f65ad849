"""A package of two shared libraries: the extension, and the one that it is linked to."""

from ._ffi_api import gcd

__all__ = ["gcd"]
