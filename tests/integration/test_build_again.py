"""A build of plain sources that has nothing to do, and everything that gives it something to do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest
from workshop import SAMPLES, TEMPLATES, Workshop, commit_all, run, run_ffiwheel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.compiler
WARNED = """
TVM_FFI_STATIC_INIT_BLOCK() {
  tvm::ffi::reflection::GlobalDef().def("elsewhere.f", [](int64_t x) { return x; });
}
"""
SAYS = "nothing has changed: the wheel is up to date\n"


@pytest.fixture
def built(workshop: Workshop) -> Path:
    """A project that was built, and whose files are older than the build."""
    project = workshop.copy(TEMPLATES / "cpu")
    source = project / "src" / "my_extension.cc"
    source.write_text(source.read_text().replace("#include <cstdint>", '#include "own.h"'))
    (project / "src" / "own.h").write_text("#include <cstdint>\n")
    (project / "python" / "my_extension" / "table.json").write_text("{}\n")
    settings = project / "pyproject.toml"
    settings.write_text(settings.read_text().replace('dynamic = ["version"]', 'version = "1.0"'))
    build(project)
    assert build(project) == SAYS
    return project


def build(project: Path, *arguments: str, **variables: str) -> str:
    """Build, and return what is said beside the answer."""
    result = run_ffiwheel("build", *arguments, cwd=project, **variables)
    assert result.code == 0, result.err
    assert (project / result.out.strip()).is_file()
    return result.err


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text() + text)


def put_more_into_the_wheel(project: Path) -> None:
    [wheel] = (project / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr("more.txt", "more")


CHANGES: dict[str, Callable[[Path], object]] = {
    "source": lambda project: append(project / "src" / "my_extension.cc", "// changed\n"),
    "header": lambda project: append(project / "src" / "own.h", "// changed\n"),
    "older source": lambda project: os.utime(project / "src" / "my_extension.cc", (1, 1)),
    "new source": lambda project: (project / "src" / "new.cc").write_text("int unused;\n"),
    "module": lambda project: append(project / "python" / "my_extension" / "__init__.py", "#\n"),
    "data": lambda project: append(project / "python" / "my_extension" / "table.json", "\n"),
    "new data": lambda project: (project / "python" / "my_extension" / "new.txt").touch(),
    "data gone": lambda project: (project / "python" / "my_extension" / "table.json").unlink(),
    "readme": lambda project: append(project / "README.md", "more\n"),
    "new licence": lambda project: (project / "LICENSE").write_text("none\n"),
    "settings": lambda project: append(project / "pyproject.toml", "\n"),
    "wheel gone": lambda project: shutil.rmtree(project / "dist"),
    "wheel altered": put_more_into_the_wheel,
    "header gone": lambda project: (project / "src" / "own.h").rename(project / "src" / "own.hh"),
}
"""Each is made in turn; what comes after the last cannot be compiled."""


def test_changes_are_seen(built: Path) -> None:
    for name, change in CHANGES.items():
        change(built)
        if name == "header gone":
            assert "own.h" in run_ffiwheel("build", cwd=built).err
            return
        assert "audit " in build(built), name
        [wheel] = (built / "dist").glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            assert "more.txt" not in archive.namelist(), name
        assert build(built) == SAYS, name


def test_options_and_variables_count(built: Path) -> None:
    for arguments, variables in (
        (("--debug",), {}),
        (("--launcher", "none"), {}),
        ((), {"CXXFLAGS": "-DOTHER"}),
        ((), {"PATH": f"{built}{os.pathsep}{os.environ['PATH']}"}),
        (("--verbose",), {}),
    ):
        assert "audit" in build(built, *arguments, **variables)
    build(built)
    assert build(built) == SAYS
    assert build(built, TERM="other") == SAYS
    answer = run_ffiwheel("build", "--json", cwd=built)
    assert '"seconds"' in answer.out


def test_another_place_is_another_order(built: Path, tmp_path: Path) -> None:
    there = str(tmp_path / "there")
    first, second = (run_ffiwheel("build", "--outdir", there, cwd=built) for _ in range(2))
    assert "audit " in first.err
    assert second.err == SAYS
    assert second.out == first.out
    shutil.rmtree(built / "dist")
    assert "audit" in build(built)


def test_findings_are_said_again(workshop: Workshop) -> None:
    project = workshop.copy(TEMPLATES / "cpu")
    source = project / "src" / "my_extension.cc"
    source.write_text(source.read_text() + WARNED)
    for _ in range(2):
        said = build(project)
        assert "audit " in said
        assert "warning" in said, said


def test_a_version_is_seen(workshop: Workshop) -> None:
    project = workshop.copy(TEMPLATES / "cpu")
    build(project)
    assert build(project) == SAYS
    commit_all(project)
    assert "0.1.0.dev2" in build(project)
    assert build(project) == SAYS
    assert "7.0" in build(project, FFIWHEEL_VERSION="7.0")
    assert build(project, FFIWHEEL_VERSION="7.0") == SAYS


def test_a_cmake_project_is_always_built(workshop: Workshop) -> None:
    project = workshop.copy(SAMPLES / "guide-directives")
    workshop.wheel(project)
    assert "audit" in workshop.build(project).err


def test_the_second_of_two_has_nothing_to_do(workshop: Workshop) -> None:
    project = workshop.copy(TEMPLATES / "cpu")
    commands = [sys.executable, "-m", "ffiwheel", "build"]
    both = [
        subprocess.Popen(commands, cwd=project, stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    said = [one.communicate()[1] for one in both]
    assert [one.returncode for one in both] == [0, 0]
    assert sum("nothing is left to do: another build has done it" in text for text in said) == 1


def test_the_look_imports_little(built: Path) -> None:
    build(built)
    code = (
        "import sys; from ffiwheel.cli.main import main; main(['build']); "
        "print([name for name in sys.modules if name.startswith('ffiwheel.') "
        "and name.split('.')[1] in ('compile', 'audit', 'reflect', 'bind')])"
    )
    result = run(sys.executable, "-c", code, cwd=built)
    assert result.err == SAYS
    assert result.out.endswith("\n[]\n")
