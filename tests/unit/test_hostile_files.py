"""Damaged and malicious files end in findings or one error, soon, and in little memory."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest
from crafted import INFO, write_wheel, zipped
from hostile import Silence
from workshop import REPOSITORY

from ffiwheel.audit.opening import read_subject
from ffiwheel.errors import WheelError
from ffiwheel.model.record import parse_record
from ffiwheel.wheel.assemble import open_wheel
from ffiwheel.workflow.stubs import read_wheel_stubs

if TYPE_CHECKING:
    from pathlib import Path

SUPPORT = REPOSITORY / "tests" / "support"
CASES = 2500


def test_mutated_files_are_audited(tmp_path: Path) -> None:
    """Wheels and libraries of every format, damaged in every way, in one process with limits."""
    told = take_through("audit", CASES, tmp_path)
    assert told["read"] > CASES / 3, "most cases get past the door"
    assert told["refused"] > CASES / 10


def test_mutated_files_are_repaired(tmp_path: Path) -> None:
    told = take_through("repair", 200, tmp_path)
    assert told["read"] > 50
    assert told["refused"] > 50


def take_through(action: str, count: int, tmp_path: Path) -> dict[str, int]:
    """Return how many cases were read and how many refused, if nothing went wrong."""
    done = subprocess.run(
        [sys.executable, SUPPORT / "hostile.py", action, "1", str(count), tmp_path],
        env={"PYTHONPATH": str(SUPPORT), "TMPDIR": str(tmp_path), "HOME": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["problems"] == []
    assert told["outside"] == []
    assert told["left"] == []
    return {"read": told["read"], "refused": told["refused"]}


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = write_wheel(tmp_path, {"pkg/zeros.so": bytes(80 * 1024**2)})
    subject = read_subject(path)
    assert subject.outline.is_bomb
    assert not subject.sizes
    assert not subject.binaries


def test_what_compresses_well_and_is_small_is_no_bomb(tmp_path: Path) -> None:
    path = write_wheel(tmp_path, {"pkg/zeros.bin": bytes(8 * 1024**2)})
    assert not read_subject(path).outline.is_bomb


def test_rare_compression_is_not_unpacked(tmp_path: Path) -> None:
    """From a few bytes of bzip2, `zipfile` makes gigabytes in memory at once."""
    path = write_wheel(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("pkg/zeros.py", bytes(10_000_000), zipfile.ZIP_BZIP2)
    subject = read_subject(path)
    assert "pkg/zeros.py" in subject.damaged
    assert "not every installer" in subject.outline.oddities[0].what


HUGE = b"\xff\xff\xff\x7f"
END = b"PK\5\6" + bytes(8) + HUGE + bytes(6)
HIDDEN = b"PK\5\6" + bytes(8) + HUGE + b"PK\5\6" + bytes(2)
"""An end in which another one seems to begin."""
END64 = (
    b"PK\6\6"
    + bytes(36)
    + HUGE
    + bytes(12)
    + b"PK\6\7"
    + bytes(16)
    + END.replace(HUGE, b"\xff" * 4)
)


@pytest.mark.parametrize("end", [END, HIDDEN, END64], ids=["plain", "hidden", "zip64"])
def test_a_directory_that_claims_to_be_huge(end: bytes, tmp_path: Path) -> None:
    path = tmp_path / "pkg-1.0-py3-none-any.whl"
    path.write_bytes(bytes(20 * 1024**2) + end)
    with pytest.raises(WheelError, match="directory is too large"):
        read_subject(path)


def test_a_name_longer_than_any_system_has(tmp_path: Path) -> None:
    path = write_wheel(tmp_path, {"a" * 1025: b""})
    with pytest.raises(WheelError, match="more than 1024 characters"):
        read_subject(path)


def test_a_list_of_files_without_end() -> None:
    with pytest.raises(ValueError, match="300000 lines"):
        parse_record("a\n" * 400_000)


def test_metadata_larger_than_anybodys(tmp_path: Path) -> None:
    path = write_wheel(tmp_path, {"pkg-1.0.dist-info/METADATA": b"Name: pkg\n" * 500_000})
    with pytest.raises(WheelError, match="METADATA"):
        read_subject(path)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"../evil.so": b""}, "outside of itself"),
        ({"/evil.so": b""}, "outside of itself"),
        ({"": b""}, "outside of itself"),
        ({"a" * 300: b""}, "File name too long"),
        ({"a": b"", "a/b": b""}, "cannot unpack `a/b`"),
        ({"a/b": b"", "a": b""}, "cannot unpack `a`"),
        ({"zeros.bin": bytes(80 * 1024**2)}, "more than 50 times as large"),
    ],
)
def test_what_is_not_unpacked_for_a_repair(
    files: dict[str, bytes], said: str, tmp_path: Path
) -> None:
    with pytest.raises(WheelError, match=said):
        open_wheel(write_wheel(tmp_path, files), tmp_path / "inner" / "opened")
    assert not list(tmp_path.rglob("evil*"))


@pytest.mark.parametrize("place", ["../../evil/x.so", "/tmp/evil/x.so", "pkg/other.so"])
def test_stubs_lie_where_the_wheel_has_its_library(place: str, tmp_path: Path) -> None:
    described = {"schema": 1, "functions": [{"name": "pkg.add"}], "libraries": [{"path": place}]}
    files = {f"{INFO}/ffiwheel-api.json": json.dumps(described).encode()}
    with pytest.raises(WheelError, match="which is not in the wheel"):
        read_wheel_stubs(write_wheel(tmp_path, files), None, tmp_path / "out", Silence())
    assert not (tmp_path / "out").exists()


def test_metadata_without_a_version(tmp_path: Path) -> None:
    path = write_wheel(tmp_path, {"pkg-1.0.dist-info/METADATA": b"Name: pkg\nVersion: x\n"})
    with pytest.raises(WheelError, match="which project and version"):
        open_wheel(path, tmp_path / "opened")


def test_nothing_is_written_where_names_point(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    names = ("../evil.so", f"{tmp_path}/evil.so", "..\\evil.so")
    path = inner / "pkg-1.0-py3-none-any.whl"
    write_wheel(inner, dict.fromkeys(names, b"\x7fELF"))
    read_subject(path)
    assert sorted(one.name for one in tmp_path.rglob("*")) == ["inner", path.name]


def test_an_archive_that_is_no_wheel(tmp_path: Path) -> None:
    path = tmp_path / "pkg-1.0-py3-none-any.whl"
    path.write_bytes(zipped({"a.py": b""}))
    with pytest.raises(WheelError, match="METADATA, WHEEL or RECORD is missing"):
        read_subject(path)
