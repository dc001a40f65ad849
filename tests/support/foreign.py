"""Wheels that need a library of another origin, for Linux, macOS and Windows, made on the spot.

The extension speaks the C ABI of TVM-FFI and returns what the other library says, plus one. zig
links for macOS and Windows; without the C library, that takes no time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workshop import check
from zig import zig

from ffiwheel.model.draft import Draft
from ffiwheel.wheel.assemble import write_wheel

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ffiwheel.model.draft import Content

METADATA = b"""\
Metadata-Version: 2.1
Name: grafting
Version: 1.0
Requires-Dist: apache-tvm-ffi
"""
_ENTRY = """\
#ifdef _WIN32
#define EXPORT __declspec(dllexport)
int __stdcall DllMainCRTStartup(void *a, unsigned b, void *c) { return 1; }
#else
#define EXPORT __attribute__((visibility("default")))
#endif
"""
_OTHER = _ENTRY + "EXPORT int dep_answer(void) { return 41; }\n"
_EXTENSION = (
    _ENTRY
    + """\
extern int dep_answer(void);
extern void TVMFFIErrorSetRaisedFromCStr(const char *, const char *);
typedef struct { int type_index, padding; long long value; } Any;
EXPORT int __tvm_ffi_answer(void *self, const Any *args, int count, Any *result) {
  if (count) { TVMFFIErrorSetRaisedFromCStr("TypeError", "no arguments"); return -1; }
  result->type_index = 1; result->padding = 0; result->value = dep_answer() + 1;
  return 0;
}
"""
)
_IMPORTS = "LIBRARY tvm_ffi.dll\nEXPORTS\nTVMFFIErrorSetRaisedFromCStr\n"


@dataclass(frozen=True)
class Foreign:
    """A wheel, and what it lacks."""

    wheel: Path
    libraries: Path
    """The folder with the library that it needs."""


def make_wheel(
    folder: Path, files: Mapping[str, Content], tag: str, python: str = "py3-none"
) -> Path:
    """Write a wheel of the project `grafting`."""
    draft = Draft(
        name="grafting",
        version="1.0",
        files={"grafting/__init__.py": b'"""Grafting."""\n', **files},
        dist_info={"METADATA": METADATA},
        python_tag=python,
    )
    return write_wheel(draft, tag, folder)


def make_linux(folder: Path) -> Foreign:
    """Make a wheel for the machine we run on, with its C compiler."""
    libraries = _write_sources(folder)
    check(*("cc", "-shared", "-fPIC", "-O1", "-Wl,-soname,libdep.so.1", "dep.c"),
          *("-o", libraries / "libdep.so.1"), cwd=folder)  # fmt: skip
    runtime = _runtime_folder()
    check(*("cc", "-shared", "-fPIC", "-O1", "-Wl,-z,now", "ext.c", libraries / "libdep.so.1"),
          *(f"-L{runtime}", "-ltvm_ffi", "-o", "libgrafting.so"), cwd=folder)  # fmt: skip
    files = {"grafting/libgrafting.so": folder / "libgrafting.so"}
    return Foreign(make_wheel(folder / "given", files, "linux_x86_64"), libraries)


def make_macos(folder: Path) -> Foreign:
    """Make a wheel for macOS on Apple's processors, with zig."""
    libraries = _write_sources(folder)
    options = ("-shared", "-O1", "-s", "-Wl,-headerpad_max_install_names")
    cc = (*zig("cc"), "-target", "aarch64-macos.11.0", *options)
    named = ("-install_name", "@rpath/libdep.dylib", "-o", libraries / "libdep.dylib")
    check(*cc, "dep.c", *named, cwd=folder)
    named = ("-install_name", "@rpath/libgrafting.dylib", "-o", folder / "libgrafting.dylib")
    open_ended = "-Wl,-undefined,dynamic_lookup"
    check(*cc, open_ended, "ext.c", libraries / "libdep.dylib", *named, cwd=folder)
    files = {"grafting/libgrafting.dylib": folder / "libgrafting.dylib"}
    return Foreign(make_wheel(folder / "given", files, "macosx_11_0_arm64"), libraries)


def make_windows(folder: Path) -> Foreign:
    """Make a wheel for Windows, with zig."""
    libraries = _write_sources(folder)
    (folder / "tvm_ffi.def").write_text(_IMPORTS)
    cc = (*zig("cc"), "-target", "x86_64-windows-gnu", "-shared", "-nostdlib", "-O1", "-s")
    check(*cc, "dep.c", "-Wl,--out-implib,dep.a", "-o", libraries / "dep.dll", cwd=folder)
    check(*zig("dlltool"), "-m", "i386:x86-64", "-d", "tvm_ffi.def", "-l", "tvm_ffi.a", cwd=folder)
    check(*cc, "ext.c", "dep.a", "tvm_ffi.a", "-o", "grafting.dll", cwd=folder)
    files = {"grafting/grafting.dll": folder / "grafting.dll"}
    return Foreign(make_wheel(folder / "given", files, "win_amd64"), libraries)


def _write_sources(folder: Path) -> Path:
    libraries = folder / "libraries"
    libraries.mkdir(parents=True)
    (folder / "dep.c").write_text(_OTHER)
    (folder / "ext.c").write_text(_EXTENSION)
    return libraries


def _runtime_folder() -> Path:
    from ffiwheel.toolchain.runtime import find_runtime  # noqa: PLC0415 - Linux only

    return find_runtime().library.parent
