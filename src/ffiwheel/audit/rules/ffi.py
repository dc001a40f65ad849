"""Rules on how a library uses TVM-FFI, and on the names that it registers."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from ffiwheel.audit.rule import Remark, rule
from ffiwheel.audit.rules.symbols import is_runtime_symbol
from ffiwheel.model.binary import Format
from ffiwheel.model.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ffiwheel.audit.subject import Subject
    from ffiwheel.model.binary import Binary

_SHOWN = 3
_OF_RUNTIME = frozenset({"ffi", "tvm_ffi"})
"""The namespaces of the TVM-FFI runtime, whose functions and types every extension names."""
_OF_HEADERS = "Error@ffi@tvm@@"
"""In names by MSVC: the one class whose members the headers themselves take from the runtime."""


def runtime_symbols(binary: Binary, inside: frozenset[str]) -> tuple[str, ...]:
    """Return the C++ symbols that a library takes from the runtime.

    Args:
        binary: the library.
        inside: what the other libraries of the wheel export.
    """
    return tuple(
        one.name
        for one in binary.imports
        if is_runtime_symbol(one.name) and not one.weak and one.name not in inside
    )


def exported(subject: Subject) -> frozenset[str]:
    """Return every symbol that a library of the wheel exports."""
    return frozenset(name for binary in subject.binaries.values() for name in binary.exports)


def has_own_cxx_runtime(binary: Binary) -> bool:
    """Tell whether exceptions in the library are libc++'s, linked into it, as zig does it.

    zig names itself nowhere. What it compiles says clang, never GCC, and needs no C++ library; on
    macOS everybody else's does. g++ with `-static-libstdc++` unwinds through the system's libgcc.
    """
    if any("stdc++" in name or "c++." in name for name in binary.needed):
        return False
    if binary.format is Format.ELF:
        said = " ".join(binary.compilers)
        return "clang" in said and "GCC" not in said
    return binary.format is Format.MACHO


@rule("FFI020 cxx-symbols", Severity.WARNING)
def check_cxx_symbols(subject: Subject) -> Iterator[Remark]:
    """Find C++ symbols that are taken from the runtime, whose C++ interface is not stable."""
    inside = exported(subject)
    for path, binary in subject.extensions.items():
        taken = tuple(one for one in runtime_symbols(binary, inside) if _OF_HEADERS not in one)
        if taken and not has_own_cxx_runtime(binary):
            yield Remark(
                path,
                f"it takes {len(taken)} C++ symbol{'s' * (len(taken) > 1)} from the TVM-FFI"
                f" runtime: {_listed(taken)}",
                "only the C functions `TVMFFI*` stay from release to release; call what the\n"
                "library registers through `tvm::ffi::Function::GetGlobal` instead",
            )


@rule("FFI021 unwinds-across", Severity.ERROR)
def check_unwinding(subject: Subject) -> Iterator[Remark]:
    """Find libraries with an own C++ runtime that call C++ functions of the TVM-FFI runtime."""
    inside = exported(subject)
    for path, binary in subject.extensions.items():
        taken = runtime_symbols(binary, inside)
        if taken and has_own_cxx_runtime(binary):
            yield Remark(
                path,
                f"it has a C++ runtime of its own, as zig links it, and takes {_listed(taken)} from"
                " the TVM-FFI runtime; an exception from there ends the process",
                "call it through the C ABI (`tvm::ffi::Function::GetGlobal`), or build with g++",
            )


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(f"`{name}`" for name in names[:_SHOWN]) + more


@rule("FFI022 headers-unknown", Severity.NOTE)
def check_header_version(subject: Subject) -> Iterator[Remark]:
    """Find extensions that do not say which headers they were compiled with."""
    for path, binary in subject.extensions.items() if not subject.is_runtime else ():
        if not binary.header_version:
            yield Remark(
                path,
                "it does not say which TVM-FFI headers it was compiled with, so only its symbols"
                " tell which releases it runs on",
                "a build by ffiwheel records them",
            )


@rule("FFI023 foreign-names", Severity.WARNING)
def check_prefix(subject: Subject) -> Iterator[Remark]:
    """Find names that are registered outside of the package's namespace.

    Without a description of the API, texts in the library that look like such names are all there
    is to go by: one of xgrammar's in three is none.
    """
    if not subject.is_wheel or subject.is_runtime:
        return
    own = _own_namespaces(subject)
    if subject.api is not None:
        foreign = _foreign(subject.api.names, own)
        if foreign:
            yield Remark(
                subject.file_name,
                f"its libraries register {_listed(foreign)}: another package may do the same,"
                " and then the process ends while the second is imported",
                f"let every name begin with the package's: `{min(own)}.`",
            )
        return
    for path, binary in subject.extensions.items():
        foreign = _foreign(binary.names, own | _OF_RUNTIME)
        if foreign and not binary.uses_python:
            yield Remark(
                path,
                f"it has {_listed(foreign)}; if these are names that it registers, another package"
                " may do the same",
                f"let every registered name begin with the package's: `{min(own)}.`",
                Severity.NOTE,
            )


def _own_namespaces(subject: Subject) -> frozenset[str]:
    project = canonicalize_name(str(subject.headers["Name"] or "")).replace("-", "_")
    return frozenset({*subject.packages, *subject.prefixes, project})


def _foreign(names: Iterable[str], own: frozenset[str]) -> tuple[str, ...]:
    """Return the names that are in none of the namespaces `own`."""
    starts = tuple(f"{prefix}." for prefix in own)
    return tuple(name for name in names if name not in own and not name.startswith(starts))


@rule("FFI024 registered-twice", Severity.WARNING)
def check_twice(subject: Subject) -> Iterator[Remark]:
    """Find libraries of one wheel that register the same names.

    Names in two libraries may also be one that registers and one that looks up. Where the wheel has
    a description of its API, all libraries were loaded to make it, and that would have failed.
    """
    same: defaultdict[str, list[str]] = defaultdict(list)
    for path in subject.extensions:
        same[subject.digests.get(path, path)].append(path)
    for paths in same.values():
        if len(paths) > 1:
            yield Remark(
                paths[1],
                f"it is the same library as `{paths[0]}`; whoever loads both ends the process",
                "install it once",
                Severity.ERROR,
            )
    if subject.api is None:
        yield from _common_names(subject, {paths[0] for paths in same.values()})


def _common_names(subject: Subject, paths: set[str]) -> Iterator[Remark]:
    owners: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted(paths):
        for name in subject.extensions[path].names:
            if name.partition(".")[0] in subject.packages:
                owners[name].append(path)
    pairs: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for name, found in owners.items():
        if len(found) > 1:
            pairs[tuple(found)].append(name)
    for both, names in pairs.items():
        yield Remark(
            both[1],
            f"it has the name{'s' * (len(names) > 1)} {_listed(tuple(names))} in common with"
            f" `{both[0]}`; if both register it, the process ends",
            "register each name in one library only",
        )


RULES = (check_cxx_symbols, check_unwinding, check_header_version, check_prefix, check_twice)
