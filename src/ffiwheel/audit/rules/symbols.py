"""Rules on symbols: what leaves a library and can meet another's."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from ffiwheel.audit.rule import Remark, rule
from ffiwheel.model.binary import Format
from ffiwheel.model.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ffiwheel.audit.subject import Subject
    from ffiwheel.model.binary import Binary

_ITANIUM = re.compile(r"_Z(T[ISVT]|T[hv]n?\d+_(n?\d+_)?|G[VR]|Z)*N[KVrRO]*3tvm3ffi")
_MSVC = re.compile(r"\?+[\w$]+@(\w+@)*ffi@tvm@@")
_ALWAYS = ("__tvm_ffi_*", "PyInit_*", "_init", "_fini", "__dso_handle", "_mh_dylib_header")
"""What has to leave an extension, and what linkers add by themselves."""


@rule("ELF004 exports-too-much", Severity.WARNING)
def check_exports(subject: Subject) -> Iterator[Remark]:
    """Find C++ symbols that leave a library and can meet another library's."""
    allowed = (*_ALWAYS, *subject.exports)
    for path, binary in subject.extensions.items():
        extra = [
            name
            for name in binary.exports
            if not name.startswith("__tvm_ffi_")
            and not any(fnmatchcase(name, pattern) for pattern in allowed)
        ]
        if extra:
            yield Remark(
                path,
                f"it exports {_count(extra)} besides `__tvm_ffi_*`,"
                f" such as `{extra[0]}`{_dangers(binary, frozenset(extra))}",
                "declare with `__declspec(dllexport)` only what has to leave the library"
                if binary.format is Format.PE
                else "compile with `-fvisibility=hidden`; with `tvm_ffi_configure_target`\n"
                "`exports = []` in `[tool.ffiwheel]` is enough",
            )


def _count(names: Sequence[str]) -> str:
    return f"{len(names)} symbol{'' if len(names) == 1 else 's'}"


def _dangers(binary: Binary, extra: frozenset[str]) -> str:
    """Return how many of the symbols another library's may replace."""
    weak = len(extra.intersection(binary.weak_exports))
    shared = len([name for name in extra if is_runtime_symbol(name)])
    parts = [f"{weak} of them weak"] if weak else []
    parts += [f"{shared} of `tvm::ffi`"] if shared else []
    return f"; {', '.join(parts)}" if parts else ""


def is_runtime_symbol(name: str) -> bool:
    """Tell whether a mangled C++ name is of the namespace `tvm::ffi`.

    Itanium: https://itanium-cxx-abi.github.io/cxx-abi/abi.html#mangling. MSVC writes a name's
    parts from the inside out.

    >>> is_runtime_symbol("_ZTIN3tvm3ffi5ErrorE"), is_runtime_symbol("?Parse@json@ffi@tvm@@YAXXZ")
    (True, True)
    >>> is_runtime_symbol("_ZN3pkg3addERKN3tvm3ffi3AnyE")
    False
    """
    return bool(_ITANIUM.match(name)) or (name.startswith("?") and bool(_MSVC.match(name)))


@rule("ELF005 unique-symbols", Severity.WARNING)
def check_unique(subject: Subject) -> Iterator[Remark]:
    """Find variables that are shared with every library that has the same name."""
    for path, binary in subject.extensions.items():
        if binary.unique_exports:
            yield Remark(
                path,
                "it exports STB_GNU_UNIQUE symbols, which two extensions would share",
                "compile with `-fno-gnu-unique`",
            )


@rule("ELF008 export-missing", Severity.WARNING)
def check_wanted_exports(subject: Subject) -> Iterator[Remark]:
    """Find wanted symbols that do not leave the library."""
    exported = [name for binary in subject.extensions.values() for name in binary.exports]
    for pattern in subject.exports:
        if not any(fnmatchcase(name, pattern) for name in exported):
            yield Remark(
                subject.file_name,
                f"no exported symbol matches `{pattern}` of `exports`",
                'declare it `extern "C" __attribute__((visibility("default")))`,\n'
                "or list the mangled name of a C++ function",
            )


RULES = (check_exports, check_unique, check_wanted_exports)
