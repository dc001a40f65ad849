"""Rules on linking: what a library loads, where it looks, and what the loader has to do."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from ffiwheel.audit.rule import Remark, rule
from ffiwheel.audit.subject import RUNTIME
from ffiwheel.model.binary import Format
from ffiwheel.model.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ffiwheel.audit.subject import Subject

_RUNTIME = re.compile(r"(lib)?tvm_ffi(-[0-9a-f]+)?\.(so|dylib|dll)")
_CUDA = re.compile(
    r"(lib)?(cudart|cublas|cublaslt|cudnn\w*|cufft|cufftw|curand|cusolver|cusolvermg|cusparse|nccl"
    r"|nvrtc|nvrtc-builtins|nvjitlink|nvvm|cupti|nvtoolsext)(64|32)?(_\d+)*(-[0-9a-f]{8,})?\.[\w.]+"
)
_DRIVER = re.compile(r"(lib)?(cuda|nvcuda|nvidia-ml|nvml)(-[0-9a-f]{8,})?\.(so|dll)[\w.]*")
_CXX = re.compile(r"lib(stdc\+\+|gcc_s|c\+\+|c\+\+abi)(-[0-9a-f]{8,})?\.(so|[\d.]*dylib)[\w.]*")
_RELATIVE = ("$ORIGIN", "${ORIGIN}", "@loader_path", "@executable_path", "@rpath")
_OWN_FOLDER = ("$ORIGIN", "${ORIGIN}", "@loader_path")


def _file(path: str) -> str:
    return path.rpartition("/")[2]


@rule("ELF001 runtime-inside", Severity.ERROR)
def check_runtime_outside(subject: Subject) -> Iterator[Remark]:
    """Find a second TVM-FFI runtime."""
    for path in subject.binaries if subject.is_wheel and not subject.is_runtime else ():
        if _RUNTIME.match(_file(path)):
            yield Remark(
                path,
                "two copies of the TVM-FFI runtime do not see each other's objects",
                f"do not install `{_file(path)}`; `apache-tvm-ffi` brings it",
            )


@rule("ELF003 binds-lazily", Severity.WARNING)
def check_binds_now(subject: Subject) -> Iterator[Remark]:
    """Find extensions in which a symbol that the runtime lacks would end the interpreter."""
    for path, binary in subject.extensions.items():
        if not binary.binds_now:
            yield Remark(
                path,
                "a missing symbol is found at the first call and ends the interpreter",
                "link with `-Wl,-z,now`"
                if binary.format is Format.ELF
                else "link with `-Wl,-bind_at_load`",
            )


@rule("ELF006 absolute-runpath", Severity.WARNING)
def check_runpath(subject: Subject) -> Iterator[Remark]:
    """Find folders of the build machine that are searched on the user's."""
    for path, binary in subject.binaries.items():
        absolute = [folder for folder in binary.runpaths if not folder.startswith(_RELATIVE)]
        if absolute:
            yield Remark(
                path,
                f"the loader will search `{absolute[0]}` on the user's machine",
                "take `-rpath` out of the link flags, or let it begin with `$ORIGIN`"
                if binary.format is Format.ELF
                else "take `-rpath` out of the link flags, or let it begin with `@loader_path`",
            )


@rule("ELF009 runpath-leaves", Severity.WARNING)
def check_runpath_inside(subject: Subject) -> Iterator[Remark]:
    """Find relative folders that lie outside of where packages are installed."""
    for path, binary in subject.binaries.items():
        for folder in binary.runpaths if subject.is_wheel else ():
            start = next((sign for sign in _OWN_FOLDER if folder.startswith(sign)), None)
            own = posixpath.dirname(_installed(path))
            if start and posixpath.normpath(own + folder[len(start) :]).startswith(".."):
                yield Remark(
                    path,
                    f"the loader will search `{folder}`, outside of the installed packages",
                    "point it at a folder of this package, or of one that it depends on",
                )


def _installed(path: str) -> str:
    """Return where a file is installed, relative to the folder of all packages.

    >>> _installed("p-1.data/platlib/p/a.so"), _installed("p/a.so")
    ('p/a.so', 'p/a.so')
    """
    top, _, rest = path.partition("/")
    return rest.partition("/")[2] if top.endswith(".data") else path


@rule("ELF010 cuda-inside", Severity.WARNING)
def check_cuda_outside(subject: Subject) -> Iterator[Remark]:
    """Find copies of CUDA's libraries, and of the driver."""
    for path in subject.binaries if subject.is_wheel else ():
        name = _file(path).lower()
        if _DRIVER.fullmatch(name):
            message = "it is a part of the graphics driver, and fits one driver only"
            yield Remark(path, message, "leave it out: it comes with the driver", Severity.ERROR)
        elif _CUDA.fullmatch(name):
            yield Remark(
                path,
                "it is a copy of a CUDA library: large, and a second one beside PyTorch's",
                "leave it out, and depend on NVIDIA's package that has it,"
                " such as `nvidia-cuda-runtime`",
            )


