"""Rules on what a library carries along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.audit.rule import Remark, rule
from ffiwheel.model.binary import Format
from ffiwheel.model.finding import Severity
from ffiwheel.model.size import show_size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ffiwheel.audit.subject import Subject

_DEBUG = (".debug_", ".zdebug_", "__DWARF,")
_SYMBOLS = (".symtab", ".strtab")


@rule("ELF007 debug-symbols", Severity.WARNING)
def check_debug(subject: Subject) -> Iterator[Remark]:
    """Find debug sections in a release wheel."""
    for path, binary in subject.binaries.items():
        if binary.has_debug and not subject.debug:
            size = sum(one.size for one in binary.sections if one.name.startswith(_DEBUG))
            measured = f"{show_size(size)} of debug sections" if size else "debug sections"
            yield Remark(path, f"it has {measured}", "strip it, or build with `--debug`")
    folders = {path.partition(".dSYM/")[0] for path in subject.sizes if ".dSYM/" in path}
    for folder in sorted(folders) if not subject.debug else ():
        inside = (
            size for path, size in subject.sizes.items() if path.startswith(f"{folder}.dSYM/")
        )
        yield Remark(
            f"{folder}.dSYM",
            f"it has {show_size(sum(inside))} of debug sections",
            "do not install it; `tvm_ffi_install` does so on macOS",
        )


@rule("ELF017 unstripped", Severity.NOTE)
def check_stripped(subject: Subject) -> Iterator[Remark]:
    """Find the full table of symbols, which only debuggers need."""
    for path, binary in subject.binaries.items():
        if binary.has_symbols and not binary.has_debug and is_own(path) and not subject.debug:
            size = sum(one.size for one in binary.sections if one.name in _SYMBOLS)
            measured = f" of {show_size(size)}" if size else ""
            yield Remark(path, f"it has a table of symbols{measured}", "link with `-s`")


@rule("ELF018 build-paths", Severity.NOTE)
def check_build_paths(subject: Subject) -> Iterator[Remark]:
    """Find folders of the build machine in the texts of a library."""
    for path, binary in subject.binaries.items():
        if binary.build_paths and is_own(path) and not subject.debug:
            more = f" and {len(binary.build_paths) - 1} more" if binary.build_paths[1:] else ""
            yield Remark(
                path,
                f"it names folders of the machine that built it: `{binary.build_paths[0]}`{more}",
                "cl takes `/d1trimfile:FOLDER`, the linker `/PDBALTPATH:%_PDB%`"
                if binary.format is Format.PE
                else "compile with `-ffile-prefix-map=FOLDER=.`; then `__FILE__` names none",
            )


def is_own(path: str) -> bool:
    """Tell whether a library was built with the wheel, and not put in by a repair tool.

    >>> is_own("pkg/libpkg.so"), is_own("pkg.libs/libomp-1f2e.so.5"), is_own("pkg/.dylibs/a.dylib")
    (True, False, False)
    """
    return not any(part.endswith((".libs", ".dylibs")) for part in path.split("/")[:-1])


@rule("ELF020 unreadable", Severity.ERROR)
def check_readable(subject: Subject) -> Iterator[Remark]:
    """Report files that are called libraries and are none."""
    for path, why in subject.unreadable.items():
        yield Remark(path, why, "no loader can read it either; leave it out, or build it again")


RULES = (check_debug, check_stripped, check_build_paths, check_readable)
