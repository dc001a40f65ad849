"""Read what the page of a wheel shows, besides what its audit has read already."""

from __future__ import annotations

import posixpath
import shutil
import tempfile
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

from ffiwheel.audit.binary.read import read_symbols
from ffiwheel.audit.origin import find_origin
from ffiwheel.bind.render import MODULE, render_bindings
from ffiwheel.config.schema import BindingsTable
from ffiwheel.errors import FfiwheelError, WheelError
from ffiwheel.model.picture import Entry, Picture
from ffiwheel.model.record import parse_record
from ffiwheel.system.foreign_zip import BROKEN, open_zip

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator, Mapping

    from ffiwheel.audit.check import Audited
    from ffiwheel.audit.subject import Subject
    from ffiwheel.model.binary import Binary, Symbol
    from ffiwheel.model.picture import Origin

_Found: TypeAlias = "tuple[tuple[Entry, ...], dict[str, tuple[Symbol, ...]]]"
_BLOCK = 1024**2
_LARGEST_LIBRARY = 2 * 1024**3
"""Bytes of a library whose symbols are read."""


def read_picture(audited: Audited) -> Picture:
    """Return everything that the page of an audited wheel or library shows.

    Raises:
        WheelError: if it has changed since it was audited, and is no wheel any more.
    """
    subject = audited.subject
    platform = subject.platform
    entries, symbols = (_read_wheel if subject.is_wheel else _read_library)(audited)
    return Picture(
        file_name=subject.file_name,
        name=str(subject.headers["Name"] or subject.file_name),
        version=str(subject.headers["Version"] or ""),
        tag=subject.file_tag,
        size=audited.size,
        entries=entries,
        binaries=subject.binaries,
        symbols=symbols,
        origins=dict(_find_origins(subject.binaries)),
        report=audited.report,
        floor=platform.tag if subject.binaries else "",
        reasons=platform.reasons,
        conflict=platform.conflict,
        runtime=audited.runtime,
        stubs=_find_stubs(subject),
        metadata=tuple((key, str(value)) for key, value in subject.headers.items()),
    )


def _read_library(audited: Audited) -> _Found:
    entry = Entry(path=audited.path.name, size=audited.size, packed=audited.size)
    with audited.path.open("rb") as file:
        return (entry,), {entry.path: _read_symbols(file, entry.path)}


def _read_wheel(audited: Audited) -> _Found:
    """Return the files of a wheel, and the symbols of its libraries."""
    path, subject = audited.path, audited.subject
    with path.open("rb") as file:
        archive = open_zip(file, str(path))
        digests = _read_digests(archive, f"{subject.dist_info}/RECORD")
        entries = [
            Entry(
                path=name,
                size=subject.sizes.get(name, info.file_size),
                packed=info.compress_size,
                digest=digests.get(name, ""),
            )
            for name, info in archive.NameToInfo.items()
            if not name.endswith("/")
        ]
        symbols = {name: _unpack_symbols(archive, name) for name in subject.binaries}
    return tuple(sorted(entries, key=lambda entry: entry.path)), symbols


def _read_digests(archive: zipfile.ZipFile, name: str) -> dict[str, str]:
    try:
        rows = parse_record(archive.read(name).decode())
    except (*BROKEN, KeyError):
        return {}
    return {row.path: row.digest for row in rows}


def _unpack_symbols(archive: zipfile.ZipFile, name: str) -> tuple[Symbol, ...]:
    """Return the symbols of a library; none of one that is too large or cannot be unpacked."""
    if archive.getinfo(name).file_size > _LARGEST_LIBRARY:
        return ()
    with tempfile.TemporaryFile(prefix="ffiwheel-") as file:
        try:
            with archive.open(name) as stream:
                shutil.copyfileobj(stream, file, _BLOCK)
        except BROKEN:
            return ()
        return _read_symbols(file, name)


def _read_symbols(file: BinaryIO, name: str) -> tuple[Symbol, ...]:
    try:
        return read_symbols(file, name)
    except WheelError:
        return ()


def _find_origins(binaries: Mapping[str, Binary]) -> Iterator[tuple[str, Origin]]:
    for binary in binaries.values():
        for library in binary.needed:
            yield library, find_origin(library, binary)


def _find_stubs(subject: Subject) -> dict[str, str]:
    """Return the stubs of the bound modules of a wheel, by the modules' names.

    Where it has none and says in its description what it offers, they are what ffiwheel would make.
    """
    if not subject.extensions:
        return {}
    stubs = {_module(path): text for path, text in subject.stubs.items() if f"/{MODULE}" in path}
    if stubs or subject.api is None or not subject.api.libraries:
        return stubs
    package = posixpath.dirname(subject.api.libraries[0].path)
    try:
        made = render_bindings(subject.api, package, BindingsTable()).files
    except FfiwheelError:
        return {}
    return {
        _module(path): content.decode() for path, content in made.items() if path.endswith(".pyi")
    }


def _module(path: str) -> str:
    """Return the name of the module that a stub describes.

    >>> _module("a/_ffi_api/__init__.pyi"), _module("a/_ffi_api.pyi")
    ('a._ffi_api', 'a._ffi_api')
    """
    return path.removesuffix(".pyi").removesuffix("/__init__").replace("/", ".")
