"""The facts that come from what sections hold, whatever the format."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from ffiwheel.audit.binary.fatbin import read_device_code, show_device_code
from ffiwheel.audit.binary.strings import Strings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ffiwheel.audit.binary.image import Image
    from ffiwheel.model.binary import Binary, CodeKind

DEVICE_SECTIONS = (".nv_fatbin", "__nv_relfatbin", ".nv_fatb", "__nv_rel")
"""The sections with CUDA code; PE cuts names after eight bytes."""


class Range(NamedTuple):
    """A part of an image."""

    offset: int
    size: int
    name: str
    """What it is called in an error."""


def add_contents(
    binary: Binary, image: Image, *, constants: Iterable[Range], device: Iterable[Range]
) -> Binary:
    """Return `binary` with what its read-only data and its device code tell.

    Raises:
        DamageError: if they are not wholly in the file, or the device code is damaged.
    """
    strings = Strings(want_names=binary.is_extension)
    for one in constants:
        strings.search(image.chunks(*one))
    sizes: Counter[tuple[str, CodeKind]] = Counter()
    for one in device:
        sizes += read_device_code(image.part(*one))
    return replace(
        binary,
        build_paths=strings.build_paths,
        names=tuple(sorted(strings.names)),
        header_version=strings.header_version,
        static_cudart=strings.static_cudart,
        device_code=show_device_code(sizes),
    )
