"""A package that loads its library by path, without generated bindings."""

from pathlib import Path

import tvm_ffi

LIB = tvm_ffi.load_module(str(Path(__file__).parent / "_native.so"))

add_two = LIB.add_two
reverse = tvm_ffi.get_global_func("setuptools_extension.reverse")

__all__ = ["LIB", "add_two", "reverse"]
