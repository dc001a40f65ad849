"""Which CUDA code a library carries, from the headers of its fat binaries.

A section is a row of containers; a container is a header (`0xBA55ED50`, version, header size, size)
and a row of entries; an entry is a header with kind, size, architecture and flags, and the code,
which may be compressed. NVIDIA does not describe the format; offsets and flags are from experiments
with nvcc 13.0, and `tests/integration/test_device_code.py` repeats them.
"""

from __future__ import annotations

import struct
from collections import Counter
from typing import TYPE_CHECKING

from ffiwheel.audit.binary.image import DamageError
from ffiwheel.model.binary import CodeKind, DeviceCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ffiwheel.audit.binary.image import Image

_MAGIC = 0xBA55ED50
_CONTAINER = struct.Struct("<IHHQ")
_ENTRY = struct.Struct("<HHIQIIIIIIQ")
_KINDS = {1: CodeKind.PTX, 2: CodeKind.SASS, 8: CodeKind.LTOIR}
_ARCH_SPECIFIC, _FAMILY_SPECIFIC = 0x100000, 0x200000
_ENTRIES_MOST = 500_000


def read_device_code(image: Image) -> Counter[tuple[str, CodeKind]]:
    """Return the bytes of each architecture and kind in a section.

    Raises:
        DamageError: if a container or an entry is larger than what holds it.
    """
    sizes: Counter[tuple[str, CodeKind]] = Counter()
    offset, count = 0, 0
    while (offset := _skip_padding(image, offset)) < image.size:
        header = image.read(offset, _CONTAINER.size, "fat binary")
        magic, _, header_size, size = _CONTAINER.unpack(header)
        if magic != _MAGIC or header_size < _CONTAINER.size:
            raise DamageError("its device code is not in fat binaries")
        entries = image.part(offset + header_size, size, "fat binary")
        for arch, kind, length in _entries(entries):
            sizes[arch, kind] += length
            count += 1
            if count > _ENTRIES_MOST:
                raise DamageError("its fat binaries have too many entries")
        offset += header_size + size
    return sizes


def show_device_code(sizes: Counter[tuple[str, CodeKind]]) -> tuple[DeviceCode, ...]:
    """Return sorted values."""
    ordered = sorted(sizes.items(), key=lambda item: (item[0][1].value, _number(item[0][0])))
    return tuple(DeviceCode(arch, kind, size) for (arch, kind), size in ordered)


def _number(arch: str) -> tuple[int, str]:
    digits = arch.partition("_")[2]
    return int(digits.rstrip("af") or 0), digits


def _skip_padding(image: Image, offset: int) -> int:
    """Return where the next container begins: they are aligned, some linkers to 4 KiB."""
    while offset < image.size:
        rest = image.read(offset, min(4096, image.size - offset), "fat binary")
        stripped = rest.lstrip(b"\0")
        if stripped:
            return offset + len(rest) - len(stripped)
        offset += len(rest)
    return offset


def _entries(image: Image) -> Iterator[tuple[str, CodeKind, int]]:
    offset = 0
    while offset < image.size:
        entry = image.read(offset, _ENTRY.size, "fat binary entry")
        kind_number, _, header_size, size, *_, arch, _, _, flags = _ENTRY.unpack(entry)
        if header_size < _ENTRY.size or offset + header_size + size > image.size:
            raise DamageError("an entry of a fat binary is larger than the fat binary")
        kind = _KINDS.get(kind_number)
        if kind:
            yield _arch(kind, arch, flags), kind, size
        offset += header_size + size


def _arch(kind: CodeKind, number: int, flags: int) -> str:
    prefix = "sm" if kind is CodeKind.SASS else "compute"
    suffix = "a" if flags & _ARCH_SPECIFIC else "f" if flags & _FAMILY_SPECIFIC else ""
    return f"{prefix}_{number}{suffix}"
