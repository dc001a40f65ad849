"""What programs that read an archive in different ways would understand differently is seen."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
from typing import TYPE_CHECKING

import pytest
from crafted import wheel_files, zipped

from ffiwheel.audit.check import audit_file
from ffiwheel.audit.opening import read_subject
from ffiwheel.model.record import render_digest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ffiwheel.audit.subject import Subject


def prefixed(data: bytes) -> bytes:
    return b"#!/bin/sh\n" + data


def trailed(data: bytes) -> bytes:
    return data + bytes(7)


def commented(data: bytes) -> bytes:
    return data[:-2] + struct.pack("<H", 3) + b"hey"


def renamed(data: bytes) -> bytes:
    """Return the archive with another name in the first entry than in the directory."""
    return data.replace(b"pkg/__init__.py", b"pkg/__evil__.py", 1)


def encrypted(data: bytes) -> bytes:
    place = data.index(b"PK\1\2")
    return data[: place + 8] + b"\1\0" + data[place + 10 :]


def overlapping(data: bytes) -> bytes:
    """Return the archive with two files of the directory at one place."""
    b, c = (data.rindex(name) - 46 for name in (b"pkg/b.py", b"pkg/c.py"))
    return data[: c + 42] + data[b + 42 : b + 46] + data[c + 46 :]


def streamed(_: bytes) -> bytes:
    """Return an archive that was written to a pipe."""

    class Pipe(io.BytesIO):
        def seek(self, *_: int) -> int:
            raise OSError

        def tell(self) -> int:
            raise OSError

    memory = Pipe()
    with zipfile.ZipFile(memory, "w") as archive:
        for name, content in wheel_files().items():
            archive.writestr(name, content)
    return memory.getvalue()


ODD = [
    (prefixed, "10 bytes before the first entry belong to no file"),
    (trailed, "7 bytes follow its end"),
    (commented, "it has a comment"),
    (renamed, "the entry itself `pkg/__evil__.py`"),
    (encrypted, "it is encrypted"),
    (overlapping, "entries overlap"),
    (streamed, "its size stands behind it"),
]


def opened(folder: Path, data: bytes) -> Subject:
    path = folder / "pkg-1.0-py3-none-any.whl"
    path.write_bytes(data)
    return read_subject(path)


@pytest.mark.parametrize(("change", "what"), ODD, ids=[case[0].__name__ for case in ODD])
def test_an_oddity_is_named(change: Callable[[bytes], bytes], what: str, tmp_path: Path) -> None:
    files = wheel_files({"pkg/b.py": b"", "pkg/c.py": b""})
    subject = opened(tmp_path, change(zipped(files)))
    assert any(what in oddity.what for oddity in subject.outline.oddities)


def test_an_ordinary_archive_has_none(tmp_path: Path) -> None:
    assert opened(tmp_path, zipped(wheel_files())).outline.oddities == ()


def test_an_archive_with_two_ends_as_large_ones_have_has_none(tmp_path: Path) -> None:
    data = zipped(wheel_files())
    count, size, start = struct.unpack_from("<8xHLL", data, len(data) - 20)
    end64 = struct.pack("<4sQHHLLQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, start)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(data) - 22, 1)
    end = struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, *[0xFFFF] * 2, *[0xFFFFFFFF] * 2, 0)
    subject = opened(tmp_path, data[:-22] + end64 + locator + end)
    assert len(subject.sizes) == 4
    assert subject.outline.oddities == ()


def test_of_two_files_with_one_name_both_are_told(tmp_path: Path) -> None:
    path = tmp_path / "pkg-1.0-py3-none-any.whl"
    path.write_bytes(zipped(wheel_files()))
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("pkg/__init__.py", "import evil")
    codes = [found.code for found in audit_file(path).report.findings]
    assert codes == ["WHL004", "WHL020"]


EMPTY = "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
RECORDS = [
    ("pkg/__init__.py,sha256=x,0", "RECORD has another hash"),
    ("pkg/__init__.py,md5=x,0", "RECORD has a hash by md5, which is too weak"),
    ("pkg/__init__.py,,", "RECORD has no hash"),
    (f"pkg/__init__.py,{EMPTY},1", "the size '1'; it is 0"),
    (f"pkg/__init__.py,{EMPTY},", "no size; it is 0"),
    ("more.py,,", "and it is not in the wheel"),
    ("", "RECORD does not list it"),
    ('"', "it cannot be read"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "what"), RECORDS, ids=[case[1] for case in RECORDS])
def test_what_is_wrong_with_the_list_of_files(line: str, what: str, tmp_path: Path) -> None:
    text = f"{line}\n" if line != '"' else f'"{"x" * 200_000}"'
    files = wheel_files({"pkg-1.0.dist-info/RECORD": text.encode()})
    faults = opened(tmp_path, zipped(files)).unrecorded
    assert any(what in fault.what for fault in faults)


def test_a_hash_of_another_algorithm_is_compared(tmp_path: Path) -> None:
    files = wheel_files()
    text = files["pkg-1.0.dist-info/RECORD"].decode()
    changed = text.replace(EMPTY, render_digest("sha512", hashlib.sha512(b"").digest()))
    assert changed != text
    files["pkg-1.0.dist-info/RECORD"] = changed.encode()
    assert opened(tmp_path, zipped(files)).unrecorded == ()
