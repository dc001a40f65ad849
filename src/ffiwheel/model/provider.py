"""Who provides the libraries that a wheel needs, never carries, and no system has by itself.

Two copies of them in one process do not work together, or their license or their size rules it out
that a wheel carries one. They come with a package or a driver that the user has.
"""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

RUNTIME = "apache-tvm-ffi"
"""Who provides `libtvm_ffi`. Its wheel for Windows also brings `msvcp140.dll`, under that name, and
Windows gives a library that is loaded to everybody who asks for its name."""

PYTHON = "Python"

_TOOLKIT = (
    *("cudart", "cublas", "cublasLt", "cudnn", "cufft", "cufftw", "cufile", "cupti", "curand"),
    *("cusolver", "cusolverMg", "cusparse", "cusparseLt", "nccl", "nvblas", "nvfatbin"),
    *("nvinfer", "nvJitLink", "nvjpeg", "nvrtc", "nvrtc-builtins", "nvshmem_host", "nvToolsExt"),
)
_PROVIDED: Mapping[str, tuple[str, ...]] = {
    RUNTIME: ("libtvm_ffi*", "tvm_ffi*.dll", "msvcp140.dll"),
    PYTHON: ("vcruntime140*.dll", "python3*.dll"),
    "NVIDIA's driver": ("libcuda.so*", "libnvidia-*", "nvcuda.dll", "nvml.dll"),
    "the CUDA toolkit": (
        *(f"lib{name}.so*" for name in _TOOLKIT),
        *(f"{name}64_*.dll" for name in _TOOLKIT),
        *("libcudnn_*", "cudnn_*.dll", "libnpp*.so*", "npp*.dll"),
    ),
    "PyTorch": ("libtorch*", "libc10*", "torch*.dll", "c10*.dll"),
}


def list_provided(extra: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the patterns of all names that are never carried, with those of the user."""
    return (*(pattern for patterns in _PROVIDED.values() for pattern in patterns), *extra)


def find_provider(library: str) -> str:
    """Return who provides a library that is never carried; empty for any other.

    >>> find_provider("libcudart.so.12"), find_provider("@rpath/libtvm_ffi.dylib")
    ('the CUDA toolkit', 'apache-tvm-ffi')
    >>> find_provider("libcublasLt.so.13"), find_provider("libz.so.1")
    ('the CUDA toolkit', '')
    """
    name = base_name(library).lower()
    for provider, patterns in _PROVIDED.items():
        if any(fnmatch.fnmatchcase(name, pattern.lower()) for pattern in patterns):
            return provider
    return ""


def base_name(library: str) -> str:
    """Return a library's name without the folder that Mach-O gives it."""
    return library.rpartition("/")[2]
