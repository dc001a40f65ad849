"""Compiles the library ``setuptools_extension/_native.so``."""

from __future__ import annotations

from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from tvm_ffi import libinfo


class BuildLibrary(build_ext):
    """Builds a plain shared library where setuptools would build a Python module."""

    def get_ext_filename(self, ext_name: str) -> str:
        """Name the file without the tag of a Python ABI."""
        return str(Path(*ext_name.split("."))) + ".so"

    def get_export_symbols(self, ext: Extension) -> list[str]:
        """Export no ``PyInit_*``."""
        return ext.export_symbols


setup(
    cmdclass={"build_ext": BuildLibrary},
    ext_modules=[
        Extension(
            "setuptools_extension._native",
            sources=["src/native.cc"],
            include_dirs=libinfo.include_paths(),
            library_dirs=[str(Path(libinfo.find_libtvm_ffi()).parent)],
            libraries=["tvm_ffi"],
            extra_compile_args=["-std=c++17"],
            language="c++",
        )
    ],
)
