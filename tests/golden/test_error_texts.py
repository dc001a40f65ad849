"""Every error that a bad project can cause, in full.

A case is a project in `tests/packages/bad` and the text in `tests/golden/errors` of its name. What
a compiler prints is its own business, so only its first error line counts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from workshop import GOLDEN, SAMPLES, Result, Workshop, compare_golden, git_status, run_ffiwheel

if TYPE_CHECKING:
    from pathlib import Path

BAD = sorted(path for path in (SAMPLES / "bad").iterdir() if path.is_dir())


@pytest.mark.parametrize("sample", BAD, ids=lambda path: path.name)
def test_bad_project(sample: Path, workshop: Workshop, *, update_golden: bool) -> None:
    project = workshop.copy(sample)
    result = workshop.build(project)
    text = f"exit code {result.code}\n{readable(result, project)}"
    text = re.sub(r"manylinux_\d+_\d+_\w+", "{platform}", text)
    compare_golden(GOLDEN / "errors" / f"{sample.name}.txt", text, update=update_golden)
    assert "Traceback" not in result.err
    assert not result.out
    assert not list(project.glob("dist/*.whl")), "nothing is left in dist"
    assert git_status(project) == ""


def test_not_a_project(tmp_path: Path, *, update_golden: bool) -> None:
    check_command(tmp_path, "not-a-project", "build", update=update_golden)


def test_no_such_folder(tmp_path: Path, *, update_golden: bool) -> None:
    check_command(tmp_path, "no-such-folder", "build", "nowhere", update=update_golden)


def test_new_refuses_to_overwrite(tmp_path: Path, *, update_golden: bool) -> None:
    (tmp_path / "hello").mkdir()
    (tmp_path / "hello" / "pyproject.toml").write_text("mine")
    check_command(tmp_path, "new-overwrites", "new", "hello", update=update_golden)
    assert (tmp_path / "hello" / "pyproject.toml").read_text() == "mine"
    assert len(list((tmp_path / "hello").iterdir())) == 1, "nothing is half-written"


def test_new_refuses_a_bad_name(tmp_path: Path, *, update_golden: bool) -> None:
    arguments = ("new", "hello", "--name", "2 d")
    check_command(tmp_path, "new-bad-name", *arguments, update=update_golden)


def test_no_compiler(tmp_path: Path, workshop: Workshop, *, update_golden: bool) -> None:
    """Without a compiler and without zig, both ways out are named."""
    project = workshop.copy(SAMPLES / "sources-only")
    hidden = tmp_path / "hidden"
    (hidden / "ziglang").mkdir(parents=True)
    (hidden / "sitecustomize.py").write_text(
        "import importlib.util as u\nreal = u.find_spec\n"
        "u.find_spec = lambda n, p=None: None if n == 'ziglang' else real(n, p)\n"
    )
    variables = {"PATH": "/nowhere", "PYTHONPATH": str(hidden), "CXX": "", "CC": ""}
    result = workshop.build(project, **variables)
    text = f"exit code {result.code}\n{readable(result, project)}"
    compare_golden(GOLDEN / "errors" / "no-compiler.txt", text, update=update_golden)


def test_runtime_missing_or_too_old(
    tmp_path: Path, workshop: Workshop, *, update_golden: bool
) -> None:
    """`apache-tvm-ffi` is found through its metadata, so a fake one is told apart by that."""
    project = workshop.copy(SAMPLES / "sources-only")
    for name, body in {
        "runtime-missing": "raise m.PackageNotFoundError('apache-tvm-ffi')",
        "runtime-too-old": "return '0.1.4'",
    }.items():
        folder = tmp_path / name
        folder.mkdir()
        (folder / "sitecustomize.py").write_text(
            "import importlib.metadata as m\nreal = m.version\n"
            f"def version(n):\n    if n == 'apache-tvm-ffi':\n        {body}\n    return real(n)\n"
            "m.version = version\n"
        )
        result = workshop.build(project, PYTHONPATH=str(folder))
        text = f"exit code {result.code}\n{readable(result, project)}"
        compare_golden(GOLDEN / "errors" / f"{name}.txt", text, update=update_golden)


def test_mypy_missing(tmp_path: Path, workshop: Workshop, *, update_golden: bool) -> None:
    """Nothing goes into a wheel unchecked, so a build without mypy ends, too."""
    project = workshop.copy(SAMPLES / "sources-only")
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "mypy.py").write_text("raise SystemExit('No module named mypy')\n")
    result = workshop.build(project, PYTHONPATH=str(tmp_path / "hidden"))
    text = f"exit code {result.code}\n{readable(result, project)}"
    compare_golden(GOLDEN / "errors" / "mypy-missing.txt", text, update=update_golden)
    assert not list(project.glob("dist/*.whl"))


def test_no_version(workshop: Workshop, *, update_golden: bool) -> None:
    project = workshop.copy(SAMPLES / "sources-only", git=False)
    file = project / "pyproject.toml"
    file.write_text(file.read_text().replace('version = "1.0.0"', 'dynamic = ["version"]'))
    result = workshop.build(project)
    text = f"exit code {result.code}\n{readable(result, project)}"
    compare_golden(GOLDEN / "errors" / "no-version.txt", text, update=update_golden)


def check_command(folder: Path, name: str, *arguments: str, update: bool) -> None:
    result = run_ffiwheel(*arguments, cwd=folder)
    text = f"exit code {result.code}\n{readable(result, folder)}"
    compare_golden(GOLDEN / "errors" / f"{name}.txt", text, update=update)


def readable(result: Result, project: Path) -> str:
    """Return what was said without the finished steps, the folder's name and the compiler's art."""
    text = result.err.replace(str(project), "{project}")
    lines = [line for line in text.splitlines() if not line.startswith(("✓", "+ "))]
    kept = [line for line in lines if not re.match(r"(\s*\d* \||{project}.*: In function)", line)]
    first = next((i for i, line in enumerate(kept) if line.startswith(("error: ", "crashes_"))), 0)
    return "\n".join(kept[first:]) + "\n"
