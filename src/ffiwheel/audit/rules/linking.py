"""Rules on linking: what a library loads, where it looks, and what the loader has to do."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from ffiwheel.audit.rule import Remark, rule
from ffiwheel.model.binary import Format
from ffiwheel.model.finding import Severity
from ffiwheel.model.provider import (
    DRIVER,
    PYTORCH,
    RUNTIME,
    TOOLKIT,
    file_name,
    find_provider,
    find_providers,
    is_runtime,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ffiwheel.audit.subject import Subject
    from ffiwheel.model.provider import Provider

_CXX = re.compile(r"lib(stdc\+\+|gcc_s|c\+\+|c\+\+abi)(-[0-9a-f]{8,})?\.(so|[\d.]*dylib)[\w.]*")
_DELOCATED = "/DLC/"
"""How delocate calls what it puts into a wheel, so that no two libraries have one name."""
_RELATIVE = ("$ORIGIN", "${ORIGIN}", "@loader_path", "@executable_path", "@rpath")
_OWN_FOLDER = ("$ORIGIN", "${ORIGIN}", "@loader_path")


@rule("ELF001 runtime-inside", Severity.ERROR)
def check_runtime_outside(subject: Subject) -> Iterator[Remark]:
    """Find a second TVM-FFI runtime."""
    for path in subject.binaries if subject.is_wheel and not subject.is_runtime else ():
        if is_runtime(path):
            yield Remark(
                path,
                "two copies of the TVM-FFI runtime do not see each other's objects",
                f"do not install `{file_name(path)}`; `apache-tvm-ffi` brings it",
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
    """Find copies of CUDA's libraries, and of the driver, in wheels of others than NVIDIA."""
    for path in subject.binaries if subject.is_wheel else ():
        provider = find_provider(path)
        if provider is DRIVER:
            message = "it is a part of the graphics driver, and fits one driver only"
            yield Remark(path, message, "leave it out: it comes with the driver", Severity.ERROR)
        elif provider in TOOLKIT and not provider.is_among(frozenset({subject.name})):
            yield Remark(
                path,
                "it is a copy of a CUDA library: large, and a second one beside PyTorch's",
                f"leave it out, and depend on NVIDIA's package that has it: {_packages(provider)}",
            )


def _packages(provider: Provider) -> str:
    """Return how to depend on what brings a library.

    >>> _packages(PYTORCH), _packages(TOOLKIT[0])
    ('`torch`', '`nvidia-cuda-runtime` (for CUDA 12 with `-cu12`)')
    """
    project = provider.projects[0]
    return f"`{project}`" + (" (for CUDA 12 with `-cu12`)" if provider in TOOLKIT else "")


@rule("ELF011 cxx-runtime-inside", Severity.WARNING)
def check_cxx_outside(subject: Subject) -> Iterator[Remark]:
    """Find copies of the C++ runtime."""
    for path in subject.binaries if subject.is_wheel else ():
        if _CXX.fullmatch(file_name(path)):
            yield Remark(
                path,
                "it is a copy of the C++ runtime; whichever is loaded first serves all libraries",
                "leave it out: the tag promises that the system has one",
            )


@rule("ELF012 library-missing", Severity.WARNING)
def check_needed(subject: Subject) -> Iterator[Remark]:
    """Find libraries that neither the system, nor the wheel, nor a known package brings.

    A plain `linux` tag promises nothing (WHL002).
    """
    if any(tag.startswith("linux_") for tag in subject.platform_tags) and subject.is_wheel:
        return
    alone = subject.is_wheel and not any(map(_may_bring, subject.required))
    for reason in subject.platform.missing:
        if {reason.library, file_name(reason.library)} & {*subject.outside}:
            continue
        if alone:
            yield Remark(reason.path, reason.text, reason.help, Severity.ERROR)
        else:
            hint = f"{reason.help};\nor let a dependency bring it, and load that one first"
            yield Remark(reason.path, reason.text, hint)


def _may_bring(project: str) -> bool:
    """Tell whether a dependency may have libraries that others link with."""
    return project not in {*RUNTIME.projects, "numpy", "typing-extensions"}


@rule("ELF021 provided-outside", Severity.WARNING)
def check_provided(subject: Subject) -> Iterator[Remark]:
    """Find libraries of CUDA and PyTorch that have to be on the user's machine.

    The driver has a rule of its own (CUDA004), and so has the TVM-FFI runtime (WHL005).
    """
    needed: dict[Provider, list[str]] = {}
    for library, provider in find_providers(subject.binaries).items() if subject.is_wheel else ():
        if provider in (PYTORCH, *TOOLKIT):
            needed.setdefault(provider, []).append(f"`{file_name(library)}`")
    if PYTORCH in needed:  # it brings the others
        needed = {PYTORCH: needed[PYTORCH]}
    for provider, libraries in needed.items():
        names = ", ".join(sorted(libraries))
        if provider.is_among(subject.required | {subject.name}):
            yield Remark(
                subject.file_name,
                f"it needs {names} of {provider.name}, which a dependency brings",
                "load that package first: its libraries are found because they are loaded",
                Severity.NOTE,
            )
        else:
            yield Remark(
                subject.file_name,
                f"it needs {names} of {provider.name}, and no dependency brings it",
                f"depend on {_packages(provider)}, and load it first"
                + (_STATIC if provider is TOOLKIT[0] else ""),
            )


_STATIC = ";\nor link the CUDA runtime statically: `--cudart=static`"


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
        is_absolute = binary.soname.startswith("/") and not binary.soname.startswith(_DELOCATED)
        if binary.format is Format.MACHO and is_absolute:
            yield Remark(
                path,
                f"its install name is `{binary.soname}`, a path of the machine that built it",
                f"link with `-install_name @rpath/{file_name(path)}`",
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
    check_provided,
    check_stack,
    check_relro,
    check_text_relocations,
    check_install_name,
    check_signature,
    check_debug_runtime,
)
