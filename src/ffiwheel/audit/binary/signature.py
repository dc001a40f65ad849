"""Check the code signature of a Mach-O image: is it what was signed, and by whom.

A signature is a row of blobs. A code directory lists the hash of each page of the image up to the
signature, and the hashes of the other blobs. A certificate is in the CMS blob; a signature without
one is ad hoc, which is what linkers make and Apple's processors ask for. Certificates are not
checked here: only the system that runs the code can say whom it trusts.

Specification: <kern/cs_blobs.h> of Apple's XNU.
"""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING

from ffiwheel.audit.binary.image import DamageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ffiwheel.audit.binary.image import Image

_SUPER_BLOB, _CODE_DIRECTORY, _BLOB_WRAPPER = 0xFADE0CC0, 0xFADE0C02, 0xFADE0B01
_SLOT_DIRECTORIES = (0, *range(0x1000, 0x1006))
_SLOT_CMS = 0x10000
_SLOTS_INSIDE = (2, 5, 7)
"""Requirements and the two forms of entitlements; the others are files beside the image."""

_BLOB = struct.Struct(">II")
_DIRECTORY = struct.Struct(">IIIIIIIIIBBBB")
_HASHES = {1: "sha1", 2: "sha256", 3: "sha256", 4: "sha384"}
_SIGNATURE_LARGEST, _BLOBS_MOST = 64 << 20, 64
_PAGE_SHIFTS = range(9, 17)


def check_signature(image: Image, offset: int, size: int) -> str:
    """Return `ad-hoc`, `identity`, or `invalid` if the image is not the one that was signed.

    Args:
        image: the image, one slice of a fat file.
        offset: where in it the signature begins.
        size: its length.
    """
    if size > _SIGNATURE_LARGEST:
        return "invalid"
    try:
        blobs = dict(_blobs(image.read(offset, size, "signature")))
        directories = [blobs[slot] for slot in _SLOT_DIRECTORIES if slot in blobs]
        is_true = bool(directories) and all(
            _is_true(one, blobs, image, offset) for one in directories
        )
    except (DamageError, struct.error):
        return "invalid"
    if not is_true:
        return "invalid"
    return "identity" if len(blobs.get(_SLOT_CMS, b"")) > _BLOB.size else "ad-hoc"


def _blobs(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield slot and blob."""
    magic, _, count = struct.unpack_from(">III", data)
    if magic != _SUPER_BLOB or count > _BLOBS_MOST:
        raise DamageError("its signature is damaged")
    for at in range(12, 12 + 8 * count, 8):
        slot, start = _BLOB.unpack_from(data, at)
        _, length = _BLOB.unpack_from(data, start)
        yield slot, data[start : start + length]


def _is_true(directory: bytes, blobs: dict[int, bytes], image: Image, end: int) -> bool:
    """Tell whether the hashes of one code directory are those of the image and of the blobs."""
    magic, _, _, _, first, _, specials, pages, limit, size, kind, _, shift = _DIRECTORY.unpack_from(
        directory
    )
    if magic != _CODE_DIRECTORY or kind not in _HASHES or limit != end:
        return False
    if shift not in _PAGE_SHIFTS or pages != -(-limit >> shift):
        return False
    table = memoryview(directory)[first - specials * size : first + pages * size]
    if first < specials * size or len(table) != (specials + pages) * size:
        return False
    for slot in _SLOTS_INSIDE:
        if slot in blobs and slot <= specials:
            at = (specials - slot) * size
            if table[at : at + size] != _digest(kind, blobs[slot])[:size]:
                return False
    return _has_pages(image, limit, shift, table[specials * size :], (kind, size))


def _has_pages(
    image: Image, limit: int, shift: int, table: memoryview, hashing: tuple[int, int]
) -> bool:
    kind, size = hashing
    step = 1 << shift
    for number, offset in enumerate(range(0, limit, step)):
        page = image.read(offset, min(step, limit - offset), "signed code")
        if table[number * size :][:size] != _digest(kind, page)[:size]:
            return False
    return True


def _digest(kind: int, data: bytes) -> bytes:
    return hashlib.new(_HASHES[kind], data, usedforsecurity=False).digest()
