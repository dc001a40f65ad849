"""Who provides the libraries that a wheel needs and does not carry.

What every system of a kind has is listed by the projects that know: auditwheel's policies for
Linux, delvewheel's list for Windows, Apple's two folders for macOS. Besides that, some libraries
must never be carried, because two copies in one process do not work together, or because their
license or their size rules it out. They come with a package or a driver that the user has.
"""

from __future__ import annotations

import fnmatch
from functools import lru_cache
from typing import TYPE_CHECKING

from auditwheel.architecture import Architecture
from auditwheel.libc import Libc
from auditwheel.policy import WheelPolicies
from delvewheel import _dll_list as windows

from ffiwheel.model.binary import Format

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ffiwheel.model.binary import Binary

RUNTIME = "apache-tvm-ffi"
"""Who provides `libtvm_ffi`. Its wheel for Windows also brings `msvcp140.dll`, under that name, and
Windows gives a library that is loaded to everybody who asks for its name."""

PYTHON = "Python"

_TOOLKIT = (
    *("cudart", "cublas", "cublaslt", "cudnn", "cufft", "cufftw", "cufile", "cupti", "curand"),
    *("cusolver", "cusolvermg", "cusparse", "cusparselt", "nccl", "nvblas", "nvfatbin"),
    *("nvinfer", "nvjitlink", "nvjpeg", "nvrtc", "nvrtc-builtins", "nvshmem_host", "nvtoolsext"),
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
_LOADERS = ("ld-linux*", "ld64.so*", "ld-musl-*", "libc.musl-*")
_APPLE = ("/usr/lib/", "/System/")


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
        if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns):
            return provider
    return ""


def base_name(library: str) -> str:
    """Return a library's name without the folder that Mach-O gives it."""
    return library.rpartition("/")[2]


def is_system(library: str, binary: Binary) -> bool:
    """Tell whether every system that `binary` is for has a library."""
    if binary.format is Format.MACHO:
        return library.startswith(_APPLE)
    if binary.format is Format.PE:
        return _is_windows(library.lower(), binary.arch)
    names = list_linux(binary.arch, is_musl=is_musl(binary))
    return library in names or any(fnmatch.fnmatchcase(library, one) for one in _LOADERS)


def is_musl(binary: Binary) -> bool:
    """Tell whether a library is for systems with musl."""
    return any(name == "libc.so" or name.startswith("libc.musl-") for name in binary.needed)


@lru_cache
def list_linux(arch: str, *, is_musl: bool) -> frozenset[str]:
    """Return the libraries that one of the tags for Linux promises."""
    try:
        architecture = Architecture(arch)
    except ValueError:
        return frozenset()
    if is_musl:
        policies = WheelPolicies(libc=Libc.MUSL, arch=architecture, musl_policy="musllinux_1_2")
    else:
        policies = WheelPolicies(libc=Libc.GLIBC, arch=architecture)
    return frozenset(name for policy in policies for name in policy.whitelist)


def _is_windows(name: str, arch: str) -> bool:
    machine = windows.MachineType.platform_tag_to_type(f"win_{arch}" if arch != "win32" else arch)
    return name in windows.ignore_names.get(machine, ()) or any(
        pattern.fullmatch(name) for pattern in windows.ignore_regexes
    )
