"""Files, archives and processes."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from processes import is_running, wait_until

from ffiwheel.errors import OutputError, ProjectError, WheelError
from ffiwheel.model.record import Hashed, check_record, hash_of, parse_record, render_record
from ffiwheel.system.archive import write_tar_gz, write_zip
from ffiwheel.system.environment import source_date_epoch
from ffiwheel.system.files import (
    copy_once,
    explaining,
    explaining_full,
    is_writable,
    read_input,
    replacing,
    rewrite,
    write_if_changed,
)
from ffiwheel.system.foreign_zip import extract_zip
from ffiwheel.system.process import run
from ffiwheel.system.question import asking


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


def test_files_are_rewritten_all_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [tmp_path / name for name in "abc"]
    for file in files:
        file.write_text("old")
        file.chmod(0o640)
    real = Path.replace

    def refuse_a(self: Path, target: Path) -> Path:
        """The last one to be replaced cannot be, as with `chattr +i`."""
        if target.name == "a":
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), str(self))
        return real(self, target)

    monkeypatch.setattr(Path, "replace", refuse_a)
    with pytest.raises(OutputError) as caught:
        rewrite(dict.fromkeys(files, b"new"))
    assert str(caught.value) == (
        "error: cannot write `a`: Operation not permitted\n"
        f"   at: {tmp_path / 'a'}\n"
        " help: no file was changed; see who may write to that file and its folder"
    )
    assert [file.read_text() for file in files] == ["old"] * 3
    assert sorted(tmp_path.iterdir()) == files
    monkeypatch.undo()
    rewrite(dict.fromkeys(files, b"new"))
    assert [file.read_text() for file in files] == ["new"] * 3
    assert {file.stat().st_mode & 0o777 for file in files} == {0o640}


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
        " help: free some space, or choose another disk (`--outdir`, `--emit`)"
    )


def test_archives_depend_on_their_contents_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"text")
    write_zip(tmp_path / "a.zip", [("f", b"text"), ("g", b"g")])
    write_tar_gz(tmp_path / "a.tar.gz", {"f": source, "g": b"g"})
    source.touch()
    write_zip(tmp_path / "b.zip", [("f", b"text"), ("g", b"g")])
    write_tar_gz(tmp_path / "b.tar.gz", {"g": b"g", "f": source})
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert (tmp_path / "a.tar.gz").read_bytes() == (tmp_path / "b.tar.gz").read_bytes()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    write_zip(tmp_path / "c.zip", [("f", b"text")])
    with zipfile.ZipFile(tmp_path / "c.zip") as archive:
        assert archive.infolist()[0].date_time == (2023, 11, 14, 22, 13, 20)


def test_an_input_that_cannot_be_read_is_not_blamed_on_the_output(tmp_path: Path) -> None:
    def read_in_the_middle() -> None:
        with replacing(tmp_path / "out"):
            read_input(tmp_path / "missing")

    def fail_in_the_middle() -> None:
        with replacing(tmp_path / "out"):
            (tmp_path / "missing").read_bytes()

    with pytest.raises(ProjectError, match="cannot read `missing`: No such file"):
        read_in_the_middle()
    with pytest.raises(FileNotFoundError):
        fail_in_the_middle()


def test_what_fills_the_disk_is_named_by_the_output(tmp_path: Path) -> None:
    def fill() -> None:
        with replacing(tmp_path / "out"), Path("/dev/full").open("wb", buffering=0) as file:
            file.write(b"x")

    with pytest.raises(OutputError, match="cannot write `out`: No space"):
        fill()
    with pytest.raises(OutputError, match="cannot write `folder`: No space"):
        raise_inside(tmp_path / "folder", OSError(errno.ENOSPC, "full"))
    with pytest.raises(PermissionError):
        raise_inside(tmp_path / "folder", PermissionError(errno.EPERM, "no"))


def raise_inside(folder: Path, error: OSError) -> None:
    with explaining_full(folder):
        raise error


@pytest.mark.parametrize("value", ["abc", "9999999999", "-1", "1.5", "²"])
def test_a_time_that_no_archive_can_carry(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", value)
    with pytest.raises(ProjectError, match="is no time that an archive can carry"):
        source_date_epoch()


def test_the_last_second_of_an_archive_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "4294967295")
    write_zip(tmp_path / "a.zip", [("f", b"text")])
    write_tar_gz(tmp_path / "a.tar.gz", {"f": b"text"})


def test_programs_stay_programs_through_a_zip(tmp_path: Path) -> None:
    write_zip(tmp_path / "a.zip", [("bin/tool", b"#!/bin/sh"), ("text", b"")], {"bin/tool"})
    files = extract_zip(tmp_path / "a.zip", tmp_path / "out")
    assert os.access(files["bin/tool"], os.X_OK)
    assert not os.access(files["text"], os.X_OK)


@pytest.mark.parametrize("name", ["../outside", "/outside", "a/../../outside"])
def test_a_zip_cannot_write_outside(name: str, tmp_path: Path) -> None:
    write_zip(tmp_path / "a.zip", [(name, b"")])
    with pytest.raises(WheelError, match="outside of itself"):
        extract_zip(tmp_path / "a.zip", tmp_path / "folder" / "inside")


def test_a_record_tells_what_changed() -> None:
    def hashed(files: dict[str, bytes]) -> dict[str, Hashed]:
        return {name: Hashed(hash_of(data), len(data)) for name, data in files.items()}

    files = {"a": b"1", "b": b"2"}
    rows = parse_record(render_record(files, "RECORD").decode())
    assert list(check_record(rows, hashed(files), "RECORD")) == []
    assert list(check_record(rows, hashed({**files, "RECORD": b"x"}), "RECORD")) == []
    changed = hashed({"a": b"1", "b": b"3", "c": b"4"})
    assert [fault.path for fault in check_record(rows, changed, "RECORD")] == ["b", "c"]


def test_a_process_that_hangs_is_ended(tmp_path: Path) -> None:
    done = run([sys.executable, "-c", "import time; time.sleep(60)"], cwd=tmp_path, timeout=0.5)
    assert done.timed_out
    assert done.ending == "it did not end in time"


def test_a_process_that_crashes_is_named_by_its_signal(tmp_path: Path) -> None:
    done = run([sys.executable, "-c", "import os; os.abort()"], cwd=tmp_path)
    assert done.ending == "signal 6 (SIGABRT)"


STARTER = """
import sys
from pathlib import Path
from ffiwheel.system.process import run

