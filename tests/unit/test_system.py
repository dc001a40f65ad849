"""Files, archives and processes."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import pytest

from ffiwheel.errors import OutputError
from ffiwheel.model.record import check_record, render_record
from ffiwheel.system.archive import write_tar_gz, write_zip
from ffiwheel.system.files import explaining, replacing, write_if_changed
from ffiwheel.system.process import run


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_text("old")

    def fail_halfway() -> None:
        with replacing(target) as temporary:
            temporary.write_text("new")
            raise ValueError("halfway")

    with pytest.raises(ValueError, match="halfway"):
        fail_halfway()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_what_did_not_change_keeps_its_time(tmp_path: Path) -> None:
    target = tmp_path / "file"
    assert write_if_changed(target, b"text")
    before = target.stat().st_mtime_ns
    assert not write_if_changed(target, b"text")
    assert target.stat().st_mtime_ns == before
    assert write_if_changed(target, b"other")


def test_a_full_disk_is_an_error_with_a_way_out() -> None:
    full = Path("/dev/full")
    with (
        pytest.raises(OutputError) as caught,
        explaining(full),
        full.open("wb", buffering=0) as file,
    ):
        file.write(b"x")
    assert str(caught.value) == (
        "error: cannot write `full`: No space left on device\n"
        "   at: /dev/full\n"
        " help: free some space, or choose another disk with `--outdir`"
    )


def test_archives_depend_on_their_contents_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"text")
    write_zip(tmp_path / "a.zip", [("f", source), ("g", b"g")])
    write_tar_gz(tmp_path / "a.tar.gz", {"f": source, "g": b"g"})
    source.touch()
    write_zip(tmp_path / "b.zip", [("f", source), ("g", b"g")])
    write_tar_gz(tmp_path / "b.tar.gz", {"g": b"g", "f": source})
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert (tmp_path / "a.tar.gz").read_bytes() == (tmp_path / "b.tar.gz").read_bytes()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    write_zip(tmp_path / "c.zip", [("f", source)])
    with zipfile.ZipFile(tmp_path / "c.zip") as archive:
        assert archive.infolist()[0].date_time == (2023, 11, 14, 22, 13, 20)


def test_a_record_tells_what_changed() -> None:
    files = {"a": b"1", "b": b"2"}
    record = render_record(files, "RECORD")
    assert check_record(files, record, "RECORD") == ["RECORD"]
    assert check_record({**files, "RECORD": record}, record, "RECORD") == []
    changed = {"a": b"1", "b": b"3", "c": b"4", "RECORD": record}
    assert check_record(changed, record, "RECORD") == ["b", "c"]


def test_a_process_that_hangs_is_ended(tmp_path: Path) -> None:
    done = run([sys.executable, "-c", "import time; time.sleep(60)"], cwd=tmp_path, timeout=0.5)
    assert done.timed_out
    assert done.ending == "it did not end in time"


def test_a_process_that_crashes_is_named_by_its_signal(tmp_path: Path) -> None:
    done = run([sys.executable, "-c", "import os; os.abort()"], cwd=tmp_path)
    assert done.ending == "signal 6 (SIGABRT)"


def test_output_is_heard_line_by_line(tmp_path: Path) -> None:
    heard: list[str] = []
    done = run(["printf", "one\\ntwo\\n"], cwd=tmp_path, on_line=heard.append)
    assert heard == ["one", "two"] == list(done.lines)
