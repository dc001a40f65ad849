"""A library that has the names of the TVM-FFI runtime and nothing in them, to be linked with.

The C functions of the runtime are the same on every system, so a target for which there is no
runtime, or none at hand, needs no more than their names. What C++ symbols a library takes besides
is then an error of the linker, which is what it should be: an exception that is thrown through one
ends the process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.errors import MissingToolError
from ffiwheel.model.binary import Format
from ffiwheel.system.environment import inherited
from ffiwheel.system.files import write_if_changed
from ffiwheel.system.process import run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ffiwheel.model.target import Target
    from ffiwheel.model.toolchain import Compiler

_MACHINES = {"amd64": "i386:x86-64", "arm64": "arm64"}
"""The processors of Windows as `dlltool` calls them."""


def make_link_stub(
    target: Target, symbols: Sequence[str], folder: Path, compiler: Compiler
) -> Path:
    """Return a library for `target` to link with, made in `folder`.

    Args:
        target: what it is for.
        symbols: the functions that the runtime has.
        folder: where to make it.
        compiler: zig, for this target.

    Raises:
        MissingToolError: if it cannot be made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if target.format is Format.MACHO:
        made = folder / "libtvm_ffi.tbd"
        write_if_changed(made, render_text_stub(target, symbols).encode())
        return made
    if target.format is Format.PE:
        made, source = folder / "tvm_ffi.lib", folder / "tvm_ffi.def"
        text = render_module_definition(symbols)
        command = [compiler.cc[0], "dlltool", "-m", _MACHINES[target.arch], "-d", source.name]
        command += ["-D", "tvm_ffi.dll", "-l", made.name]
    else:
        made, source = folder / "libtvm_ffi.so", folder / "tvm_ffi.c"
        text = render_source(symbols)
        command = [*compiler.cc, "-shared", "-fPIC", "-nostdlib", "-Wl,-soname,libtvm_ffi.so"]
        command += [source.name, "-o", made.name]
    if write_if_changed(source, text.encode()) or not made.is_file():
        done = run(command, cwd=folder, env=inherited())
        if done.code:
            message = f"the names of the runtime cannot be made into a library for {target.name}"
            raise MissingToolError(message, where=str(source), output=done.text)
    return made


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
    """Return Apple's description of a library in text (`.tbd`, version 4)."""
    name = f"{target.arch}-macos"
    listed = ", ".join(f"_{name}" for name in symbols)
    return (
        "--- !tapi-tbd\n"
        "tbd-version: 4\n"
        f"targets: [ {name} ]\n"
        "install-name: '@rpath/libtvm_ffi.dylib'\n"
        "exports:\n"
        f"  - targets: [ {name} ]\n"
        f"    symbols: [ {listed} ]\n"
        "...\n"
    )