run(sys.argv[1:], cwd=Path.cwd(), on_line=lambda line: print(line, flush=True))
"""


def test_a_process_ends_when_we_are_killed(tmp_path: Path) -> None:
    """Nobody is left to stop it: a watcher in its process group does."""
    command = [sys.executable, "-c", STARTER, "sh", "-c", "echo $$; exec sleep 60"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        number = starter.stdout.readline().strip()
        assert is_running(number)
        starter.kill()
    wait_until(lambda: not is_running(number))


def test_what_a_command_leaves_running_stays(tmp_path: Path) -> None:
    """A compiler cache's server outlives the compiler that started it."""
    done = run(("sh", "-c", "sleep 30 >/dev/null 2>&1 & echo $!"), cwd=tmp_path)
    [number] = map(int, done.lines)
    time.sleep(0.2)
    os.kill(number, signal.SIGTERM)


def test_output_is_heard_line_by_line(tmp_path: Path) -> None:
    heard: list[str] = []
    done = run(["printf", "one\\ntwo\\n"], cwd=tmp_path, on_line=heard.append)
    assert heard == ["one", "two"] == list(done.lines)


def test_no_line_of_a_long_output_is_lost(tmp_path: Path) -> None:
    done = run(["seq", "5000"], cwd=tmp_path)
    assert done.lines[0] == "1"
    assert len(done.lines) == 5000


def test_a_question_is_answered_however_long_and_whatever_is_said_beside() -> None:
    code = "import sys; print('a' * 200_000); sys.stderr.write('b' * 200_000); sys.exit(3)"
    with asking((sys.executable, "-c", code), dict(os.environ)) as asked:
        assert asked.answer() == (b"a" * 200_000 + b"\n", "b" * 200_000, 3)


def test_a_question_that_nobody_waits_for_is_ended() -> None:
    before = open_files(), children()
    with asking(("sleep", "100"), dict(os.environ)):
        assert children() != before[1]
    assert (open_files(), children()) == before


def test_a_question_to_a_program_that_is_not_there() -> None:
    before = open_files()
    with pytest.raises(FileNotFoundError), asking(("no-such-program",), {}):
        pass
    assert open_files() == before


def test_whoever_is_asked_minds_closed_pipes() -> None:
    command = ("sh", "-c", "yes | head -1; kill -s PIPE $$")
    with asking(command, dict(os.environ)) as asked:
        assert asked.answer() == (b"y\n", "", -signal.SIGPIPE)


def open_files() -> set[str]:
    return {file.name for file in Path("/proc/self/fd").iterdir()}


def children() -> set[str]:
    lists = Path("/proc/self/task").glob("*/children")
    return {child for one in lists for child in one.read_text().split()}


def test_a_folder_is_copied_once_and_whole(tmp_path: Path) -> None:
    source, place = tmp_path / "source", tmp_path / "cache" / "copy"
    (source / "below").mkdir(parents=True)
    (source / "below" / "file").write_text("first")
    copy_once(source, place)
    (source / "below" / "file").unlink()
    (source / "below" / "file").write_text("second")
    copy_once(source, place)
    assert (place / "below" / "file").read_text() == "first"
    assert [path.name for path in place.parent.iterdir()] == ["copy"]


def test_half_a_copy_is_not_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, place = tmp_path / "source", tmp_path / "cache" / "copy"
    source.mkdir()
    for name in "ab":
        (source / name).write_text(name)

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(shutil, "copy2", refuse)
    with pytest.raises(OutputError, match="No space left"):
        copy_once(source, place)
    assert not list(place.parent.iterdir())


def test_where_nothing_may_be_seen_nothing_can_be_written(sealed: Path) -> None:
    with pytest.raises(PermissionError):
        sealed.stat()
    assert not is_writable(sealed)
    assert not is_writable(sealed / "new")
