"""Open a wheel or a shared library from the disk, whoever made it, and never run it.

Each file of a wheel is read once, as a stream: it is hashed as `RECORD` asks; a library also goes
into a temporary file without a name, a text into memory up to a limit. `system.foreign_zip`
says what bounds the work.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ffiwheel.audit.archive import read_outline
from ffiwheel.audit.binary.read import read_binary
from ffiwheel.audit.subject import Outline, Subject
from ffiwheel.errors import ProjectError, ReflectError, WheelError
from ffiwheel.model.draft import API_FILE, is_library
from ffiwheel.model.record import (
    STRONG,
    Hashed,
    RecordFault,
    Row,
    check_record,
    parse_record,
    render_digest,
)
from ffiwheel.system.files import explaining_full
from ffiwheel.system.foreign_zip import BROKEN, is_readable, open_zip

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator

    from ffiwheel.model.api import Api
    from ffiwheel.model.binary import Binary

_BLOCK = 1024**2
_LONGEST_STUB = 1024**2
_NEEDED = {"METADATA": 4 * 1024**2, "WHEEL": 64 * 1024, "RECORD": 32 * 1024**2}
"""The files that make a zip a wheel, and how many bytes of each are read."""
_LONGEST_API = 8 * 1024**2


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the makers of a wheel want that others would be warned of."""

    exports: tuple[str, ...] = ()
    """Patterns of the symbols that may be exported besides the C ABI."""
    debug: bool = False
    """Whether symbols were asked for."""
    prefixes: tuple[str, ...] = ()
    """Namespaces for registered names that are fine besides the packages' names."""
    outside: tuple[str, ...] = ()
    """Names of libraries that somebody else brings, they say."""


NO_WISHES = Wishes()


@dataclass(slots=True)
class _Contents:
    """What one pass over the files of a wheel finds."""

    files: dict[str, Hashed] = field(default_factory=dict)
    binaries: dict[str, Binary] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)
    damaged: dict[str, str] = field(default_factory=dict)
    stubs: dict[str, str] = field(default_factory=dict)


def read_subject(path: Path, wishes: Wishes = NO_WISHES) -> Subject:
    """Return everything that the rules look at.

    Raises:
        ProjectError: if there is no such file, or it may not be read.
        WheelError: if it is neither a wheel nor a shared library that can be read.
    """
    with _opened(path) as file:
        start = file.read(4)
        if path.suffix == ".whl" or start in {b"PK\3\4", b"PK\5\6"}:
            return _read_wheel(file, path, wishes)
        return _read_library(file, path, wishes)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    if path.is_dir():
        hint = f"name the files in it, such as `{path}/*.whl`"
        raise ProjectError("a folder cannot be audited", where=str(path), hint=hint)
    if not path.is_file():
        is_pattern = any(sign in path.name for sign in "*?[")
        hint = "no file matches this pattern" if is_pattern else ""
        raise ProjectError("there is no such file", where=str(path), hint=hint)
    try:
        file = path.open("rb")
    except OSError as error:
        raise ProjectError(f"it cannot be read: {error.strerror}", where=str(path)) from error
    with file:
        yield file


def _read_library(file: BinaryIO, path: Path, wishes: Wishes) -> Subject:
    return Subject(
        file_name=path.name,
        file_tag="",
        wheel_tags=(),
        metadata="",
        binaries={path.name: read_binary(file, str(path))},
        exports=wishes.exports,
        debug=wishes.debug,
        prefixes=wishes.prefixes,
        outside=wishes.outside,
    )


def _read_wheel(file: BinaryIO, path: Path, wishes: Wishes) -> Subject:
    archive = open_zip(file, str(path))
    outline = read_outline(file, archive, str(path))
    info = _find_dist_info(archive, path)
    texts = {
        name: _read_text(archive, f"{info}/{name}", most, path) for name, most in _NEEDED.items()
    }
    rows, faults = _read_rows(texts["RECORD"], f"{info}/RECORD")
    contents = _read_contents(archive, outline, rows)
    api, api_fault = _read_api(archive, f"{info}/{API_FILE}", path)
    if not faults and not outline.is_bomb:
        there = {**contents.files, **dict.fromkeys(contents.damaged, Hashed("", 0))}
        found = check_record(rows, there, f"{info}/RECORD")
        faults = tuple(fault for fault in found if fault.path not in contents.damaged)
    return Subject(
        file_name=path.name,
        file_tag="-".join(path.stem.split("-")[-3:]),
        wheel_tags=parse_tags(texts["WHEEL"]),
        metadata=texts["METADATA"],
        binaries=contents.binaries,
        unrecorded=faults,
        exports=wishes.exports,
        debug=wishes.debug,
        prefixes=wishes.prefixes,
        outside=wishes.outside,
        dist_info=info,
        wheel_text=texts["WHEEL"],
        sizes={name: one.size for name, one in contents.files.items()},
        stubs=contents.stubs,
        digests={name: contents.files[name].digest for name in contents.binaries},
        unreadable=contents.unreadable,
        damaged=contents.damaged,
        outline=outline,
        api=api,
        api_fault=api_fault,
    )


