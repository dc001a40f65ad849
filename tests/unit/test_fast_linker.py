"""When mold or LLD links in place of the compiler's own linker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ffiwheel.model.toolchain import Compiler
from ffiwheel.toolchain.native import with_fast_linker

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MOLD, LLD = ("-fuse-ld=mold",), ("-fuse-ld=lld",)


def gcc(number: str) -> Compiler:
    """Return a g++ of some version."""
    return Compiler(family="gcc", label=f"g++ {number}".strip(), cc=("gcc",), cxx=("g++",))


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A function that puts a linker on a search path with nothing else."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def put(name: str) -> None:
        (tmp_path / name).touch(mode=0o755)

    return put


def test_the_fastest_that_is_there(install: Callable[[str], None]) -> None:
    assert with_fast_linker(gcc("12.2"), []).link == ()
    install("ld.lld")
    assert with_fast_linker(gcc("12.2"), []).link == LLD
    install("ld.mold")
    assert with_fast_linker(gcc("12.2"), []).link == MOLD


@pytest.mark.parametrize(
    ("number", "link"),
    [("12.1", MOLD), ("12.0", LLD), ("9.4", LLD), ("8.5", ()), ("", ()), ("15.0", MOLD)],
)
def test_only_what_the_compiler_knows(
    number: str, link: tuple[str, ...], install: Callable[[str], None]
) -> None:
    install("ld.lld")
    install("ld.mold")
    assert with_fast_linker(gcc(number), []).link == link


def test_zig_links_by_itself(install: Callable[[str], None]) -> None:
    install("ld.mold")
    zig = Compiler(family="zig", label="zig 0.17", cc=("zig", "cc"), cxx=("zig", "c++"))
    assert with_fast_linker(zig, []) == zig


@pytest.mark.parametrize(
    "flag", ["-flto", "-flto=auto", "-Wl,-T,script.ld", "-Xlinker", "-fuse-ld=gold", "-B/opt/bin"]
)
def test_options_for_one_linker_are_left_to_it(flag: str, install: Callable[[str], None]) -> None:
    install("ld.mold")
    assert with_fast_linker(gcc("12.2"), ["-lm", flag]).link == ()
    assert with_fast_linker(gcc("12.2"), ["-lm", "-O3", "lib/libx.a"]).link == MOLD
