"""Samples of many kinds, for all eight targets: each builds, or says precisely why not.

CI builds each sample for two targets, so that each target has several samples; with
`FFIWHEEL_EVERY_TARGET=1` each is built for all.
"""

from __future__ import annotations

import importlib.util
import json
import os
from typing import TYPE_CHECKING, NamedTuple

import pytest
from workshop import (
    QUICKSTART,
    SAMPLES,
    TEMPLATES,
    Workshop,
    find_nvcc,
    git_status,
    require,
)

from ffiwheel.toolchain.targets import TABLE

if TYPE_CHECKING:
    from pathlib import Path

NAMES = tuple(row.target.name for row in TABLE)


class Sample(NamedTuple):
    """A project, and what is in the way of building it for a target."""

    folder: Path
    refused: str = ""
    """What the error of a target says that it is not built for; empty if it is built for all."""
    built: tuple[str, ...] = ()
    """The targets that it is built for all the same."""

    def is_built(self, target: str) -> bool:
        """Whether there is to be a wheel for a target."""
        return not self.refused or target in self.built


BAD = SAMPLES / "bad"
NVIDIA = ("linux-x86_64", "linux-aarch64", "windows-amd64")
SAMPLE_PROJECTS = (
    Sample(TEMPLATES / "cpu"),
    Sample(TEMPLATES / "cmake"),
    Sample(QUICKSTART),
    Sample(SAMPLES / "sources-only"),
    Sample(SAMPLES / "ifdefs"),
    Sample(SAMPLES / "modern-cxx"),
    Sample(SAMPLES / "everything"),
    Sample(SAMPLES / "runtime-features"),
    Sample(TEMPLATES / "cuda", "NVIDIA has no driver for this system", NVIDIA),
    Sample(SAMPLES / "emitted-files"),
    Sample(SAMPLES / "testing-cc"),
    Sample(SAMPLES / "two-libraries"),
    Sample(SAMPLES / "cmake-extension"),
    Sample(SAMPLES / "guide-directives"),
    Sample(SAMPLES / "guide-generated"),
    Sample(SAMPLES / "fetched-dependency"),
    Sample(SAMPLES / "simd-by-processor"),
    Sample(BAD / "cpp-error", "the sources do not compile or link"),
    Sample(BAD / "unresolved-symbol", "defined_nowhere"),
    Sample(SAMPLES / "setuptools-extension", "compiles for the machine that it runs on"),
)
ROWS = list(enumerate(SAMPLE_PROJECTS))


def targets_of(index: int) -> tuple[str, ...]:
    """Return the targets that a sample is built for: two, which go round, or all."""
    if os.environ.get("FFIWHEEL_EVERY_TARGET"):
        return NAMES
    return tuple(NAMES[(index + step) % len(NAMES)] for step in (0, 5))


def test_each_target_has_several_samples() -> None:
    counts = [sum(name in targets_of(index) for index, _ in ROWS) for name in NAMES]
    assert min(counts) > 1


@pytest.mark.zig
@pytest.mark.parametrize(("index", "sample"), ROWS, ids=[one.folder.name for _, one in ROWS])
def test_a_sample_is_built_or_refused(index: int, sample: Sample, workshop: Workshop) -> None:
    require("zig", present=importlib.util.find_spec("ziglang") is not None)
    require("cuda", present=sample.folder.name != "cuda" or find_nvcc() is not None)
    project = workshop.copy(sample.folder, "sample")
    wanted = targets_of(index)
    result = workshop.build(project, *(f"--target={name}" for name in wanted), "--json")
    rows = {row["target"]: row for row in json.loads(result.out)["targets"]}
    assert tuple(rows) == wanted
    for name, row in rows.items():
        said = "\n".join(problem["message"] for problem in row["errors"])
        if sample.is_built(name):
            assert row["wheel"], f"{name}: {said}\n{result.err}"
        else:
            assert sample.refused in said, name
    assert (result.code == 0) == all(map(sample.is_built, wanted))
    assert git_status(project) == ""
