"""pip, uv and build use our backend, in environments of their own making."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from other_backends import make_project, snippets, version_of
from workshop import (
    REPOSITORY,
    SAMPLES,
    TEMPLATES,
    Workshop,
    check,
    commit_all,
    git_status,
    make_environment,
    run,
)

pytestmark = pytest.mark.network


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel of this very ffiwheel, for isolated builds to find."""
    folder = tmp_path_factory.mktemp("house")
    uv = str(Path(sys.executable).with_name("uv"))
    check(uv, "build", "--wheel", "--quiet", "--out-dir", folder, REPOSITORY, cwd=folder)
    return folder


@pytest.fixture
def finding(house: Path) -> dict[str, str]:
    """The variables that let pip and uv find it beside what the machine already says."""
    links = f"{os.environ.get('PIP_FIND_LINKS', '')} {house}".strip()
    return {"PIP_FIND_LINKS": links, "UV_FIND_LINKS": str(house), "PIP_PRE": "1"}


@pytest.mark.parametrize("template", ["cpu", "cmake"])
def test_isolated_wheels_are_the_same_bytes(
    template: str, workshop: Workshop, finding: dict[str, str], tmp_path: Path
) -> None:
    project = workshop.copy(TEMPLATES / template)
    expected = workshop.wheel(project).read_bytes()
    uv = str(Path(sys.executable).with_name("uv"))
    prerelease = {**finding, "UV_PRERELEASE": "allow"}
    commands = {
        "pip": (sys.executable, "-m", "pip", "wheel", "--no-deps", "-w", tmp_path / "pip", "."),
        "build": (sys.executable, "-m", "build", "-o", tmp_path / "build", "."),
        "uv": (uv, "build", "--out-dir", tmp_path / "uv"),
    }
    for name, command in commands.items():
        check(*command, cwd=project, env=prerelease)
        [wheel] = (tmp_path / name).glob("*.whl")
        assert wheel.read_bytes() == expected, f"{name} built other bytes"
        assert git_status(project) == ""


@pytest.mark.parametrize(
    "sample", [TEMPLATES / "cpu", TEMPLATES / "cmake", SAMPLES / "two-libraries"]
)
@pytest.mark.parametrize("options", [(), ("-e",)], ids=["install", "editable"])
def test_pip_install(
    sample: Path,
    options: tuple[str, ...],
    workshop: Workshop,
    finding: dict[str, str],
    tmp_path: Path,
) -> None:
    project = workshop.copy(sample)
    python = make_environment(
        Path(sys.executable), tmp_path / "environment", "pip", "pytest", "numpy"
    )
    check(python, "-m", "pip", "install", *options, ".", cwd=project, env=finding)
    assert git_status(project) == ""
    package = (next(project.glob("python/*/__init__.py"))).parent
    if (project / "tests").is_dir():
        check(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests", cwd=project)
    else:
        check(python, "-c", f"import {package.name}", cwd=tmp_path)
    if options:
        with (package / "__init__.py").open("a") as file:
            file.write("\nEDITED = True\n")
        check(python, "-c", f"import {package.name} as p; assert p.EDITED", cwd=tmp_path)
        check(python, "-m", "pip", "uninstall", "-y", package.name, cwd=tmp_path)
        site = next((tmp_path / "environment").glob("lib/*/site-packages"))
        assert not list(site.glob("*editable*")), "nothing is left behind"


def test_an_editable_install_is_typed(
    workshop: Workshop, finding: dict[str, str], tmp_path: Path
) -> None:
    project = workshop.copy(TEMPLATES / "cpu")
    python = make_environment(Path(sys.executable), tmp_path / "environment", "pip", "mypy")
    check(python, "-m", "pip", "install", "-e", ".", cwd=project, env=finding)
    use = tmp_path / "use.py"
    use.write_text("import my_extension\n\nmy_extension.add_one(1)\nmy_extension.add_one('x')\n")
    said = run(python, "-m", "mypy", "--strict", use, cwd=tmp_path).out
    assert "use.py:4: error: Argument 1" in said, said
    assert "Found 1 error" in said


def test_a_compile_error_reaches_the_user_of_pip(
    workshop: Workshop, finding: dict[str, str], tmp_path: Path
) -> None:
    project = workshop.copy(SAMPLES / "bad" / "cpp-error")
    command = (sys.executable, "-m", "pip", "wheel", "--no-deps", "-w", tmp_path / "w", ".")
    result = run(*command, cwd=project, env=finding)
    assert result.code != 0
    assert "was not declared in this scope" in result.out + result.err
    assert "Traceback" not in result.out + result.err


@pytest.mark.parametrize("template", ["cpu", "cmake"])
def test_a_new_project_passes_its_own_checks(template: str, tmp_path: Path) -> None:
    """`ffiwheel new` and what the project's README says: build, install, test, type-check."""
    made = check(
        sys.executable, "-m", "ffiwheel", "new", "hello", "--template", template, cwd=tmp_path
    )
    project = tmp_path / made.strip()
    assert (project / ".git").is_dir()
    wheel = project / check(sys.executable, "-m", "ffiwheel", "build", cwd=project).strip()
    python = make_environment(
        Path(sys.executable), tmp_path / "environment", wheel, "pytest", "numpy", "mypy"
    )
    shutil.move(project / "python", tmp_path / "aside")  # so that the wheel is what is checked
    check(python, "-m", "pytest", "-q", "tests", cwd=project)
    check(python, "-m", "mypy", "--strict", "-p", "hello", cwd=project)
    check(python, "-m", "mypy", "--strict", "tests", cwd=project)


@pytest.mark.parametrize(
    ("backend", "frontend"),
    [
        ("scikit-build-core", "uv"),
        ("hatchling", "uv"),
        ("setuptools", "uv"),
        ("scikit-build-core", "pip"),
        ("hatchling", "build"),
    ],
)
def test_other_backends_find_us_in_their_isolated_environments(
    backend: str, frontend: str, finding: dict[str, str], tmp_path: Path
) -> None:
    """uv and build also build the wheel from the sdist, in a folder without git."""
    project = make_project(tmp_path / "hello-sources", snippets(backend)[0])
    commit_all(project)
    out = tmp_path / "out"
    commands = {
        "pip": (sys.executable, "-m", "pip", "wheel", "--no-deps", "-w", out, "."),
        "build": (sys.executable, "-m", "build", "-o", out, "."),
        "uv": (str(Path(sys.executable).with_name("uv")), "build", "--out-dir", out),
    }
    check(*commands[frontend], cwd=project, env={**finding, "UV_PRERELEASE": "allow"})
    made = {version_of(path) for path in out.iterdir() if path.suffix in {".whl", ".gz"}}
    assert made == {"0.7.0.dev1"}
    assert git_status(project) == ""
