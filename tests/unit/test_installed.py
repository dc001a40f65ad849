"""What was built is replaced in an environment: only what has changed, and never half."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ffiwheel.errors import OutputError
from ffiwheel.model.record import Hashed, check_record, hash_of, parse_record
from ffiwheel.wheel.installed import mark_editable, replace_built

if TYPE_CHECKING:
    from pathlib import Path

    from ffiwheel.model.draft import Content

FOLDER = "_hello_world_editable"
BUILT: dict[str, Content] = {
    "hello/_ffi_api.py": b"new",
    "hello/_ffi_api.pyi": b"same",
    "hello/libhello.so": b"new",
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """An environment with an older install of what is in `BUILT`."""
    files = {
        f"{FOLDER}/__init__.py": "finder",
        f"{FOLDER}/lock.txt": "",
        f"{FOLDER}/state.txt": "old",
        f"{FOLDER}/hello/_ffi_api.py": "old",
        f"{FOLDER}/hello/_ffi_api.pyi": "same",
        f"{FOLDER}/hello/libhello.so": "old",
        f"{FOLDER}/hello/gone.py": "old",
        "Hello_World-1.0.dist-info/METADATA": "",
    }
    compiled = [
        f"{FOLDER}/hello/__pycache__/{name}.cpython-311.pyc" for name in ("gone", "_ffi_api")
    ]
    for name, text in {**files, **dict.fromkeys(compiled, "code")}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    rows = [
        *(f"{name},,\n" for name in (*files, *compiled)),
        "Hello_World-1.0.dist-info/RECORD,,\n",
    ]
    (tmp_path / "Hello_World-1.0.dist-info" / "RECORD").write_text("".join(rows))
    return tmp_path


def names(site: Path) -> set[str]:
    return {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}


def test_what_has_changed_is_replaced_and_recorded(site: Path) -> None:
    folder = site / FOLDER
    before = {name: (folder / name).stat() for name in BUILT}
    replace_built(folder, "hello.world", BUILT, "state")
    assert {name: (folder / name).read_bytes() for name in BUILT} == BUILT
    after = {name: (folder / name).stat() for name in BUILT}
    moved = {name for name in BUILT if after[name].st_ino != before[name].st_ino}
    assert moved == {"hello/_ffi_api.py", "hello/libhello.so"}, "a new file each"
    assert (folder / "state.txt").read_text() == "state"
    assert not [name for name in names(site) if name.endswith((".pyc", "gone.py"))]
    record = site / "Hello_World-1.0.dist-info" / "RECORD"
    rows = [row for row in parse_record(record.read_text()) if row.path in names(folder.parent)]
    assert len(rows) == len(parse_record(record.read_text())) == len(names(site))
    hashed = {
        row.path: Hashed(hash_of(data), len(data))
        for row in rows
        if row.digest and (data := (site / row.path).read_bytes()) is not None
    }
    assert set(hashed) == {f"{FOLDER}/{name}" for name in (*BUILT, "state.txt")}
    assert not list(check_record([row for row in rows if row.digest], hashed, ""))


def test_the_state_is_the_last_thing_that_is_written(site: Path) -> None:
    """A folder stands where a file should be, so that not even root can replace it."""
    library = site / FOLDER / "hello" / "libhello.so"
    library.unlink()
    library.mkdir()
    with pytest.raises(OutputError):
        replace_built(site / FOLDER, "hello-world", BUILT, "state")
    assert (site / FOLDER / "state.txt").read_text() == "old"
    assert (site / FOLDER / "hello" / "_ffi_api.py").read_text() == "old", "libraries come first"


def test_installers_learn_that_it_is_editable(site: Path, tmp_path: Path) -> None:
    mark_editable(site, "hello-world", tmp_path / "a b")
    [file] = site.glob("*.dist-info/direct_url.json")
    origin = json.loads(file.read_text())
    assert origin["dir_info"] == {"editable": True}
    assert origin["url"].endswith("/a%20b")
    rows = parse_record((site / "Hello_World-1.0.dist-info" / "RECORD").read_text())
    [row] = [row for row in rows if row.path.endswith("direct_url.json")]
    assert row.digest == hash_of(file.read_bytes())
    assert len(rows) == len(names(site))
