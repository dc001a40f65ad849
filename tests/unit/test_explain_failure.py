"""What a library that does not load is said to lack."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from workshop import require

from ffiwheel.model.toolchain import Runtime
from ffiwheel.reflect.probe import explain_failure
from ffiwheel.system.process import Completed

if TYPE_CHECKING:
    import pytest

MANGLED = "_ZN5hello4helpEi"


def message(said: str) -> str:
    folder = Path("/runtime")
    runtime = Runtime(version="0.1.12", root=folder, library=folder / "libtvm_ffi.so")
    traceback = "Traceback (most recent call last):"
    lines = ("[ffiwheel loads] /x/libhello.so", traceback, f"OSError: /x/libhello.so: {said}")
    return explain_failure(Completed(code=1, lines=lines), runtime).problems[0].message


def test_a_missing_symbol_is_shown_as_in_the_source() -> None:
    require("c++filt", present=shutil.which("c++filt") is not None)
    assert "it needs `hello::help(int)`," in message(f"undefined symbol: {MANGLED}")


def test_a_missing_symbol_is_shown_without_binutils(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert f"it needs `{MANGLED}`," in message(f"undefined symbol: {MANGLED}")


def test_the_version_of_a_symbol_is_no_part_of_it() -> None:
    said = "symbol lookup error: undefined symbol: help, version LIB_1"
    assert "it needs `help`, which" in message(said)


def test_other_words_of_the_loader_are_passed_on() -> None:
    assert message("invalid ELF header") == "`libhello.so` does not load: invalid ELF header"
