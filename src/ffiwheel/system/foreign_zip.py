"""Open a zip that anybody may have made, and unpack it within limits.

How much memory and time reading takes is bounded by the size of the file, not by what it claims:
the directory may not be larger than `MOST_DIRECTORY`, the contents not larger than `MOST_RATIO`
times the archive. Nothing is written outside of the folder that the caller names.

https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
"""

from __future__ import annotations

import errno
import os
import stat
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

from ffiwheel.errors import WheelError
from ffiwheel.system.files import explaining_full

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_DIRECTORY = 16 * 1024**2
"""Bytes of a directory: some 150,000 files."""
LONGEST_NAME = 1024
"""Characters of a path in an archive."""
MOST_RATIO = 50
"""How often an archive may be as large unpacked as packed, if that is more than `SMALL`."""
SMALL = 64 * 1024**2
"""Bytes that any archive may become."""

BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    UnicodeError,
    ValueError,
)
"""What `zipfile` raises for archives that are damaged or made to harm."""

METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
ENCRYPTED = 0x1
LONGEST_COMMENT = 0xFFFF
_END = b"PK\5\6"
_END_SIZE = 22
_END64_SIZE, _LOCATOR_SIZE = 56, 20
_PROGRAM = 0o755
_NO_PLACE = {
    *(errno.EEXIST, errno.EISDIR, errno.ENOTDIR),  # a file that is to lie where a folder is
    *(errno.ENAMETOOLONG, errno.EILSEQ, errno.EINVAL),
}
"""Why a system refuses the name of a file."""


def extract_zip(path: Path, folder: Path) -> dict[str, Path]:
    """Unpack a zip, programs as programs, and return archive path -> file of what was in it.

    Raises:
        WheelError: if it is no zip, names files outside of itself, or cannot be unpacked.
        OutputError: if the disk is full.
    """
    with path.open("rb") as file:
        archive = open_zip(file, str(path))
        entries = [info for info in archive.infolist() if not info.filename.endswith("/")]
        _refuse_harm(archive, path)
        with explaining_full(folder):
            return {info.filename: _extract(archive, info, folder, path) for info in entries}


def _extract(archive: zipfile.ZipFile, info: zipfile.ZipInfo, folder: Path, path: Path) -> Path:
    try:
        file = Path(archive.extract(info, folder))
        if info.external_attr >> 16 & stat.S_IXUSR:
            file.chmod(_PROGRAM)
    except BROKEN as error:
        raise _cannot_unpack(info, _reason(error), path) from error
    except OSError as error:
        if error.errno not in _NO_PLACE:
            raise
        raise _cannot_unpack(info, os.strerror(error.errno), path) from error
    return file


def _cannot_unpack(info: zipfile.ZipInfo, reason: str, path: Path) -> WheelError:
    return WheelError(f"cannot unpack `{info.filename}`: {reason}", where=str(path))


def _refuse_harm(archive: zipfile.ZipFile, path: Path) -> None:
    """Refuse an archive that would write elsewhere, or more than anybody expects."""
    infos = archive.infolist()
    refuse_long_names(infos, str(path))
    for info in infos:
        parts = PurePosixPath(info.filename)
        if parts.is_absolute() or ".." in parts.parts or not parts.parts:
            name = info.filename
            raise WheelError(f"it names a file outside of itself: `{name}`", where=str(path))
        if not is_readable(info):
            raise WheelError(
                f"`{info.filename}` is encrypted, or compressed in a rare way", where=str(path)
            )
    if is_bomb(infos, path.stat().st_size):
        raise WheelError(
            f"it would become more than {MOST_RATIO} times as large, so it is not unpacked",
            where=str(path),
        )


def open_zip(file: BinaryIO, name: str) -> zipfile.ZipFile:
    """Open an archive whose directory is small enough to be read.

    Raises:
        WheelError: if it is no zip, or its directory is damaged or too large.
    """
    try:
        if _directory_size(file) > MOST_DIRECTORY:
            raise WheelError("not a wheel: its directory is too large to be read", where=name)
        archive = zipfile.ZipFile(file)
    except BROKEN as error:
        raise WheelError(f"not a wheel: {_reason(error)}", where=name) from error
    places = [archive.start_dir, *(info.header_offset for info in archive.infolist())]
    if not 0 <= min(places) <= max(places) <= archive.start_dir:
        raise WheelError("not a wheel: its directory points outside of the file", where=name)
    return archive


def _directory_size(file: BinaryIO) -> int:
    """Return the most bytes that any end of the archive says the directory has."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END_SIZE - LONGEST_COMMENT - _END64_SIZE - _LOCATOR_SIZE))
    tail = file.read()
    place = tail.rfind(_END, 0, len(tail) - _END_SIZE + len(_END))
    if place < 0:
        return 0
    [claim] = struct.unpack_from("<L", tail, place + 12)
    locator = tail[max(0, place - _LOCATOR_SIZE) : place]
    if not locator.startswith(b"PK\6\7"):
        return min(size, int(claim))
    [start] = struct.unpack_from("<Q", locator, 8)
    before = tail[max(0, place - _LOCATOR_SIZE - _END64_SIZE) :]
    file.seek(min(start, size))
    ends = (one[:_END64_SIZE] for one in (before, file.read(_END64_SIZE)))
    claims = [struct.unpack_from("<Q", one, 40)[0] for one in ends if len(one) == _END64_SIZE]
    return min(size, max(claims, default=0))


def is_readable(info: zipfile.ZipInfo) -> bool:
    """Tell whether a file can be unpacked without a password and within bounds.

    bzip2 and LZMA are left out: from a few bytes, `zipfile` unpacks gigabytes at once.
    """
    return info.compress_type in METHODS and not info.flag_bits & ENCRYPTED


def refuse_long_names(infos: Sequence[zipfile.ZipInfo], where: str) -> None:
    """Refuse an archive with a name that is longer than any file's can be.

    Raises:
        WheelError: then.
    """
    if any(len(info.orig_filename) > LONGEST_NAME for info in infos):
        raise WheelError(
            f"not a wheel: it has a name of more than {LONGEST_NAME} characters", where=where
        )


def is_bomb(infos: Sequence[zipfile.ZipInfo], size: int) -> bool:
    """Tell whether an archive of `size` bytes claims to become larger than any wheel does."""
    return sum(info.file_size for info in infos) > max(SMALL, MOST_RATIO * size)


def _reason(error: Exception) -> str:
    """Return what is wrong, beginning with a small letter."""
    text = str(error) or type(error).__name__
    return text[0].lower() + text[1:]
