"""Where the loader finds a library that is needed and does not lie in the wheel.

What a `manylinux` tag promises is auditwheel's table; macOS says it by the folder; what Windows has
is delvewheel's list.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from auditwheel.architecture import Architecture
from auditwheel.libc import Libc
from auditwheel.policy import WheelPolicies

from ffiwheel.audit.platform.macos import SYSTEM
from ffiwheel.audit.platform.value import file_name, is_runtime
from ffiwheel.audit.platform.windows import OF_PYTHON, is_of_windows
from ffiwheel.model.binary import Format
from ffiwheel.model.picture import Origin

if TYPE_CHECKING:
    from ffiwheel.model.binary import Binary

_CUDA = re.compile(
    r"(lib)?(cu(da|dart|blas|blaslt|dnn|fft|fftw|file|rand|solver|solvermg|sparse|pti)|nccl|nvcuda"
    r"|nvrtc|nvjitlink|nvtoolsext|nvvm|nvidia-ml|nvml|nvshmem)(_\w+)?([_\d]*)[.-].*"
)
_PYTHON = re.compile(r"libpython3?[\d.]*t?\.(so|dylib).*|python3\d*t?\.dll|Python|Python3|PythonT")
_LOADER = re.compile(r"ld(64|-linux[\w-]*|-musl-\w+)?\.so.*|libc\.musl-\w+\.so\.1")


def find_origin(library: str, binary: Binary) -> Origin:
    """Return where the loader finds a library.

    Args:
        library: the name it is asked by.
        binary: the library that asks.

    >>> from ffiwheel.model.binary import Binary, Format
    >>> windows = Binary(arch="amd64", format=Format.PE)
    >>> [find_origin(name, windows).name for name in ("KERNEL32.dll", "tvm_ffi.dll", "mine.dll")]
    ['SYSTEM', 'RUNTIME', 'MISSING']
    """
    name = file_name(library)
    if is_runtime(library):
        return Origin.RUNTIME
    if _CUDA.fullmatch(name.lower()):
        return Origin.CUDA
    if _PYTHON.fullmatch(name) or name.lower() in OF_PYTHON:
        return Origin.PYTHON
    return Origin.SYSTEM if _is_of_system(library, binary) else Origin.MISSING


def _is_of_system(library: str, binary: Binary) -> bool:
    if binary.format is Format.MACHO:
        return library.startswith(SYSTEM)
    if binary.format is Format.PE:
        return is_of_windows(library, binary.arch)
    return bool(_LOADER.fullmatch(library)) or library in _promised(binary.arch)


@lru_cache
def _promised(arch: str) -> frozenset[str]:
    """Return the libraries that every system with glibc has."""
    try:
        policies = WheelPolicies(libc=Libc.GLIBC, arch=Architecture(arch))
    except ValueError:
        return frozenset()
    return frozenset(name for policy in policies for name in policy.whitelist)
