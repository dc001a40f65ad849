"""Zip and tar archives that depend on nothing but their contents.

Entries are sorted, times come from `SOURCE_DATE_EPOCH`, owners are dropped and modes are 644, or
755 for programs, so the same files give the same bytes on every machine with the same zlib.
"""

from __future__ import annotations

import gzip
import io
import stat
import tarfile
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.model.draft import is_library
from ffiwheel.system.environment import source_date_epoch
from ffiwheel.system.files import explaining_full, read_input, replacing

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from ffiwheel.model.draft import Content

_PLAIN, _EXECUTABLE = 0o644, 0o755


def read_content(content: Content) -> bytes:
    """Return the bytes of a file that is given as bytes or as a path.

    Raises:
        ProjectError: if the file cannot be read.
    """
    return read_input(content) if isinstance(content, Path) else content


def is_program(name: str, content: Content) -> bool:
    """Tell whether a file is to be executable; of libraries some systems say so for no reason."""
    if isinstance(content, bytes) or is_library(name):
        return False
    return bool(content.stat().st_mode & stat.S_IXUSR)


def write_zip(
    path: Path, entries: Sequence[tuple[str, bytes]], programs: Container[str] = ()
) -> None:
    """Write a zip with `entries` in the given order; `path` appears only when it is whole.

    Args:
        path: the archive.
        entries: archive path and content of each file.
        programs: the archive paths of those that are to be executable.
    """
    when = time.gmtime(source_date_epoch())[:6]
    with (
        replacing(path) as temporary,
        zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive,
    ):
        for name, data in entries:
            info = zipfile.ZipInfo(name, when)
            info.compress_type = zipfile.ZIP_DEFLATED
            mode = _EXECUTABLE if name in programs else _PLAIN
            info.external_attr = (stat.S_IFREG | mode) << 16
            archive.writestr(info, data)


def write_tar_gz(path: Path, entries: Mapping[str, Content]) -> None:
    """Write a gzipped tar with `entries`, sorted; `path` appears only when it is whole."""
    with (
        replacing(path) as temporary,
        temporary.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=source_date_epoch()) as stream,
        tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for name, content in sorted(entries.items()):
            data = read_content(content)
            info = tarfile.TarInfo(name)
            info.size = len(data)
            info.mtime = source_date_epoch()
            info.mode = _EXECUTABLE if is_program(name, content) else _PLAIN
            archive.addfile(info, io.BytesIO(data))


def extract_tar_gz(path: Path, folder: Path) -> None:
    """Unpack the sdist that a build has just made.

    Raises:
        OutputError: if the disk is full.
    """
    with explaining_full(folder), tarfile.open(path) as archive:
        if hasattr(tarfile, "data_filter"):
            archive.extractall(folder, filter="data")
        else:  # Python 3.10 and 3.11 before the security releases of 2023
            archive.extractall(folder)  # noqa: S202
