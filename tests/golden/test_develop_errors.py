"""What `ffiwheel develop` and an import that rebuilds say when they cannot do their work."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from test_error_texts import readable
from workshop import GOLDEN, TEMPLATES, Workshop, compare_golden, git_status, run_ffiwheel

from ffiwheel.config.project import read_project
from ffiwheel.errors import FfiwheelError
from ffiwheel.toolchain import installer
from ffiwheel.toolchain.installer import Installer, find_installer
from ffiwheel.toolchain.virtual import Environment, find_environment
from ffiwheel.wheel.finder import INPUT, STATE, Finder, render_state
from ffiwheel.workflow import place
from ffiwheel.workflow.develop_install import Order, install
from ffiwheel.workflow.place import build_folder
from ffiwheel.workflow.quiet import Quiet, QuietStep

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PLAIN = {"VIRTUAL_ENV": "", "CONDA_PREFIX": ""}


@pytest.fixture
def project(workshop: Workshop) -> Path:
    return workshop.copy(TEMPLATES / "cpu", "project")


def refuse(
    project: Path, name: str, *arguments: str, update: bool, variables: Mapping[str, str] = PLAIN
) -> None:
    """Compare what is said, and see that nothing was made."""
    result = run_ffiwheel("develop", *arguments, cwd=project, **variables)
    text = readable(result, project).replace(str(project.parent), "{folder}")
    text = text.replace(sys.executable, "{python}")
    golden = GOLDEN / "errors" / f"develop-{name}.txt"
    compare_golden(golden, f"exit code {result.code}\n{text}", update=update)
    assert result.code != 0
    assert "Traceback" not in result.err
    assert git_status(project) == ""
    assert not (project / "build").exists()


def make_environment(folder: Path, script: str) -> Path:
    """Make what looks like an environment; its Python is a script."""
    python = folder / "bin" / "python"
    python.parent.mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text("home = /usr/bin\n")
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    return folder


def test_no_environment(project: Path, *, update_golden: bool) -> None:
    refuse(project, "no-environment", update=update_golden)


@pytest.mark.parametrize("variable", ["VIRTUAL_ENV", "CONDA_PREFIX"])
def test_a_variable_names_no_environment(
    variable: str, project: Path, *, update_golden: bool
) -> None:
    gone = {**PLAIN, variable: str(project.parent / "gone"), "CONDA_DEFAULT_ENV": "work"}
    name = f"gone-{variable.lower().replace('_', '-')}"
    refuse(project, name, update=update_golden, variables=gone)


def test_a_python_that_does_not_run(project: Path, *, update_golden: bool) -> None:
    folder = make_environment(project.parent / "broken", "exit 3")
    variables = {**PLAIN, "VIRTUAL_ENV": str(folder)}
    refuse(project, "broken-python", update=update_golden, variables=variables)


def test_an_environment_whose_python_is_gone(project: Path, *, update_golden: bool) -> None:
    """As after the Python that it was made with was upgraded; no other environment is taken."""
    folder = make_environment(project / ".venv", "exit 3")
    (folder / "bin" / "python").unlink()
    (folder / "bin" / "python").symlink_to("/nowhere/python3.9")
    refuse(project, "python-gone", update=update_golden)


def test_an_environment_that_may_not_be_seen(sealed: Path) -> None:
    with pytest.raises(FfiwheelError, match="there is no environment to install into"):
        find_environment(sealed)


def test_no_place_to_build_in(
    project: Path, monkeypatch: pytest.MonkeyPatch, *, update_golden: bool
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/sealed")
    monkeypatch.setattr(place, "is_writable", lambda _: False)
    with (
        pytest.raises(FfiwheelError) as caught,
        build_folder(read_project(project), Quiet(), debug=False),
    ):
        pass
    text = f"{caught.value}\n".replace(str(project), "{project}")
    compare_golden(GOLDEN / "errors" / "no-place-to-build.txt", text, update=update_golden)


def test_an_environment_without_write_permission(project: Path, *, update_golden: bool) -> None:
    """The folder is one in which nobody can make files, not even root."""
    folder = make_environment(project.parent / "sealed", "echo '\"/proc/sealed\"'")
    variables = {**PLAIN, "VIRTUAL_ENV": str(folder)}
    refuse(project, "no-permission", update=update_golden, variables=variables)


def test_names_that_the_project_does_not_have(project: Path, *, update_golden: bool) -> None:
    folder = make_environment(project / ".venv", "exit 3")
    wanted = ("--extra", "tset", "--extra", "TEST", "--group", "dev")
    refuse(project, "unknown-names", *wanted, update=update_golden)
    assert folder.is_dir()


def test_groups_that_cannot_be_read(project: Path, *, update_golden: bool) -> None:
    make_environment(project / ".venv", "exit 3")
    file = project / "pyproject.toml"
    text = file.read_text()
    table = '[dependency-groups]\na = [{include-group = "b"}]\nb = [{include-group = "a"}]\n'
    file.write_text(f"{text}\n{table}")
    result = run_ffiwheel("develop", "--group", "a", cwd=project, **PLAIN)
    golden = GOLDEN / "errors" / "develop-groups.txt"
    text = f"exit code {result.code}\n{readable(result, project)}"
    compare_golden(golden, text, update=update_golden)


def test_an_import_names_a_folder_without_an_install(project: Path, *, update_golden: bool) -> None:
    refuse(project, "into-nothing", "--into", "/nowhere/_a_editable", update=update_golden)


def test_neither_pip_nor_uv(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, update_golden: bool
) -> None:
    monkeypatch.setattr(installer, "look_for_uv", lambda: None)
    monkeypatch.setattr(installer, "has_pip", lambda: False)
    with pytest.raises(FfiwheelError) as caught:
        find_installer(Environment(folder=tmp_path))
    text = f"{caught.value}\n".replace(str(tmp_path), "{environment}")
    compare_golden(GOLDEN / "errors" / "develop-no-installer.txt", text, update=update_golden)


def test_an_installer_that_fails(tmp_path: Path, *, update_golden: bool) -> None:
    command = ("sh", "-c", "echo 'ERROR: No matching distribution found for numpyy'; exit 1")
    order = Order(name="hello", wheel=tmp_path / "a.whl", extras=("x",), requirements=("numpyy",))
    with pytest.raises(FfiwheelError) as caught:
        install(Installer(name="pip", command=command), order, lambda: False, tmp_path, QuietStep())
    golden = GOLDEN / "errors" / "develop-installer-fails.txt"
    compare_golden(golden, f"{caught.value}\n", update=update_golden)


@pytest.mark.parametrize("is_there", [True, False])
def test_an_import_that_cannot_rebuild(
    is_there: bool,  # noqa: FBT001 - a parameter of pytest's
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    update_golden: bool,
) -> None:
    """Either ffiwheel is gone, or it says what is wrong."""
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho 'a.cc:1:2: error: expected `}`'\nexit 4\n")
    python.chmod(0o755 if is_there else 0o644)
    if not is_there:
        python.unlink()
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    source = tmp_path / "src" / "a.cc"
    values = {"root": str(tmp_path), "rebuild": "yes", "python": str(python)}
    files = [(INPUT, "17:2", str(source))]
    (tmp_path / STATE).write_text(render_state(values, files))
    (tmp_path / "lock.txt").touch()
    with pytest.raises(ImportError) as caught:
        Finder(str(tmp_path), ("hello",), {}).find_spec("hello")
    assert caught.value.name == "hello"
    text = f"{caught.value}\n".replace(str(tmp_path), "{folder}")
    name = "fails" if is_there else "without-ffiwheel"
    compare_golden(GOLDEN / "errors" / f"import-{name}.txt", text, update=update_golden)
