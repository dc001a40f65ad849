"""Join the slices of a fat Mach-O file into one `Binary`."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ffiwheel.model.binary import Binary

_Item = TypeVar("_Item")

_WORDS: Final = {
    frozenset({"arm64", "x86_64"}): "universal2",
    frozenset({"i386", "x86_64"}): "intel",
    frozenset({"i386", "ppc"}): "fat",
    frozenset({"i386", "ppc", "x86_64"}): "fat3",
    frozenset({"ppc64", "x86_64"}): "fat64",
    frozenset({"i386", "ppc", "ppc64", "x86_64"}): "universal",
}
"""The words that platform tags have for several architectures in one file."""


def join_slices(slices: Sequence[Binary], size: int) -> Binary:
    """Return the facts of a fat file: what one of the slices has or needs, the file does.

    Args:
        slices: the facts of each; at least one.
        size: bytes of the file.
    """
    arches = frozenset(one.arch for one in slices)
    return replace(
        slices[0],
        arch=_WORDS.get(arches, "_".join(sorted(arches))),
        size=size,
        slices=tuple(slices),
        needed=_once(slices, lambda one: one.needed),
        optional=_once(slices, lambda one: one.optional),
        imports=tuple(sorted(_once(slices, lambda one: one.imports))),
        exports=tuple(sorted(_once(slices, lambda one: one.exports))),
        weak_exports=tuple(sorted(_once(slices, lambda one: one.weak_exports))),
        runpaths=_once(slices, lambda one: one.runpaths),
        minimum_os="",
        binds_now=all(one.binds_now for one in slices),
        executable_stack=any(one.executable_stack for one in slices),
        has_debug=any(one.has_debug for one in slices),
        has_symbols=any(one.has_symbols for one in slices),
        build_paths=tuple(sorted(_once(slices, lambda one: one.build_paths))),
        names=tuple(sorted(_once(slices, lambda one: one.names))),
        compilers=_once(slices, lambda one: one.compilers),
        signature=_signature(slices),
        device_code=tuple(chain.from_iterable(one.device_code for one in slices)),
        static_cudart=any(one.static_cudart for one in slices),
        sections=tuple(
            replace(section, name=f"{one.arch}:{section.name}")
            for one in slices
            for section in one.sections
        ),
    )


def _signature(slices: Sequence[Binary]) -> str:
    """Return the signature that counts: only the processors named `arm64` ask for one."""
    if any(one.signature == "invalid" for one in slices):
        return "invalid"
    asked = [one for one in slices if one.arch.startswith("arm64")]
    return (asked or slices)[0].signature


def _once(
    slices: Sequence[Binary], items: Callable[[Binary], tuple[_Item, ...]]
) -> tuple[_Item, ...]:
    """Return the items of all slices, each once, in their order."""
    return tuple(dict.fromkeys(chain.from_iterable(items(one) for one in slices)))
