"""Errors of builds for other systems, in full.

A case is a line of `CASES`: the golden file's name, the options, what is put into which file of a
sample, and what its `pyproject.toml` says besides.
"""

from __future__ import annotations

import importlib.util
import json
import re
from typing import TYPE_CHECKING, NamedTuple

import pytest
from test_error_texts import readable
from workshop import GOLDEN, SAMPLES, Workshop, commit_all, compare_golden, require

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = "src/sources_only.cc"
COMPILE = "[tool.ffiwheel.compile]\n"


class Case(NamedTuple):
    """One way to spoil a project for other systems."""

    name: str
    targets: str
    source: str = ""
    """What its source begins with."""
    table: str = ""
    """What its configuration says besides."""
    options: tuple[str, ...] = ()
    variables: dict[str, str] = {}  # noqa: RUF012 - never changed


CPUID = 'int Probe() { int a; __asm__("cpuid" : "=a"(a)); return a; }\n'
CASES = [
    Case("target-python-header", "linux-aarch64", "#include <Python.h>\n"),
    Case("target-assembly", "linux-aarch64 macos-arm64", CPUID),
    Case("target-intrinsics", "windows-arm64", "#include <immintrin.h>\n"),
    Case("target-march-native", "linux-x86_64 macos-arm64", table=f'{COMPILE}flags = ["-march=native"]\n'),
    Case("target-other-processor", "macos-arm64", table=f'{COMPILE}flags = ["-mavx2"]\n'),
    Case("target-host-library", "windows-amd64", table=f'{COMPILE}link-flags = ["/usr/lib/x86_64-linux-gnu/libm.so", "-L/usr/lib"]\n'),
    Case("target-flags-for-nothing", "linux-aarch64", table=f'{COMPILE}flags-for = {{ "win*-x86" = ["-O3"] }}\n'),
    Case("target-flags-for-no-list", "linux-aarch64", table=f'{COMPILE}flags-for = {{ "linux-*" = "-O3" }}\nlink-flags-for = ["-lm"]\n'),
    Case("target-fix", "macos-arm64", options=("--fix",)),
    Case("target-api-missing", "macos-arm64", options=("--api", "none.json")),
    Case("target-api-folder", "macos-arm64", options=("--api", "src")),
    Case("target-api-no-json", "macos-arm64", options=("--api", SOURCE)),
    Case("target-api-empty", "macos-arm64", options=("--api", "empty.json")),
    Case("target-api-alone", "", options=("--api", "empty.json")),
]  # fmt: skip


@pytest.fixture(autouse=True)
def zig() -> None:
    require("zig", present=importlib.util.find_spec("ziglang") is not None)


def spoil(workshop: Workshop, case: Case) -> Path:
    project = workshop.copy(SAMPLES / "sources-only", case.name)
    source = project / SOURCE
    source.write_text(case.source + source.read_text())
    file = project / "pyproject.toml"
    file.write_text(file.read_text() + case.table)
    (project / "empty.json").write_text(json.dumps({"schema": 1}))
    commit_all(project)
    return project


@pytest.mark.zig
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_spoilt_for_a_target(case: Case, workshop: Workshop, *, update_golden: bool) -> None:
    project = spoil(workshop, case)
    targets = [f"--target={name}" for name in case.targets.split()]
    result = workshop.build(project, *targets, *case.options, **case.variables)
    text = f"exit code {result.code}\n{readable(result, project)}"
    text = re.sub(r"^[✗x] .*\n|.*/ziglang/.*\n|^ +(\d+ )?\|.*\n", "", text, flags=re.MULTILINE)
    compare_golden(GOLDEN / "errors" / f"{case.name}.txt", text, update=update_golden)
    assert result.code != 0
    assert "Traceback" not in result.err
    assert not list(project.glob("dist/*.whl"))