def parse_tags(text: str) -> tuple[str, ...]:
    r"""Return the tags in the text of `WHEEL`.

    >>> parse_tags("Wheel-Version: 1.0\nTag: py3-none-any\n")
    ('py3-none-any',)
    """
    lines = (line.partition(":") for line in text.splitlines())
    return tuple(value.strip() for key, _, value in lines if key == "Tag")


def _find_dist_info(archive: zipfile.ZipFile, path: Path) -> str:
    """Return the folder with the metadata: of several the one that the file's name wants."""
    names = archive.namelist()
    folders = {
        name.partition("/")[0] for name in names if name.count("/") == 1 and ".dist-info/" in name
    }
    whole = sorted(
        folder for folder in folders if {f"{folder}/{name}" for name in _NEEDED} <= set(names)
    )
    if not whole:
        raise WheelError("not a wheel: METADATA, WHEEL or RECORD is missing", where=str(path))
    wanted = "-".join(path.name.split("-")[:2]) + ".dist-info"
    return wanted if wanted in whole else whole[0]


def _read_text(archive: zipfile.ZipFile, name: str, most: int, path: Path) -> str:
    """Return the text of a file that a wheel cannot do without."""
    info = archive.getinfo(name)
    try:
        if not is_readable(info) or info.file_size > most:
            raise ValueError("it is encrypted, too large, or compressed in a rare way")
        with archive.open(info) as stream:
            return stream.read(most).decode()
    except BROKEN as error:
        raise WheelError(f"not a wheel: cannot read `{name}`: {error}", where=str(path)) from error


def _read_rows(text: str, name: str) -> tuple[tuple[Row, ...], tuple[RecordFault, ...]]:
    """Return the lines of `RECORD`, or why it cannot be read."""
    try:
        return parse_record(text), ()
    except ValueError as error:
        return (), (RecordFault(name, f"it cannot be read: {error}"),)


def _read_api(archive: zipfile.ZipFile, name: str, path: Path) -> tuple[Api | None, str]:
    """Return the description of the API, or why it cannot be read; neither where there is none."""
    if name not in archive.namelist():
        return None, ""
    from ffiwheel.model.api_json import parse_api  # noqa: PLC0415 - most wheels have none

    try:
        return parse_api(_read_text(archive, name, _LONGEST_API, path), name), ""
    except (WheelError, ReflectError) as error:
        return None, error.problems[0].message


def _read_contents(archive: zipfile.ZipFile, outline: Outline, rows: tuple[Row, ...]) -> _Contents:
    """Read every file once; of a name that is there twice, the last, as installers do."""
    contents = _Contents()
    if outline.is_bomb:
        return contents
    algorithms = {row.path: row.algorithm for row in rows if row.algorithm in STRONG}
    for name, info in archive.NameToInfo.items():
        if name.endswith("/"):
            continue
        if not is_readable(info):
            contents.damaged[name] = "it is encrypted, or compressed in a rare way"
            continue
        with _room(name) as kept:
            try:
                contents.files[name] = _copy(archive, info, algorithms.get(name, "sha256"), kept)
            except BROKEN as error:
                contents.damaged[name] = str(error) or type(error).__name__
                continue
            _keep(kept, name, contents)
    return contents


def _room(name: str) -> BinaryIO:
    """Return where a file goes: libraries to the disk, the others into memory, if anywhere."""
    return tempfile.TemporaryFile(prefix="ffiwheel-") if is_library(name) else io.BytesIO()


def _copy(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, algorithm: str, kept: BinaryIO
) -> Hashed:
    """Hash a file, and write it to `kept` on the way if it is looked at."""
    name, size, digest = info.filename, 0, hashlib.new(algorithm)
    is_kept = is_library(name) or _is_stub(name, info.file_size)
    with archive.open(info) as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
            size += len(block)
            if is_kept:
                with explaining_full(Path(tempfile.gettempdir())):
                    kept.write(block)
    return Hashed(render_digest(algorithm, digest.digest()), size)


def _is_stub(name: str, size: int) -> bool:
    return name.endswith(".pyi") and size <= _LONGEST_STUB


def _keep(kept: BinaryIO, name: str, contents: _Contents) -> None:
    """Read what was unpacked."""
    kept.seek(0)
    if _is_stub(name, contents.files[name].size):
        contents.stubs[name] = kept.read().decode(errors="replace")
    elif is_library(name):
        try:
            contents.binaries[name] = read_binary(kept, name)
        except WheelError as error:
            contents.unreadable[name] = error.problems[0].message
