"""What is found that runs programs of other systems, and what is said of what does not load."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from workshop import GOLDEN, compare_golden

from ffiwheel.model.toolchain import Runtime
from ffiwheel.system.machine import is_host
from ffiwheel.system.process import Completed
from ffiwheel.toolchain import emulator
from ffiwheel.toolchain.emulator import Emulator, find_emulator, name_missing
from ffiwheel.toolchain.targets import TABLE, parse_target
from ffiwheel.workflow.emulate import explain_emulated, find_loadable

if TYPE_CHECKING:
    from pathlib import Path

    from ffiwheel.model.target import Target

X86 = pytest.mark.skipif(not is_host("x86_64"), reason="what is foreign depends on the machine")


def target(name: str) -> Target:
    return parse_target(name, {})


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the whole search path."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("WINEPREFIX", "QEMU_LD_PREFIX"):
        monkeypatch.delenv(name, raising=False)
    return folder


def add(program: Path) -> str:
    program.touch(mode=0o755)
    return str(program)


@X86
def test_qemu_needs_a_c_library_of_the_target(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    qemu = add(programs / "qemu-aarch64")
    root = tmp_path / "root"
    monkeypatch.setenv("QEMU_LD_PREFIX", str(root))
    assert find_emulator(target("linux-aarch64")) is None
    (root / "lib").mkdir(parents=True)
    (root / "lib" / "ld-linux-aarch64.so.1").touch()
    found = find_emulator(target("linux-aarch64"))
    assert found == Emulator(name="qemu", command=(qemu, "-L", str(root)), variables={})


@X86
def test_wine_has_a_folder_of_its_own_unless_one_is_given(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wine = add(programs / "wine")
    found = find_emulator(target("windows-amd64"))
    assert found
    assert (found.name, found.command) == ("wine", (wine,))
    assert found.variables["WINEPREFIX"] == str(tmp_path / "cache" / "ffiwheel" / "wine")
    monkeypatch.setenv("WINEPREFIX", "/given")
    found = find_emulator(target("windows-amd64"))
    assert found
    assert found.variables["WINEPREFIX"] == "/given"


@X86
def test_what_is_missing_is_named_where_something_would_do(programs: Path) -> None:
    names = [row.target.name for row in TABLE]
    assert not any(find_emulator(target(name)) for name in names)
    assert {name: name_missing(target(name)) for name in names if name_missing(target(name))} == {
        "linux-aarch64": "qemu-user-static and libstdc++6-arm64-cross",
        "windows-amd64": "wine",
    }
    assert programs.is_dir()


def test_nothing_is_emulated_on_another_system(
    programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(programs / "wine")
    monkeypatch.setattr(emulator, "is_host", lambda _: False)
    assert find_emulator(target("windows-amd64")) is None


def test_names_to_link_with_are_no_runtime(tmp_path: Path) -> None:
    root, stub = tmp_path / "tvm_ffi", tmp_path / "build" / "tvm_ffi.lib"
    library = root / "lib" / "tvm_ffi.lib"
    for path in (stub, library):
        path.parent.mkdir(parents=True)
        path.touch()
    windows = target("windows-amd64")
    assert find_loadable(Runtime(version="1", root=root, library=stub), windows) is None
    whole = Runtime(version="1", root=root, library=library)
    assert find_loadable(whole, windows) is None
    library.with_suffix(".dll").touch()
    assert find_loadable(whole, windows) == library.with_suffix(".dll")


@pytest.mark.parametrize(
    ("name", "code", "lines"),
    [
        (
            "symbol",
            1,
            (
                "[ffiwheel loads] tvm_ffi/lib/libtvm_ffi.so",
                "[ffiwheel loads] hello/libhello.so",
                "hello/libhello.so: undefined symbol: nowhere",
            ),
        ),
        (
            "crash",
            -11,
            ("[ffiwheel loads] hello/libhello.so\r", "qemu: uncaught target signal 11"),
        ),
        ("silent", 53, ()),
    ],
)
def test_a_library_that_does_not_load_is_an_error(
    name: str, code: int, lines: tuple[str, ...], *, update_golden: bool
) -> None:
    qemu = Emulator(name="qemu", command=("qemu-aarch64",), variables={})
    done = Completed(code=code, lines=lines)
    error = explain_emulated(done, target("linux-aarch64"), qemu)
    place = GOLDEN / "emulated" / f"{name}.txt"
    compare_golden(place, f"{error}\n", update=update_golden)