@pytest.mark.zig
def test_one_target_fails(workshop: Workshop, *, update_golden: bool) -> None:
    """The wheels of the others are delivered, and the exit code says that one is missing."""
    source = "#ifdef __APPLE__\n#error no\n#endif\n"
    project = spoil(workshop, Case("target-one-fails", "", source))
    result = workshop.build(project, "--target=native", "--target=macos-arm64", "--json")
    text = f"exit code {result.code}\n{readable(result, project)}"
    text = re.sub(r"^ +(\d+ )?\|.*\n", "", text, flags=re.MULTILINE)
    compare_golden(GOLDEN / "errors" / "target-one-fails.txt", text, update=update_golden)
    built, failed = json.loads(result.out)["targets"]
    assert (project / built["wheel"]).is_file()
    assert built["verified"] == "run"
    assert failed["wheel"] is None
    assert "do not compile" in failed["errors"][0]["message"]


@pytest.mark.zig
def test_only_the_host_fails(workshop: Workshop, *, update_golden: bool) -> None:
    """There are no bindings then; nothing is linked with a C++ library, which takes minutes."""
    source = "#ifdef __GLIBC__\n#error no\n#endif\n"
    options = '["-nostdlib", "-nostdlib++", "-Wl,-undefined,dynamic_lookup"]'
    table = f'{COMPILE}link-flags-for = {{ "macos-*" = {options} }}\n'
    project = spoil(workshop, Case("target-host-fails", "", source, table))
    file = project / SOURCE
    file.write_text(f"#include <cstdlib>\n{file.read_text()}")
    result = workshop.build(project, "--target=macos-arm64")
    text = f"exit code {result.code}\n{readable(result, project)}"
    text = re.sub(r"^[✗x] .*\n|^ +(\d+ )?\|.*\n", "", text, flags=re.MULTILINE)
    compare_golden(GOLDEN / "errors" / "target-host-fails.txt", text, update=update_golden)
    assert not list(project.glob("dist/*.whl"))


@pytest.mark.zig
def test_setuptools(workshop: Workshop, *, update_golden: bool) -> None:
    project = workshop.copy(SAMPLES / "setuptools-extension")
    result = workshop.build(project, "--target=windows-arm64", "--target=musllinux-x86_64")
    text = f"exit code {result.code}\n{readable(result, project)}"
    text = re.sub(r"^[✗x] .*\n", "", text, flags=re.MULTILINE)
    compare_golden(GOLDEN / "errors" / "target-setuptools.txt", text, update=update_golden)


@pytest.mark.zig
def test_a_description_of_another_project(workshop: Workshop, *, update_golden: bool) -> None:
    project = workshop.copy(SAMPLES / "sources-only")
    described = {"schema": 1, "libraries": [{"path": "other/libother.so"}]}
    (project / "other.json").write_text(json.dumps(described))
    result = workshop.build(project, "--target=native", "--api=other.json")
    text = f"exit code {result.code}\n{readable(result, project)}"
    text = re.sub(r"^[✗x] .*\n", "", text, flags=re.MULTILINE)
    compare_golden(GOLDEN / "errors" / "target-api-other.txt", text, update=update_golden)
    assert not list(project.glob("dist/*.whl"))


@pytest.mark.zig
def test_no_zig(tmp_path: Path, workshop: Workshop, *, update_golden: bool) -> None:
    """The target of this machine's own compiler is built all the same."""
    project = workshop.copy(SAMPLES / "sources-only")
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text(
        "import importlib.util as u\nreal = u.find_spec\n"
        "u.find_spec = lambda n, p=None: None if n == 'ziglang' else real(n, p)\n"
    )
    targets = ("--target=native", "--target=macos-arm64", "--target=windows-amd64")
    result = workshop.build(project, *targets, "--json", PYTHONPATH=str(hidden))
    text = f"exit code {result.code}\n{readable(result, project)}"
    compare_golden(GOLDEN / "errors" / "target-no-zig.txt", text, update=update_golden)
    rows = json.loads(result.out)["targets"]
    assert [bool(row["wheel"]) for row in rows] == [True, False, False]
    assert [len(row["errors"]) for row in rows] == [0, 1, 1]
    assert len(list(project.glob("dist/*.whl"))) == 1
