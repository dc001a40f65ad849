"""Who provides the libraries that a wheel needs, never carries, and no system has by itself.

Two copies of them in one process do not work together, or their license or their size rules it out
that a wheel carries one. They come with a package or a driver that the user has, and are found
because they are loaded already. So they do not speak against a `manylinux` tag, as with
`auditwheel repair --exclude`; that they are needed is a finding (ELF021).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ffiwheel.model.binary import Binary

_FILE = re.compile(
    r"(?:lib)?(?P<stem>.+?)(?:(?:32|64)_\d+(?:_\d+)*)?(?:-[0-9a-f]{8,})?"
    r"(?:\.so[\d.]*|\.\d[\d.]*\.dylib|\.dylib|\.dll)?"
)
"""A file name: in it a version that Windows wants, or a hash that a repair tool puts there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A package, a driver or a program that brings libraries."""

    name: str
    """As it is called in a sentence."""
    libraries: tuple[str, ...]
    """Their names without `lib`, version and suffix; a `*` ends what is only a beginning."""
    projects: tuple[str, ...] = ()
    """The projects on PyPI that bring them; `-cu12` and the like may follow. Empty where none does,
    or where every Python has them."""

    def has(self, stem: str) -> bool:
        """Tell whether it brings a library, called by its name in lower case."""
        return any(
            stem.startswith(one[:-1]) if one.endswith("*") else stem == one
            for one in map(str.lower, self.libraries)
        )

    def is_among(self, projects: frozenset[str]) -> bool:
        """Tell whether projects bring its libraries."""
        return any(
            one == project or one.startswith(f"{project}-cu")
            for one in projects
            for project in self.projects
        )


def _nvidia(project: str, *libraries: str) -> Provider:
    """Return a package of NVIDIA's; PyTorch, and what belongs to it, depends on all of them."""
    return Provider(name="the CUDA toolkit", libraries=libraries, projects=(project, "torch"))


RUNTIME = Provider(
    name="apache-tvm-ffi", libraries=("tvm_ffi", "tvm_ffi_testing"), projects=("apache-tvm-ffi",)
)
_BESIDE_RUNTIME = Provider(
    name="apache-tvm-ffi", libraries=("msvcp140",), projects=RUNTIME.projects
)
"""Its wheel for Windows brings `msvcp140.dll`, under that name, and Windows gives a library that is
loaded to everybody who asks for its name. That counts for a library that needs the runtime."""

PYTHON = Provider(
    name="Python",
    libraries=("vcruntime140", "vcruntime140_*", "Python", "PythonT", "python3*", "Python3*"),
)
DRIVER = Provider(name="NVIDIA's driver", libraries=("cuda", "nvcuda", "nvml", "nvidia-*"))
PYTORCH = Provider(
    name="PyTorch",
    libraries=("torch", "torch_*", "c10", "c10_*", "shm"),
    projects=("torch",),
)
TOOLKIT = (
    _nvidia("nvidia-cuda-runtime", "cudart"),
    _nvidia("nvidia-cublas", "cublas", "cublasLt", "nvblas"),
    _nvidia("nvidia-cuda-cupti", "cupti"),
    _nvidia("nvidia-cuda-nvrtc", "nvrtc", "nvrtc-builtins"),
    _nvidia("nvidia-cudnn", "cudnn", "cudnn_*"),
    _nvidia("nvidia-cufft", "cufft", "cufftw"),
    _nvidia("nvidia-cufile", "cufile", "cufile_rdma"),
    _nvidia("nvidia-curand", "curand"),
    _nvidia("nvidia-cusolver", "cusolver", "cusolverMg"),
    _nvidia("nvidia-cusparse", "cusparse"),
    _nvidia("nvidia-cusparselt", "cusparseLt"),
    _nvidia("nvidia-nccl", "nccl"),
    _nvidia("nvidia-npp", "npp*"),
    _nvidia("nvidia-nvfatbin", "nvfatbin"),
    _nvidia("nvidia-nvjitlink", "nvJitLink"),
    _nvidia("nvidia-nvjpeg", "nvjpeg"),
    _nvidia("nvidia-nvshmem", "nvshmem_host"),
    _nvidia("nvidia-nvtx", "nvToolsExt"),
    _nvidia("nvidia-nvvm", "nvvm"),
    _nvidia("tensorrt", "nvinfer", "nvinfer_*", "nvonnxparser"),
)
_ALL = (RUNTIME, PYTHON, DRIVER, PYTORCH, *TOOLKIT)


