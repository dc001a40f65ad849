"""Bindings of real libraries: built, imported, called, held against their annotations."""

from __future__ import annotations

import sys
import zipfile
from typing import TYPE_CHECKING

import pytest
from bound import EVERYTHING
from workshop import REPOSITORY, SAMPLES, Workshop, check, compare_golden

from ffiwheel.model.api_json import render_api
from ffiwheel.reflect.probe import reflect
from ffiwheel.toolchain.runtime import find_runtime
from ffiwheel.workflow.binaries import read_file

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
    binary = read_file(path, archive)
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


SCALE = """\
scale(x: 'int', factor: 'int' = 2, *, mode: 'str' = 'fast') -> 'int'
    Multiply by a factor.

    The mode "wrong" is an error.
"""
PAIR = """\
class Pair(tvm_ffi.core.Object)
 |  Pair(a: 'int', b: 'int' = 0) -> 'None'
 |  Two integers.
 |  They are made of `a` and `b`.
 |  __init__(self, a: 'int', b: 'int' = 0) -> 'None'
 |      Make a pair.
 |  scaled(self, factor: 'int' = 2) -> 'int'
 |      Return (a + b) * factor.
 |  sum(self) -> 'int'
 |      Return a + b.
 |  origin() -> 'Pair'
 |      Return the pair of zeros.
 |  b
 |      The second.
 |  a
 |      The first.
"""


def show_help(folder: Path, name: str) -> list[str]:
    """Return the lines of `help()` that hold something."""
    said = check(
        sys.executable,
        "-c",
        f"import everything; help(everything.{name})",
        cwd=folder,
        env={"PYTHONPATH": str(folder)},
    )
    return [line.rstrip() for line in said.splitlines() if line.strip(" |")]


def test_help_reads_like_that_of_a_package_written_by_hand(workshop: Workshop) -> None:
    folder = unpack(workshop, "everything")
    scale = [line for line in SCALE.splitlines() if line]
    assert show_help(folder, "scale")[1:] == scale
    shown = iter(show_help(folder, "Pair"))
    missing = [line for line in PAIR.splitlines() if line not in shown]
    assert missing == []
