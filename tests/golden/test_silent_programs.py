"""Programs that never answer: a build says so, and does not wait for ever."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from processes import members_of, wait_until
from workshop import GOLDEN, compare_golden

from ffiwheel.errors import MissingToolError
from ffiwheel.model.toolchain import Compiler
from ffiwheel.system import process
from ffiwheel.toolchain import launcher
from ffiwheel.toolchain.cuda import find_nvcc
from ffiwheel.toolchain.installer import find_site
from ffiwheel.toolchain.launcher import find_launcher
from ffiwheel.toolchain.native import find_compiler
from ffiwheel.toolchain.virtual import Environment

if TYPE_CHECKING:
    from collections.abc import Callable

GXX = Compiler(family="gcc", label="g++ 12.2", cc=("/bin/cc",), cxx=("/bin/c++",))
QUESTIONS = {
    "compiler": find_compiler,
    "nvcc": find_nvcc,
    "python": lambda: find_site(Environment(Path("/environment"))),
}


@pytest.fixture
def silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that starts another one, and both wait."""
    program = tmp_path / "ccache"
    program.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/number\n/bin/sleep 100\n")
    program.chmod(0o755)
    monkeypatch.setenv("CXX", str(program))
    monkeypatch.setenv("CUDACXX", str(program))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(Environment, "python", program)
    monkeypatch.setattr(process, "ANSWER_SECONDS", 0.6)
    return program


@pytest.mark.parametrize("name", sorted(QUESTIONS))
def test_a_program_that_does_not_answer(name: str, silent: Path, *, update_golden: bool) -> None:
    ask: Callable[[], object] = QUESTIONS[name]
    with pytest.raises(MissingToolError) as caught:
        ask()
    text = f"{caught.value}\n".replace(str(silent), "{program}")
    compare_golden(GOLDEN / "errors" / f"silent-{name}.txt", text, update=update_golden)
    group = (silent.parent / "number").read_text().strip()
    wait_until(lambda: not members_of(group))


def test_a_cache_that_nobody_asked_for_is_left_out(
    silent: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launcher, "_CACHE_SECONDS", 0.6)
    assert find_launcher("auto", GXX, "") is None
    assert (silent.parent / "number").exists(), "it was asked"
