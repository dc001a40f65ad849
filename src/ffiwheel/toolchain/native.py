"""The C++ compiler for the machine we run on: the user's choice, the system's, or zig's."""

from __future__ import annotations

import re
import shlex
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ffiwheel.errors import MissingToolError
from ffiwheel.model.provenance import Part
from ffiwheel.model.target import OLDEST
from ffiwheel.model.toolchain import Compiler
from ffiwheel.system.environment import compiler_choice
from ffiwheel.system.machine import machine_arch
from ffiwheel.system.process import query
from ffiwheel.toolchain.zig import find_zig, zig_compiler

if TYPE_CHECKING:
    from collections.abc import Sequence

_PAIRS = (("c++", "cc"), ("g++", "gcc"), ("clang++", "clang"))


def find_compiler() -> Compiler:
    """Return the compiler to build with.

    `CXX` decides, with `CC` beside it; then the system's compiler; then zig, if `ffiwheel[zig]` is
    installed.

    Raises:
        MissingToolError: if none of them is there, or the chosen one does not run.
    """
    arch = machine_arch()
    chosen_cc, chosen_cxx = compiler_choice()
    if chosen_cxx:
        return describe_compiler("CXX", chosen_cxx, chosen_cc)
    for cxx_name, cc_name in _PAIRS:
        if cxx_path := shutil.which(cxx_name):
            return _describe((cxx_path,), (shutil.which(cc_name) or cxx_path,))
    if zig := find_zig():
        return zig_compiler(zig, f"{arch}-linux-gnu.{OLDEST['glibc']}")
    raise MissingToolError(
        "no C++ compiler found",
        where="PATH, CXX",
        hint="install one, for example with `apt-get install g++`,\n"
        "or let PyPI provide one: `pip install 'ffiwheel[zig]'`",
    )


def find_linker(compiler: Compiler) -> Part | None:
    """Return the linker that a compiler calls, or None if it does not say."""
    command = (*compiler.cxx, *compiler.link, "-Wl,--version")
    return parse_linker_version(query(command) or "")


def with_fast_linker(compiler: Compiler, flags: Sequence[str]) -> Compiler:
    """Return a compiler that links with mold or LLD, if one is there and will do.

    Args:
        compiler: one of this machine.
        flags: what the project wants of compiler and linker.
    """
    if compiler.family == "zig" or not all(map(_suits_any_linker, flags)):
        return compiler
    known = (name for name in ("mold", "lld") if _knows(compiler, name))
    name = next((name for name in known if shutil.which(f"ld.{name}")), None)
    return replace(compiler, link=(f"-fuse-ld={name}",)) if name else compiler


def _suits_any_linker(flag: str) -> bool:
    """Tell whether a flag means the same to every linker: not what is for one, nor LTO.

    >>> [_suits_any_linker(one) for one in ("-lm", "-O3", "-Wl,-T,a.ld", "-flto", "-fuse-ld=gold")]
    [True, True, False, False, False]
    """
    return not flag.startswith(("-Wl,", "-Xlinker", "-T", "-flto", "-fuse-ld", "-B", "-z"))


def _knows(compiler: Compiler, linker: str) -> bool:
    """Tell whether a compiler has the option for a linker; g++ has those of two since 9 and 12.1.

    https://gcc.gnu.org/onlinedocs/gcc/Link-Options.html#index-fuse-ld_003dmold
    """
    found = re.search(r"(\d+)\.(\d+)$", compiler.label)
    number = (int(found[1]), int(found[2])) if found else (0, 0)
    oldest = {"gcc": {"lld": (9, 0), "mold": (12, 1)}, "clang": {"lld": (5, 0), "mold": (12, 0)}}
    return number >= oldest[compiler.family][linker]


def parse_linker_version(text: str) -> Part | None:
    r"""Return the linker that `text` is the version of.

    >>> parse_linker_version("GNU ld (GNU Binutils for Debian) 2.40\nCopyright ...")
    Part(name='GNU ld', version='2.40', purl='')
    >>> parse_linker_version("Debian LLD 14.0.6 (compatible with GNU linkers)")
    Part(name='LLD', version='14.0.6', purl='')
    """
    found = re.search(r"\b(GNU ld|GNU gold|LLD|mold|zig ld)(?: \([^)]*\))? (\d[\d.]*)", text)
    return Part(found[1], found[2]) if found else None


def has_compiler() -> bool:
    """Tell whether the machine or the user provides a C++ compiler, without zig."""
    return bool(compiler_choice()[1]) or any(shutil.which(cxx) for cxx, _ in _PAIRS)


def describe_compiler(variable: str, chosen_cxx: str, chosen_cc: str) -> Compiler:
    """Return the compiler that a variable names, as it describes itself.

    Args:
        variable: such as `CXX`, for messages.
        chosen_cxx: its value, a command.
        chosen_cc: the command for C, beside it; empty where that is not said.

    Raises:
        MissingToolError: if it does not run.
    """
    cxx = _split(variable, chosen_cxx)
    beside = variable.replace("CXX", "CC", 1)
    return _describe(cxx, _split(beside, chosen_cc) if chosen_cc else cxx, variable)


def _split(variable: str, value: str) -> tuple[str, ...]:
    """Return the command in a variable, its program with the whole path."""
    try:
        program, *arguments = shlex.split(value)
    except ValueError as error:
        hint = "close the quotation"
        raise MissingToolError(f"not a command: {error}", where=variable, hint=hint) from error
    found = shutil.which(program)
    return (str(Path(found).absolute()) if found else program, *arguments)


def _describe(cxx: tuple[str, ...], cc: tuple[str, ...], variable: str = "CXX") -> Compiler:
    said = query((*cxx, "--version"))
    if said is None:
        raise MissingToolError(
            f"the C++ compiler `{shlex.join(cxx)}` does not run",
            where=variable,
            hint=f"set {variable} to a compiler that is installed, or unset it",
        )
    family, label = parse_compiler_version(said)
    return Compiler(family=family, label=label, cc=cc, cxx=cxx)


def parse_compiler_version(text: str) -> tuple[Literal["gcc", "clang"], str]:
    r"""Return the family and the name of the compiler that answers `--version` with `text`.

    >>> parse_compiler_version("g++ (Debian 12.2.0-14+deb12u1) 12.2.0\nCopyright ...")
    ('gcc', 'g++ 12.2')
    >>> parse_compiler_version("Debian clang version 14.0.6\nTarget: x86_64-pc-linux-gnu")
    ('clang', 'clang 14.0')
    """
    first = text.splitlines()[0] if text else ""
    numbers = re.findall(r"(\d+\.\d+)(?:\.\d+)?", re.sub(r"\([^)]*\)", "", first))
    number = numbers[0] if numbers else ""
    if "clang" in first.lower():
        return "clang", f"clang {number}".strip()
    return "gcc", f"g++ {number}".strip()
