"""The `win` tag: the processor decides. What Windows itself has is delvewheel's list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from delvewheel import _dll_list

from ffiwheel.audit.platform.value import Platform, file_name, is_runtime, names_inside, one_arch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ffiwheel.model.binary import Binary

_TAGS: Final = {"amd64": "win_amd64", "arm64": "win_arm64", "x86": "win32"}
_KNOWN: Final = {
    "amd64": _dll_list.ignore_names_x64,
    "arm64": _dll_list.ignore_names_arm64,
    "x86": _dll_list.ignore_names_x86,
}
_OF_PYTHON: Final = ("vcruntime140.dll", "vcruntime140_1.dll")
"""What every CPython for Windows has beside its program, so that it is loaded already."""


def lowest_windows(binaries: Mapping[str, Binary]) -> Platform:
    """Return the tag for DLLs (by archive path, at least one)."""
    arch, conflict = one_arch(binaries.values())
    if arch and arch not in _TAGS:
        conflict = f"no Python runs on its machine, {arch}"
    if conflict:
        return Platform(tag="", conflict=conflict)
    return Platform(tag=_TAGS[arch], missing=tuple(_missing(binaries, arch)))


def _missing(binaries: Mapping[str, Binary], arch: str) -> Iterator[str]:
    inside = {name.lower() for name in names_inside(binaries)}
    known = {*_KNOWN[arch], *_OF_PYTHON, *inside}
    for path, binary in sorted(binaries.items()):
        for library in binary.needed:
            name = library.lower()
            is_named = any(one.fullmatch(name) for one in _dll_list.ignore_regexes)
            if not (name in known or is_named or is_runtime(name)):
                yield (
                    f"{file_name(path)} needs {library}, which Windows does not have:"
                    " link it statically, or put it into the wheel"
                )