@rule("ELF011 cxx-runtime-inside", Severity.WARNING)
def check_cxx_outside(subject: Subject) -> Iterator[Remark]:
    """Find copies of the C++ runtime."""
    for path in subject.binaries if subject.is_wheel else ():
        if _CXX.fullmatch(_file(path)):
            yield Remark(
                path,
                "it is a copy of the C++ runtime; whichever is loaded first serves all libraries",
                "leave it out: the tag promises that the system has one",
            )


@rule("ELF012 library-missing", Severity.WARNING)
def check_needed(subject: Subject) -> Iterator[Remark]:
    """Find libraries that neither the system nor the wheel brings.

    A plain `linux` tag promises nothing (WHL002), and CUDA has rules of its own.
    """
    if any(tag.startswith("linux_") for tag in subject.platform_tags) and subject.is_wheel:
        return
    for text in subject.platform.missing:
        what, _, help_ = text.partition(": ")
        name = _file(what.partition(" needs ")[2].partition(",")[0])
        if not _CUDA.fullmatch(name.lower()) and not _DRIVER.fullmatch(name.lower()):
            alone = subject.is_wheel and not any(map(_may_bring, subject.required))
            yield Remark(subject.file_name, what, help_, Severity.ERROR if alone else None)


def _may_bring(project: str) -> bool:
    """Tell whether a dependency may have libraries that others link with."""
    return project not in {RUNTIME, "numpy", "typing-extensions"}


@rule("ELF013 executable-stack", Severity.ERROR)
def check_stack(subject: Subject) -> Iterator[Remark]:
    """Find libraries that make the stack executable."""
    for path, binary in subject.binaries.items():
        if binary.executable_stack:
            yield Remark(
                path,
                "it asks for an executable stack, and glibc 2.41 refuses to load it",
                "link with `-Wl,-z,noexecstack`; the cause is an assembler file without\n"
                '`.section .note.GNU-stack,"",@progbits`',
            )


@rule("ELF014 no-relro", Severity.WARNING)
def check_relro(subject: Subject) -> Iterator[Remark]:
    """Find libraries whose tables of addresses stay writable."""
    for path, binary in subject.binaries.items():
        if binary.format is Format.ELF and not binary.relro:
            message = "what the loader fills in stays writable"
            yield Remark(path, message, "link with `-Wl,-z,relro,-z,now`")


@rule("ELF015 text-relocations", Severity.ERROR)
def check_text_relocations(subject: Subject) -> Iterator[Remark]:
    """Find libraries whose code has to be changed while they are loaded."""
    for path, binary in subject.binaries.items():
        if binary.text_relocations:
            yield Remark(
                path,
                "the loader must write into its code, which musl and SELinux refuse",
                "compile everything that goes into it with `-fPIC`",
            )


@rule("MAC001 absolute-install-name", Severity.NOTE)
def check_install_name(subject: Subject) -> Iterator[Remark]:
    """Find libraries that are called by a path of the build machine."""
    for path, binary in subject.binaries.items():
        if binary.format is Format.MACHO and binary.soname.startswith("/"):
            yield Remark(
                path,
                f"its install name is `{binary.soname}`, a path of the machine that built it",
                f"link with `-install_name @rpath/{_file(path)}`",
            )


@rule("MAC002 signature-broken", Severity.ERROR)
def check_signature(subject: Subject) -> Iterator[Remark]:
    """Find libraries that were changed after they were signed."""
    for path, binary in subject.binaries.items():
        if binary.format is Format.MACHO and binary.signature == "invalid":
            yield Remark(
                path,
                "its signature does not fit: macOS ends the process that loads it",
                "sign it anew: `codesign --force --sign - FILE`, or `ffiwheel repair`",
            )
        elif binary.format is Format.MACHO and not binary.signature and "arm64" in binary.arch:
            yield Remark(
                path,
                "it is not signed, and macOS on arm64 loads nothing that is not",
                "sign it: `codesign --sign - FILE`, or `ffiwheel repair`",
            )


@rule("WIN001 debug-runtime", Severity.ERROR)
def check_debug_runtime(subject: Subject) -> Iterator[Remark]:
    """Find libraries that need a C runtime which only Visual Studio has."""
    for path, binary in subject.binaries.items():
        if binary.format is Format.PE:
            for name in binary.needed:
                if re.fullmatch(r"(msvcp|vcruntime|ucrtbase|concrt)\w*d\.dll", name.lower()):
                    yield Remark(
                        path,
                        f"it needs `{name}`, which only machines with Visual Studio have",
                        "build it in the configuration Release (`/MD`, not `/MDd`)",
                    )


RULES = (
    check_runtime_outside,
    check_binds_now,
    check_runpath,
    check_runpath_inside,
    check_cuda_outside,
    check_cxx_outside,
    check_needed,
    check_stack,
    check_relro,
    check_text_relocations,
    check_install_name,
    check_signature,
    check_debug_runtime,
)
