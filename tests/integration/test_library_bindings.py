"""Bindings of real libraries: built, imported, called, held against their annotations."""

from __future__ import annotations

import sys
import zipfile
from typing import TYPE_CHECKING

import pytest
from bound import EVERYTHING
from workshop import REPOSITORY, SAMPLES, Workshop, check, compare_golden

from ffiwheel.audit.elf import read_elf
from ffiwheel.model.api_json import render_api
from ffiwheel.reflect.probe import reflect
from ffiwheel.toolchain.runtime import find_runtime

if TYPE_CHECKING:
    from pathlib import Path

    from ffiwheel.model.api import Api

SMOKE = REPOSITORY / "tests" / "support" / "smoke.py"


def unpack(workshop: Workshop, sample: str) -> Path:
    """Build a sample, and return the folder with what is in its wheel."""
    project = workshop.copy(SAMPLES / sample)
    result = workshop.build(project)
    assert result.code == 0, result.err
    assert "\x1b" not in result.out + result.err  # defect 12: colors where nobody sees them
    folder = workshop.folder / "unpacked"
    with zipfile.ZipFile(project / result.out.splitlines()[-1]) as wheel:
        wheel.extractall(folder)
    return folder


def reflect_library(folder: Path, archive: str) -> Api:
    """Return what a library offers, with the constants that the sample has."""
    path = folder / archive
    binary = read_elf(path.read_bytes(), archive)
    return reflect({archive: (path, binary)}, find_runtime(), ("VERSION", "UNIT"))


@pytest.mark.parametrize(
    ("sample", "least"), [("everything", 80), ("testing-cc", 80)], ids=["everything", "testing-cc"]
)
def test_calls_agree_with_annotations(
    sample: str, least: int, workshop: Workshop, *, update_golden: bool
) -> None:
    package = sample.replace("-", "_")
    folder = unpack(workshop, sample)
    api = reflect_library(folder, f"{package}/lib{package}.so")
    stored = workshop.folder / "api.json"
    stored.write_bytes(render_api(api))
    if sample == "everything":
        compare_golden(EVERYTHING, render_api(api).decode(), update=update_golden)
    said = check(
        sys.executable,
        "-W",
        "error",
        SMOKE,
        stored,
        package,
        cwd=folder,
        env={"PYTHONPATH": str(folder)},
    )
    assert int(said) >= least


def test_the_tests_of_the_sample_pass(workshop: Workshop) -> None:
    folder = unpack(workshop, "everything")
    tests = workshop.folder / "everything" / "tests"
    options = ("-q", "-n0", "-p", "no:cacheprovider", "-c", "/dev/null")
    check(
        sys.executable,
        "-m",
        "pytest",
        *options,
        tests,
        cwd=folder,
        env={"PYTHONPATH": str(folder)},
    )
