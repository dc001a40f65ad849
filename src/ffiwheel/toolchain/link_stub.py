"""A library that has the names of the TVM-FFI runtime and nothing in them, to be linked with.

The C functions of the runtime are the same on every system, so a target for which there is no
runtime, or none at hand, needs no more than their names. What C++ symbols a library takes besides
is then an error of the linker, which is what it should be: an exception that is thrown through one
ends the process.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from ffiwheel.errors import MissingToolError
from ffiwheel.model.binary import Format
from ffiwheel.system.environment import inherited
from ffiwheel.system.process import run
from ffiwheel.toolchain.cached import in_cache
from ffiwheel.toolchain.releases import release_folder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ffiwheel.model.target import Target
    from ffiwheel.model.toolchain import Compiler

_MACHINES = {"amd64": "i386:x86-64", "arm64": "arm64"}
"""The processors of Windows as `dlltool` calls them."""
_LINKED = {Format.MACHO: "libtvm_ffi.tbd", Format.PE: "tvm_ffi.lib"}
"""What is linked with where it is not what is loaded."""


def make_link_stub(
    target: Target, version: str, symbols: Sequence[str], compiler: Compiler
) -> Path:
    """Return a library for `target` to link with, made once and kept in the cache.

    Args:
        target: what it is for.
        version: the release of the runtime that it stands for.
        symbols: the functions that the runtime has.
        compiler: a compiler for this target.

    Raises:
        MissingToolError: if it cannot be made, or the cache is damaged.
        OutputError: if the cache cannot be written to.
    """
    source, text = _render(target, symbols)
    made = _LINKED.get(target.format) or target.library_name("tvm_ffi")
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    place = release_folder(version) / f"stub-{target.name}-{digest}"

    def make(folder: Path) -> None:
        (folder / source).write_text(text, encoding="utf-8")
        if source != made:
            _compile(target, folder, source, made, compiler)

    return in_cache(place, make) / made


def _render(target: Target, symbols: Sequence[str]) -> tuple[str, str]:
    """Return the name and the text of the file that a stub is made of."""
    if target.format is Format.MACHO:
        return _LINKED[Format.MACHO], render_text_stub(target, symbols)
    if target.format is Format.PE:
        return "tvm_ffi.def", render_module_definition(symbols)
    return "tvm_ffi.c", render_source(symbols)


def _compile(target: Target, folder: Path, source: str, made: str, compiler: Compiler) -> None:
    if target.format is Format.PE:
        command = [*name_dlltool(compiler), "-m", _MACHINES[target.arch], "-d", source]
        command += ["-D", "tvm_ffi.dll", "-l", made]
    else:
        command = [*compiler.cc, "-shared", "-fPIC", "-nostdlib", f"-Wl,-soname,{made}"]
        command += [source, "-o", made]
    message = f"the names of the runtime cannot be made into a library for {target.name}"
    try:
        done = run(command, cwd=folder, env=inherited())
    except FileNotFoundError as error:
        raise MissingToolError(
            message, where=compiler.label, hint=f"install `{command[0]}`"
        ) from error
    if done.code or not (folder / made).is_file():
        raise MissingToolError(message, where=compiler.label, output=done.text)


def name_dlltool(compiler: Compiler) -> list[str]:
    """Return the command for import libraries that belongs to a compiler for Windows."""
    program = compiler.cc[0]
    if compiler.family == "zig":
        return [program, "dlltool"]
    return [re.sub(r"(gcc|clang|cc)(-[\d.]+)?$", "dlltool", program)]


def render_source(symbols: Sequence[str]) -> str:
    r"""Return C that defines functions of these names.

    >>> render_source(["TVMFFIAnyViewToOwnedAny"])
    'void TVMFFIAnyViewToOwnedAny(void) {}\n'
    """
    return "".join(f"void {name}(void) {{}}\n" for name in symbols)


def render_module_definition(symbols: Sequence[str]) -> str:
    r"""Return what an import library for Windows is made of.

    >>> render_module_definition(["TVMFFIAnyViewToOwnedAny"])
    'LIBRARY tvm_ffi.dll\nEXPORTS\n  TVMFFIAnyViewToOwnedAny\n'
    """
    return "LIBRARY tvm_ffi.dll\nEXPORTS\n" + "".join(f"  {name}\n" for name in symbols)


def render_text_stub(target: Target, symbols: Sequence[str]) -> str:
    """Return Apple's description of a library in text (`.tbd`, version 4).

    The runtime's own library states no versions. A higher one here, and 1 is the default, would be
    asked of it when it is loaded.
    """
    name = f"{target.arch}-macos"
    listed = ", ".join(f"_{name}" for name in symbols)
    return (
        "--- !tapi-tbd\n"
        "tbd-version: 4\n"
        f"targets: [ {name} ]\n"
        "install-name: '@rpath/libtvm_ffi.dylib'\n"
        "current-version: 0\n"
        "compatibility-version: 0\n"
        "exports:\n"
        f"  - targets: [ {name} ]\n"
        f"    symbols: [ {listed} ]\n"
        "...\n"
    )
