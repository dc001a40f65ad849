"""Read a zip that anybody may have made: how it is laid out, and what is in it, within limits.

Nothing is unpacked to a path that the archive names. How much memory and time reading takes is
bounded by the size of the file, not by what it claims: the directory may not be larger than
`MOST_DIRECTORY`, the contents not larger than `MOST_RATIO` times the archive.

Installers read archives in two ways: from the directory at the end (pip), or from the beginning,
entry by entry (uv). Whatever the two would understand differently is an `Oddity`; PyPI refuses it.

https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
"""

from __future__ import annotations

import itertools
import os
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, BinaryIO

from ffiwheel.audit.subject import Entry, Oddity, Outline
from ffiwheel.errors import WheelError

if TYPE_CHECKING:
    from collections.abc import Iterator

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

_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED, _LATE_SIZES = 0x1, 0x8
_LOCAL = struct.Struct("<4s2xH18xHH")
_END = b"PK\5\6"
_END_SIZE, _LONGEST_COMMENT = 22, 0xFFFF
_END64_SIZE, _LOCATOR_SIZE = 56, 20
_DESCRIPTORS = {12, 16, 20, 24}
"""The sizes of what may follow an entry whose header left the sizes open."""


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
    file.seek(max(0, size - _END_SIZE - _LONGEST_COMMENT - _END64_SIZE - _LOCATOR_SIZE))
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


def read_outline(file: BinaryIO, archive: zipfile.ZipFile, where: str) -> Outline:
    """Return how an archive is laid out.

    Raises:
        WheelError: if a name in it is longer than any file's can be.
    """
    size = file.seek(0, os.SEEK_END)
    infos = archive.infolist()
    if any(len(info.orig_filename) > LONGEST_NAME for info in infos):
        raise WheelError(
            f"not a wheel: it has a name of more than {LONGEST_NAME} characters", where=where
        )
    claimed = sum(info.file_size for info in infos)
    return Outline(
        size=size,
        entries=tuple(
            Entry(info.orig_filename, info.file_size, info.compress_size, info.external_attr >> 16)
            for info in infos
        ),
        oddities=(*_odd_entries(file, infos), *_odd_layout(file, archive, size)),
        is_bomb=claimed > max(SMALL, MOST_RATIO * size),
    )


def _odd_entries(file: BinaryIO, infos: list[zipfile.ZipInfo]) -> Iterator[Oddity]:
    for info in infos:
        name = info.orig_filename
        if info.flag_bits & _ENCRYPTED:
            yield Oddity(name, "it is encrypted")
        if info.compress_type not in _METHODS:
            yield Oddity(name, "it is compressed in a way that not every installer knows")
        if info.flag_bits & _LATE_SIZES:
            yield Oddity(name, "its size stands behind it, so it can only be read from the end")
        local = _local_name(file, info)
        if local is None:
            yield Oddity(name, "there is no entry where the directory says")
        elif local != name:
            yield Oddity(name, f"the directory calls it so, the entry itself `{local}`")


def _odd_layout(file: BinaryIO, archive: zipfile.ZipFile, size: int) -> Iterator[Oddity]:
    """Yield what is in the file besides entries, their directory and its end."""
    spans = sorted(_span(file, info) for info in archive.infolist())
    ends = itertools.accumulate((end for _, end, _ in spans), max, initial=0)
    starts = [*((start, late) for start, _, late in spans), (archive.start_dir, False)]
    was_late = False
    for end, (start, late) in zip(ends, starts, strict=True):
        gap = start - end
        if gap < 0:
            yield Oddity("", "entries overlap")
            break
        if gap and not (was_late and gap in _DESCRIPTORS):
            where = "before the first entry" if not end else "between entries"
            yield Oddity("", f"{gap} bytes {where} belong to no file")
            break
        was_late = late
    yield from _odd_end(file, archive, size)


def _odd_end(file: BinaryIO, archive: zipfile.ZipFile, size: int) -> Iterator[Oddity]:
    file.seek(archive.start_dir)
    rest = file.read(min(size - archive.start_dir, MOST_DIRECTORY + _LONGEST_COMMENT))
    place = rest.rfind(_END)
    after = len(rest) - place - _END_SIZE - len(archive.comment)
    if place < 0:
        yield Oddity("", "its end is not where its directory ends")
    elif after > 0:
        yield Oddity("", f"{after} bytes follow its end")
    if archive.comment:
        yield Oddity("", "it has a comment, which may hide another end")


def _span(file: BinaryIO, info: zipfile.ZipInfo) -> tuple[int, int, bool]:
    """Return where an entry begins and ends, and whether its sizes may follow it."""
    header = _local_header(file, info)
    lengths = sum(header[2:]) if header else 0
    end = info.header_offset + _LOCAL.size + lengths + info.compress_size
    return info.header_offset, end, bool(info.flag_bits & _LATE_SIZES)


def _local_header(file: BinaryIO, info: zipfile.ZipInfo) -> tuple[bytes, int, int, int] | None:
    """Return signature, flags and the lengths of name and extra field; None if there is none."""
    file.seek(info.header_offset)
    data = file.read(_LOCAL.size)
    if len(data) < _LOCAL.size or not data.startswith(b"PK\3\4"):
        return None
    signature, flags, name, extra = _LOCAL.unpack(data)
    return signature, flags, name, extra


def _local_name(file: BinaryIO, info: zipfile.ZipInfo) -> str | None:
    header = _local_header(file, info)
    if header is None:
        return None
    _, flags, length, _ = header
    return file.read(length).decode("utf-8" if flags & 0x800 else "cp437", "replace")


def is_readable(info: zipfile.ZipInfo) -> bool:
    """Tell whether a file can be unpacked without a password and within bounds.

    bzip2 and LZMA are left out: from a few bytes, `zipfile` unpacks gigabytes at once.
    """
    return info.compress_type in _METHODS and not info.flag_bits & _ENCRYPTED


def _reason(error: Exception) -> str:
    """Return what is wrong, beginning with a small letter."""
    text = str(error) or type(error).__name__
    return text[0].lower() + text[1:]
