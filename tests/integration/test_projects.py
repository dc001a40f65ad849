"""Every sample project and template builds, and leaves its tree as it was."""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from workshop import (
    QUICKSTART,
    SAMPLES,
    TEMPLATES,
    Workshop,
    check,
    commit_all,
    find_nvcc,
    git_status,
    require,
)

GOOD = sorted(
    path for path in [*SAMPLES.iterdir(), *TEMPLATES.iterdir(), QUICKSTART] if path.name != "bad"
)


@pytest.mark.parametrize("sample", GOOD, ids=lambda path: path.name)
def test_project_builds_and_stays_clean(sample: Path, workshop: Workshop) -> None:
    if sample.name == "cuda":
        require("cuda", present=find_nvcc() is not None)
    project = workshop.copy(sample)
    before = snapshot(project)
    wheel = workshop.wheel(project)
    assert git_status(project) == ""
    assert snapshot(project) == before
    assert "-py3-none-manylinux_2_" in wheel.name
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        bill = archive.read(next(name for name in names if name.endswith("ffiwheel.cdx.json")))
    assert not any("libtvm_ffi" in name for name in names)
    assert [name for name in names if "/_ffi_api" in name and name.endswith(".py")]
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill.decode()) is None
    check_making(json.loads(bill)["formulation"], project)


def check_making(formulation: list[dict[str, Any]], project: Path) -> None:
    """Check that the bill of materials names what was compiled, and nothing else."""
    [made] = formulation
    tools = {one["name"] for one in made["components"] if one["type"] == "application"}
    assert tools & {"g++", "clang"}
    listed = {
        one["name"]: one["hashes"][0]["content"]
        for one in made["components"]
        if one["type"] == "file"
    }
    if "setuptools.build_meta" in tools:  # who does not say what it compiles
        assert not listed
        return
    tracked = check("git", "ls-files", cwd=project).splitlines()
    compiled = {name for name in tracked if name.endswith((".cc", ".cu"))}
    assert compiled <= set(listed)
    for name in set(listed) & set(tracked):
        assert listed[name] == hashlib.sha256((project / name).read_bytes()).hexdigest()
    assert all(name.endswith((".cc", ".cu", ".h")) for name in listed), listed


def snapshot(project: Path) -> dict[str, bytes]:
    """Return the bytes of everything in a project but git's, ours and Python's own files."""
    skipped = {".git", "build", "dist", "__pycache__"}
    return {
        path.relative_to(project).as_posix(): path.read_bytes()
        for path in project.rglob("*")
        if path.is_file() and not skipped.intersection(path.relative_to(project).parts)
    }


def test_the_stub_step_ends_in_the_wheel(workshop: Workshop) -> None:
    """What `tvm-ffi-stubgen` fills in is in the wheel, and not in the source tree."""
    text = read_module(workshop.wheel(workshop.copy(SAMPLES / "guide-directives")))
    assert "tvm-ffi-stubgen(begin)" in text
    assert "def " in text, "the directives are filled in"


def test_what_only_the_stub_step_made_is_bound_better(workshop: Workshop) -> None:
    """`tvm-ffi-stubgen` would write a module; ours says all that it says, and more."""
    project = workshop.copy(SAMPLES / "guide-generated")
    wheel = workshop.wheel(project)
    text, tools = read_module(wheel), read_module(wheel, "tools")
    assert text.startswith("# Made by ffiwheel")
    assert '__all__ = ["Counter", "LIB", "greet"]' in text
    assert "\nLIB = _LIBRARY\n" in text
    assert "def greet(name: str) -> str:" in text
    assert tools.startswith("# Made by ffiwheel")
    assert "def half(counter: Counter, unit: int) -> int:" in tools
    assert "class Clock(Counter):" in tools
    with zipfile.ZipFile(wheel) as archive:
        assert not [name for name in archive.namelist() if "/_ffi_api/" in name]


def read_module(wheel: Path, *inner: str) -> str:
    """Return the text of a module `_ffi_api` in a wheel."""
    package = wheel.name.partition("-")[0]
    with zipfile.ZipFile(wheel) as archive:
        return archive.read("/".join((package, *inner, "_ffi_api.py"))).decode()


def test_a_cmake_project_is_the_same_in_two_folders(workshop: Workshop) -> None:
    first = workshop.wheel(workshop.copy(SAMPLES / "cmake-extension", "one"))
    second = workshop.wheel(workshop.copy(SAMPLES / "cmake-extension", "two longer"))
    assert first.read_bytes() == second.read_bytes()


def test_quickstart_is_the_same_in_two_folders(workshop: Workshop) -> None:
    first = workshop.wheel(workshop.copy(QUICKSTART, "one"))
    second = workshop.wheel(workshop.copy(QUICKSTART, "two longer"))
    assert first.read_bytes() == second.read_bytes()


def test_a_cuda_project_is_the_same_in_two_folders(workshop: Workshop) -> None:
    require("cuda", present=find_nvcc() is not None)
    first = workshop.wheel(workshop.copy(TEMPLATES / "cuda", "one"))
    second = workshop.wheel(workshop.copy(TEMPLATES / "cuda", "two longer"))
    assert first.read_bytes() == second.read_bytes()


def test_a_cmake_error_is_shown_without_the_rest(workshop: Workshop) -> None:
    project = workshop.copy(SAMPLES / "cmake-extension")
    source = next(project.glob("src/*.cc"))
    source.write_text(source.read_text() + "\nint broken() { return nothing; }\n")
    commit_all(project)
    result = workshop.build(project)
    assert result.code == 4
    assert "nothing" in result.err.partition("error:")[2].splitlines()[0]
    assert len(result.err.splitlines()) < 15, result.err
    assert not list(project.glob("dist/*.whl"))


@pytest.mark.parametrize("sample", [SAMPLES / "runtime-features", QUICKSTART], ids=lambda p: p.name)
def test_the_tag_is_what_auditwheel_computes(sample: Path, workshop: Workshop) -> None:
    """Another reader of ELF and another comparison come to the same constraint."""
    wheel = workshop.wheel(workshop.copy(sample))
    said = check(Path(sys.executable).with_name("auditwheel"), "show", wheel, cwd=workshop.folder)
    constraint = " ".join(said.split()).partition('constrains the platform tag to "')[2]
    assert constraint.partition('"')[0] == wheel.stem.split("-")[-1]
