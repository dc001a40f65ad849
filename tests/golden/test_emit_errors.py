"""Errors of emitted files, in full. After each, nothing is written anywhere.

A case is a line of `CASES`: the golden file's name, the file of the sample to write and its text,
and the version. A new error is a new line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest
from test_error_texts import readable
from workshop import (
    GOLDEN,
    SAMPLES,
    Result,
    Workshop,
    check,
    commit_all,
    compare_golden,
    run_ffiwheel,
)

if TYPE_CHECKING:
    from pathlib import Path


class Case(NamedTuple):
    """One way to spoil the sample project."""

    name: str
    file: str
    text: str
    version: str = "0.7.0.dev3"


TEMPLATE = "templates/version.rc.in"
HEAD = """
[project]
name = "emitted-files"
dynamic = ["version"]
[tool.ffiwheel.version]
"""
KEYS = (
    HEAD
    + """
emit = [
  {form = "c-headr", path = "include/a.h"},
  {form = "c-header", pth = "include/b.h"},
  {form = "c-source", path = "../b.cc"},
  {form = "json", path = "b.json", commit = "yes"},
  {path = "b.json", template = 3},
  {path = "c", template = "templates/none.in"},
  "c.h",
]
"""
)
ONE = (
    HEAD
    + """
[tool.ffiwheel.version.emit]
form = "json"
path = "version.json"
"""
)
TABLES = (
    HEAD
    + """
emit = [
  {form = "env", path = "/include/c.h"},
  {form = "json", path = "../d.json"},
  {form = "json", path = ".git/e.json"},
  {form = "json", path = "web"},
  {form = "json", path = "web/f"},
  {form = "env", path = "./web/f"},
  {form = "python", path = "web/f/_version.py"},
  {form = "c-source", path = "src/version.txt"},
  {path = "g"},
  {form = "json", path = "h", template = "templates/version.rc.in"},
  {path = "i", template = "templates/none.in"},
  {path = "j", template = "/etc/passwd"},
  {form = "package-json", path = "k"},
  {form = "package-json", path = "web/package.json", template = "web/package.json"},
]
"""
)
CASES = [
    Case("emit-bad-tables", "pyproject.toml", TABLES),
    Case("emit-bad-keys", "pyproject.toml", KEYS.replace('  "c.h",\n', "")),
    Case("emit-no-tables", "pyproject.toml", KEYS),
    Case("emit-one-table", "pyproject.toml", ONE),
    Case("emit-tracked", "include/emitted_files_version.h", "// mine\n"),
    Case("emit-template-syntax", TEMPLATE, "1 VERSIONINFO\n{% if dirty %}\n"),
    Case("emit-template-unknown-name", TEMPLATE, "1 VERSIONINFO\nFILEVERSION {{ window }}\n"),
    Case("emit-template-other-name", TEMPLATE, "FILEVERSION {{ quux }}\n"),
    Case("emit-template-fails", TEMPLATE, "\n\n{{ distance / 0 }}\n"),
    Case("emit-template-no-text", TEMPLATE, "\udcff"),
    Case("emit-cannot-express", "src/more.cc", "", "1!2.0.0"),
    Case("emit-package-no-json", "web/package.json", '{\n  "version": "0.0.0",\n}\n'),
    Case("emit-package-no-version", "web/package.json", "{}\n"),
]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_spoilt_project(case: Case, workshop: Workshop, *, update_golden: bool) -> None:
    project = workshop.copy(SAMPLES / "emitted-files", case.name)
    (project / case.file).parent.mkdir(exist_ok=True)
    (project / case.file).write_text(case.text, errors="surrogateescape")
    commit_all(project)
    result = emit(project, "out", version=case.version)
    compare(case.name, result, project, update=update_golden)
    assert not (project / "out").exists()


@pytest.mark.parametrize("command", ["build", "sdist"])
def test_a_file_of_the_project_is_in_the_way(
    command: str, workshop: Workshop, *, update_golden: bool
) -> None:
    project = workshop.copy(SAMPLES / "emitted-files")
    file = project / "python" / "emitted_files" / "_version.py"
    file.write_text('__version__ = "9"\n')
    result = workshop.build(project, *(["--sdist"] if command == "sdist" else []))
    compare("emit-in-the-way", result, project, update=update_golden)
    assert file.read_text() == '__version__ = "9"\n'


def test_an_sdist_of_another_release(workshop: Workshop, *, update_golden: bool) -> None:
    project = workshop.copy(SAMPLES / "emitted-files", git=False)
    (project / "PKG-INFO").write_text("Metadata-Version: 2.1\nName: emitted-files\nVersion: 1.0\n")
    (project / "include").mkdir()
    (project / "include" / "emitted_files_version.h").write_text("// of 0.9\n")
    compare("emit-other-sdist", workshop.build(project), project, update=update_golden)


def test_folders_that_will_not_do(workshop: Workshop, *, update_golden: bool) -> None:
    project = workshop.copy(SAMPLES / "emitted-files")
    (project / "out" / "version.json").mkdir(parents=True)
    (project / "half").mkdir()
    (project / "half" / "web").touch()
    (project / "stage" / "npm").mkdir(parents=True)
    (project / "stage" / "npm" / "package.json").write_text("{}")
    commit_all(project)
    for name, folder in {
        "emit-into-file": "pyproject.toml",
        "emit-into-git": ".git/out",
        "emit-over-folder": "out",
        "emit-over-tracked": "stage",
        "emit-under-file": "half",
        "emit-not-writable": "/proc/nowhere",
    }.items():
        result = emit(project, folder, version="1.0.0")
        compare(name, result, project, update=update_golden)
    assert check("git", "status", "--porcelain", cwd=project) == ""
    assert not list((project / "out").glob("*/*"))
    assert [path.name for path in (project / "stage").iterdir()] == ["npm"]
    assert [path.name for path in (project / "half").iterdir()] == ["web"]


def test_no_folder_at_all(workshop: Workshop) -> None:
    """An empty text is a variable of a script that was not set; it must not mean this folder."""
    project = workshop.copy(SAMPLES / "emitted-files")
    result = emit(project, "", version="1.0.0")
    assert result.code == 2
    assert "argument --emit: invalid folder value: ''" in result.err
    assert check("git", "status", "--porcelain", cwd=project) == ""


def test_the_file_to_start_from_is_not_overwritten(
    workshop: Workshop, *, update_golden: bool
) -> None:
    project = workshop.copy(SAMPLES / "sources-only", git=False)
    (project / "package.json").write_text('{"version": "0.0.0"}')
    result = emit(project, ".", version="1.0.0")
    compare("emit-over-start", result, project, update=update_golden)
    assert (project / "package.json").read_text() == '{"version": "0.0.0"}'
    assert not (project / "_version.py").exists()


def emit(project: Path, folder: str, *, version: str) -> Result:
    return run_ffiwheel("version", "--emit", folder, cwd=project, FFIWHEEL_VERSION=version)


def compare(name: str, result: Result, project: Path, *, update: bool) -> None:
    text = f"exit code {result.code}\n{readable(result, project)}"
    compare_golden(GOLDEN / "errors" / f"{name}.txt", text, update=update)
    assert result.code != 0
    assert result.out == ""
    assert "Traceback" not in result.err
