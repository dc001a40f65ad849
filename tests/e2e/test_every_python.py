"""One wheel file, built once, installs and works on every CPython that is found."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

import pytest
from workshop import (
    QUICKSTART,
    SAMPLES,
    TEMPLATES,
    Workshop,
    check,
    find_pythons,
    make_environment,
    require,
)

if TYPE_CHECKING:
    from pathlib import Path

PYTHONS = find_pythons()
SAMPLES_WITH_TESTS = {
    "cpu": TEMPLATES / "cpu",
    "cmake": TEMPLATES / "cmake",
    "cuda": TEMPLATES / "cuda",
    "everything": SAMPLES / "everything",
    "runtime-features": SAMPLES / "runtime-features",
    "testing-cc": SAMPLES / "testing-cc",
}


def minor_number(version: object) -> int:
    return int(str(version).partition(".")[2])


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path]]:
    """Project folder and wheel of each sample, built once."""
    workshop = Workshop(tmp_path_factory.mktemp("wheels"))
    built = {}
    for name, sample in {**SAMPLES_WITH_TESTS, "quickstart": QUICKSTART}.items():
        project = rename(workshop.copy(sample, name), name)
        result = workshop.build(project)
        if result.code == 0:
            built[name] = (project, project / result.out.strip())
        else:
            assert "there is no CUDA compiler" in result.err, result.err
    return built


def rename(project: Path, name: str) -> Path:
    """Give a template's copy a name of its own, so that all fit into one environment."""
    if "my-extension" in (project / "pyproject.toml").read_text():
        shutil.rmtree(project)
        options = ("--name", f"sample-{name}", "--template", name)
        check(sys.executable, "-m", "ffiwheel", "new", project, *options, cwd=project.parent)
    return project


def test_several_pythons_are_there() -> None:
    """In CI a machine has more than the one that runs the tests."""
    require("pythons", present=len(PYTHONS) > 1)


@pytest.mark.network
@pytest.mark.parametrize("version", sorted(PYTHONS, key=minor_number))
def test_wheels_work(version: str, wheels: dict[str, tuple[Path, Path]], tmp_path: Path) -> None:
    packages = [wheel for _, wheel in wheels.values()]
    python = make_environment(
        PYTHONS[version], tmp_path / "environment", *packages, "pytest", "numpy"
    )
    said = check(python, QUICKSTART / "run_example.py", cwd=tmp_path)
    assert "42" in said
    missing = [name for name in SAMPLES_WITH_TESTS if name not in wheels]
    for name in [name for name in SAMPLES_WITH_TESTS if name in wheels]:
        tests = wheels[name][0] / "tests"
        quiet = {"PYTHONDONTWRITEBYTECODE": "1", "PATH": os.environ["PATH"]}
        check(
            python, "-m", "pytest", "-q", "-p", "no:cacheprovider", tests, cwd=tmp_path, env=quiet
        )
    if missing:
        require("cuda", present=False)
