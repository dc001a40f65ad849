"""How a zip that anybody may have made is laid out; `system.foreign_zip` opens it.

Installers read archives in two ways: from the directory at the end (pip), or from the beginning,
entry by entry (uv). Whatever the two would understand differently is an `Oddity`; PyPI refuses it.

https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
"""

from __future__ import annotations

import itertools
import os
import struct
from typing import TYPE_CHECKING, BinaryIO

from ffiwheel.audit.subject import Entry, Oddity, Outline
from ffiwheel.system.foreign_zip import (
    ENCRYPTED,
    LONGEST_COMMENT,
    METHODS,
    MOST_DIRECTORY,
    is_bomb,
    refuse_long_names,
)

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator

_LATE_SIZES = 0x8
_LOCAL = struct.Struct("<4s2xH18xHH")
_END = b"PK\5\6"
_END_SIZE = 22
_DESCRIPTORS = {12, 16, 20, 24}
"""The sizes of what may follow an entry whose header left the sizes open."""


def read_outline(file: BinaryIO, archive: zipfile.ZipFile, where: str) -> Outline:
    """Return how an archive is laid out.

    Raises:
        WheelError: if a name in it is longer than any file's can be.
    """
    size = file.seek(0, os.SEEK_END)
    infos = archive.infolist()
    refuse_long_names(infos, where)
    return Outline(
        size=size,
        entries=tuple(
            Entry(info.orig_filename, info.file_size, info.compress_size, info.external_attr >> 16)
            for info in infos
        ),
        oddities=(*_odd_entries(file, infos), *_odd_layout(file, archive, size)),
        is_bomb=is_bomb(infos, size),
    )


def _odd_entries(file: BinaryIO, infos: list[zipfile.ZipInfo]) -> Iterator[Oddity]:
    for info in infos:
        name = info.orig_filename
        if info.flag_bits & ENCRYPTED:
            yield Oddity(name, "it is encrypted")
        if info.compress_type not in METHODS:
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
    rest = file.read(min(size - archive.start_dir, MOST_DIRECTORY + LONGEST_COMMENT))
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