def find_providers(binaries: Mapping[str, Binary]) -> dict[str, Provider]:
    """Return name of a needed library -> who provides it, of those that a wheel never carries.

    Args:
        binaries: archive path -> facts of each library of the wheel.
    """
    inside = names_inside(binaries)
    return {
        library: provider
        for binary in binaries.values()
        for library in binary.needed
        if name_asked(library) not in inside and (provider := find_provider(library, binary))
    }


def find_provider(library: str, by: Binary | None = None) -> Provider | None:
    """Return who provides a library that is never carried, or None for any other.

    Args:
        library: its name, or a path.
        by: the library that needs it.

    >>> names = ("libcudart.so.12", "@rpath/libtvm_ffi.dylib", "cublasLt64_13.dll", "libz.so.1")
    >>> [one and one.projects[0] for one in map(find_provider, names)]
    ['nvidia-cuda-runtime', 'apache-tvm-ffi', 'nvidia-cublas', None]
    >>> find_provider("libcuda.so.1").name, find_provider("vcruntime140_1.dll").name
    ("NVIDIA's driver", 'Python')
    """
    stem = _stem(library)
    if _BESIDE_RUNTIME.has(stem):
        needs = any(map(is_runtime, by.needed)) if by else False
        return _BESIDE_RUNTIME if needs else None
    return next((one for one in _ALL if one.has(stem)), None)


def is_runtime(library: str) -> bool:
    """Tell whether a library is the one that `apache-tvm-ffi` brings.

    >>> is_runtime("@rpath/libtvm_ffi.dylib"), is_runtime("tvm_ffi.dll"), is_runtime("libtvm.so")
    (True, True, False)
    """
    return _stem(library) == "tvm_ffi"


def list_patterns(binaries: Mapping[str, Binary]) -> tuple[str, ...]:
    """Return the names of what `binaries` must not carry, as the tools that repair want them."""
    needs_runtime = any(is_runtime(name) for one in binaries.values() for name in one.needed)
    providers = (*_ALL, _BESIDE_RUNTIME) if needs_runtime else _ALL
    return tuple(
        pattern for one in providers for stem in one.libraries for pattern in _patterns(stem)
    )


def _patterns(stem: str) -> Iterator[str]:
    """Yield how a library can be called; those of Apple's frameworks have no suffix."""
    yield from (stem, f"lib{stem}.so*", f"lib{stem}.dylib", f"lib{stem}.[0-9]*.dylib")
    yield from (f"{stem}.dll", f"{stem}64_*.dll", f"{stem}32_*.dll")


@lru_cache(maxsize=4096)
def _stem(library: str) -> str:
    """Return what of a name counts.

    >>> _stem("nvrtc-builtins64_124.dll"), _stem("libcudnn_ops-1a2b3c4d.so.9"), _stem("python3.dll")
    ('nvrtc-builtins', 'cudnn_ops', 'python3')
    """
    found = _FILE.fullmatch(file_name(library).lower())
    return found["stem"] if found else library


def file_name(path: str) -> str:
    """Return the last part of a path: Mach-O gives its libraries folders.

    >>> file_name("pkg/liba.so"), file_name("@rpath/a.dylib"), file_name("KERNEL32.dll")
    ('liba.so', 'a.dylib', 'KERNEL32.dll')
    """
    return path.rpartition("/")[2]


def names_inside(binaries: Mapping[str, Binary]) -> dict[str, str]:
    """Return name by which a library of a wheel can be asked for -> its archive path.

    Windows does not tell upper from lower case: names of its libraries are in lower case.
    """
    names: dict[str, str] = {}
    for path, binary in sorted(binaries.items()):
        for name in filter(None, (name_asked(path), name_asked(binary.soname))):
            names.setdefault(name, path)
    return names


def name_asked(library: str) -> str:
    """Return the name by which a loader looks for a library.

    >>> name_asked("@rpath/libtvm_ffi.dylib"), name_asked("KERNEL32.dll")
    ('libtvm_ffi.dylib', 'kernel32.dll')
    """
    name = file_name(library)
    return name.lower() if name.lower().endswith(".dll") else name
