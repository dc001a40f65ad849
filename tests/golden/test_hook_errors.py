"""What people read when another backend gets no version from us, or setuptools_scm gives none.

A backend is called as pip calls it, in a process of its own; what it says on stderr is compared.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest
from other_backends import make_project, snippets
from workshop import GOLDEN, SAMPLES, Workshop, compare_golden, run, run_ffiwheel

if TYPE_CHECKING:
    from pathlib import Path

MODULES = {
    "scikit-build-core": "scikit_build_core.build",
    "hatchling": "hatchling.build",
    "setuptools": "setuptools.build_meta",
}
FAKE = "class Configuration:\n    @staticmethod\n    def from_file(name):\n        return C()\n"
FAKE += "class C:\n    local_scheme = 'none'\n"


class Case(NamedTuple):
    """One edit of a good project with another backend."""

    name: str
    backend: str
    old: str
    new: str


SETTING = '"ffiwheel"\ntag = 1\n\n'
LEFTOVERS = 'source = "ffiwheel"\ntag-pattern = "v"\nraw-options = {}'
TABLE = "[tool.ffiwheel.version]"
DYNAMIC = f'[tool.setuptools.dynamic]\nversion = {{ attr = "hello.VERSION" }}\n{TABLE}'
CASES = [
    Case("hook-dynamic-metadata", "scikit-build-core", 'next = "minor"', 'nxt = "minor"'),
    Case("hook-dynamic-metadata-settings", "scikit-build-core", '"ffiwheel"\n\n', SETTING),
    Case("hook-hatchling", "hatchling", 'next = "minor"', 'nxt = "minor"'),
    Case("hook-hatchling-leftovers", "hatchling", 'source = "ffiwheel"', LEFTOVERS),
    Case("hook-setuptools", "setuptools", TABLE, f'{TABLE}\nnxt = "minor"'),
    Case("hook-setuptools-twice", "setuptools", TABLE, DYNAMIC),
]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_backend(case: Case, tmp_path: Path, *, update_golden: bool) -> None:
    text = snippets(case.backend)[0]
    assert case.old in text
    project = make_project(tmp_path / "p", text.replace(case.old, case.new, 1))
    check_backend(case.name, case.backend, project, update=update_golden)


@pytest.mark.parametrize("backend", MODULES)
def test_no_version(backend: str, tmp_path: Path, *, update_golden: bool) -> None:
    project = make_project(tmp_path / "p", snippets(backend)[0])
    (project / ".git").rename(tmp_path / "elsewhere")
    check_backend(f"hook-{backend}-no-version", backend, project, update=update_golden)


@pytest.mark.parametrize("backend", MODULES)
def test_a_file_is_in_the_way(backend: str, tmp_path: Path, *, update_golden: bool) -> None:
    files, hatchling, scikit = snippets("Emitted files")
    text = f"{snippets(backend)[0]}\n{files}\n"
    text += {"hatchling": hatchling, "scikit-build-core": scikit}.get(backend, "")
    project = make_project(tmp_path / "p", text)
    (project / "hello" / "_version.py").write_text("mine\n")
    check_backend(f"hook-{backend}-in-the-way", backend, project, update=update_golden)


def test_setuptools_with_a_version_in_setup_py(tmp_path: Path, *, update_golden: bool) -> None:
    code = "from setuptools import setup\nsetup(name='hello', version='3.0')\n"
    project = make_project(tmp_path / "p", snippets("setuptools")[1], **{"setup.py": code})
    check_backend("hook-setuptools-setup-py", "setuptools", project, update=update_golden)


def test_setuptools_scm_sets_another_version(tmp_path: Path, *, update_golden: bool) -> None:
    """Both are installed and asked: nobody may guess which one is meant."""
    text = (
        f"{snippets('setuptools')[0]}\n[tool.setuptools_scm]\nlocal_scheme = 'no-local-version'\n"
    )
    project = make_project(tmp_path / "p", text)
    (project / "hello" / "__init__.py").write_text("EDITED = True\n")
    pretended = {"SETUPTOOLS_SCM_PRETEND_VERSION": "3.0", "FFIWHEEL_VERSION": "4.0"}
    name = "hook-setuptools-and-scm"
    check_backend(name, "setuptools", project, update=update_golden, **pretended)


def test_hatch_cannot_set_the_version(tmp_path: Path, *, update_golden: bool) -> None:
    project = make_project(tmp_path / "p", snippets("hatchling")[0])
    result = run(sys.executable, "-m", "hatchling", "version", "3.0", cwd=project)
    compare_golden(GOLDEN / "errors" / "hook-hatchling-set.txt", result.err, update=update_golden)


@pytest.mark.parametrize(
    ("name", "module", "variables"),
    [
        ("scm-missing", "raise ModuleNotFoundError(name='setuptools_scm')", {}),
        ("scm-invalid", f"{FAKE}def _get_version(*_, **__): return 'tip'", {}),
        ("scm-nothing", f"{FAKE}def _get_version(*_, **__): return None", {}),
        ("scm-dies", "import os\nprint('bye', flush=True)\nos._exit(3)", {}),
        ("scm-fails", "", {"SETUPTOOLS_SCM_PRETEND_VERSION": "tip"}),
    ],
)
def test_setuptools_scm(
    name: str,
    module: str,
    variables: dict[str, str],
    workshop: Workshop,
    *,
    update_golden: bool,
) -> None:
    project = make_project(workshop.folder / "p", snippets("Keeping setuptools_scm")[0])
    if module:
        (workshop.folder / "first").mkdir()
        (workshop.folder / "first" / "setuptools_scm.py").write_text(f"{module}\n")
        variables = {**variables, "PYTHONPATH": str(workshop.folder / "first")}
    result = run_ffiwheel("version", cwd=project, **variables)
    check_text(name, project, result.code, result.err, update=update_golden)


def test_keys_that_setuptools_scm_would_not_see(workshop: Workshop, *, update_golden: bool) -> None:
    project = workshop.copy(SAMPLES / "sources-only")
    with (project / "pyproject.toml").open("a") as file:
        file.write(
            '\n[tool.ffiwheel.version]\nprovider = "setuptools_scm"\n'
            'tag-prefix = "v"\nnext = "minor"\nfallback = "0.1.0"\npaths = ["."]\n'
        )
    result = run_ffiwheel("build", cwd=project)
    check_text("scm-other-keys", project, result.code, result.err, update=update_golden)


def check_backend(name: str, backend: str, project: Path, *, update: bool, **more: str) -> None:
    code = f"import {MODULES[backend]} as backend; backend.build_wheel('dist')"
    result = run(sys.executable, "-W", "ignore", "-c", code, cwd=project, env=more)
    check_text(name, project, result.code, result.err, update=update)
    assert not list(project.glob("dist/*"))


def check_text(name: str, project: Path, code: int, err: str, *, update: bool) -> None:
    text = f"exit code {code}\n{err.replace(str(project), '{project}')}"
    compare_golden(GOLDEN / "errors" / f"{name}.txt", text, update=update)
    assert code != 0
    assert "Traceback" not in err
