"""The database for editors: one command for each source, as clang understands it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ffiwheel.workflow.develop_database import plan_database

if TYPE_CHECKING:
    from pathlib import Path

OPTIONS = "-O2 -include build/precompiled/headers.h -fno-gnu-unique -DA='\"b c\"' -MD -MF {out}.d"
COMMAND = f"/usr/bin/c++ {OPTIONS} -c {{file}} -o {{out}}"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with two sources, and a build folder in which one is ours and two are one."""
    for name in ("src/a.cc", "src/b.cc", "build/headers.cc", "build/unity/0.cc"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def entry(root: Path, file: str, start: str = "") -> dict[str, str]:
    command = f"{start}{COMMAND.format(file=file, out='build/o')}"
    return {"directory": str(root), "file": file, "command": command, "output": "build/o"}


@pytest.mark.parametrize("start", ["", "$FFIWHEEL_LAUNCHER ", "/usr/bin/ccache ", "distcc "])
def test_the_words_are_those_of_the_compiler(root: Path, start: str) -> None:
    [found] = plan_database([entry(root, "src/a.cc", start)], (root / "src/a.cc",), root / "build")
    words = ["/usr/bin/c++", "-O2", '-DA="b c"', "-MD", "-MF", "build/o.d", "-c", "src/a.cc"]
    assert found == {
        "directory": str(root),
        "file": "src/a.cc",
        "arguments": [*words, "-o", "build/o"],
    }


def test_what_is_no_source_of_the_project_is_left_out(root: Path) -> None:
    made = ("src/a.cc", "build/headers.cc", "build/gone.cc", "build/o")
    found = plan_database([entry(root, name) for name in made], (), root / "build")
    assert [one["file"] for one in found] == ["src/a.cc"]


def test_sources_that_are_compiled_together_have_a_command_each(root: Path) -> None:
    sources = (root / "src/a.cc", root / "src/b.cc", root / "src/k.cu")
    found = plan_database([entry(root, "build/unity/0.cc")], sources, root / "build")
    assert [one["file"] for one in found] == [str(path) for path in sources[:2]]
    assert [str(sources[1]) in one["arguments"] for one in found] == [False, True]
    assert "build/unity/0.cc" not in found[0]["arguments"]
