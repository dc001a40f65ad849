"""Rules on what a library carries along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.audit.rule import Remark, rule
from ffiwheel.model.binary import Format
from ffiwheel.model.finding import Severity
from ffiwheel.model.size import show_size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ffiwheel.audit.subject import Subject
    from ffiwheel.model.binary import Binary

_DEBUG = (".debug_", ".zdebug_", "__DWARF,")
_SYMBOLS = (".symtab", ".strtab")


@rule("ELF007 debug-symbols", Severity.WARNING)
def check_debug(subject: Subject) -> Iterator[Remark]:
    """Find debug sections in a release wheel."""
    if subject.debug:
        return
    found = {path: one for path, one in subject.binaries.items() if one.has_debug}
    size = _sum_sections(found, lambda name: name.startswith(_DEBUG))
    for path in found:
        yield Remark(path, f"it has debug sections{size}", "strip it, or build with `--debug`")
    inside = {path: size for path, size in subject.sizes.items() if ".dSYM/" in path}
    for folder in sorted({path.partition(".dSYM/")[0] for path in inside}):
        yield Remark(
            f"{folder}.dSYM",
            f"it has debug sections, in all {show_size(sum(inside.values()))}",
            "do not install it; `tvm_ffi_install` does so on macOS",
        )


@rule("ELF017 unstripped", Severity.NOTE)
def check_stripped(subject: Subject) -> Iterator[Remark]:
    """Find the full table of symbols, which only debuggers need."""
    if subject.debug:
        return
    found = {
        path: one
        for path, one in subject.binaries.items()
        if one.has_symbols and not one.has_debug and is_own(path)
    }
    size = _sum_sections(found, _SYMBOLS.__contains__)
    for path in found:
        yield Remark(path, f"it has a table of symbols{size}", "link with `-s`")


def _sum_sections(binaries: Mapping[str, Binary], counts: Callable[[str], bool]) -> str:
    """Return how large sections of several libraries are together, for the end of a sentence."""
    sections = [one for binary in binaries.values() for one in binary.sections]
    size = sum(one.size for one in sections if counts(one.name))
    return f", in all {show_size(size)}" if size else ""


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
