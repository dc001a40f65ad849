"""Libraries of several compilers in one process work with each other's errors and values.

zig puts a C++ library of its own into each of its libraries, so up to three of them meet, and
`RTLD_GLOBAL` lets the symbols that a library exports be used by those loaded after it.
"""

from __future__ import annotations

import importlib.util
import itertools
import json
import shutil
import sys
import zipfile
from pathlib import Path

import pytest
from workshop import REPOSITORY, Workshop, check, require

DATA = REPOSITORY / "tests" / "data" / "two_compilers"
PARTS = {
    "gnu_part": (),
    "zig_part": ("--target", "linux-x86_64"),
    "other_zig_part": ("--target", "linux-x86_64"),
}
EXPECTED = {
    "raised": "ValueError: an error of PART",
    "raised in the other": "ValueError: another of PART",
    "raised in Python": "KeyError: \"'from Python'\"",
    "standard": "caught",
    "standard, of Python": "caught",
    "error": "ValueError: x of PART",
    "error, of Python": "KeyError: 'from Python'",
    "thrown": "RuntimeError: a standard one",
    "thrown, caught": "caught",
    "thread": "in a thread",
    "format": "3.142 ff true",
}


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same source, built by each compiler under a name of its own."""
    require("compiler", present=shutil.which("g++") is not None)
    require("zig", present=importlib.util.find_spec("ziglang") is not None)
    workshop = Workshop(tmp_path_factory.mktemp("compilers"))
    return {name: build_part(workshop, name, *arguments) for name, arguments in PARTS.items()}


def build_part(workshop: Workshop, name: str, *arguments: str) -> Path:
    """Build the part with that name, and return its library out of the wheel."""
    project = workshop.folder / name
    (project / name).mkdir(parents=True)
    (project / name / "__init__.py").touch()
    shutil.copy(DATA / "part.cc", project)
    (project / "pyproject.toml").write_text(
        f"""[build-system]
requires = ["ffiwheel"]
build-backend = "ffiwheel.backend"

[project]
name = "{name}"
version = "1.0"
requires-python = ">=3.9"
dependencies = ["apache-tvm-ffi>=0.1.5"]

[tool.ffiwheel]
sources = ["part.cc"]

[tool.ffiwheel.compile]
defines = ["PART={name}"]
"""
    )
    wheel = workshop.wheel(project, *arguments, CXX="" if arguments else "g++")
    with zipfile.ZipFile(wheel) as archive:
        [library] = [member for member in archive.namelist() if member.endswith(".so")]
        return Path(archive.extract(library, project))


@pytest.mark.zig
@pytest.mark.parametrize("mode", ["local", "global"])
@pytest.mark.parametrize("names", [*itertools.permutations(PARTS, 2), tuple(PARTS)], ids="+".join)
def test_libraries_of_two_compilers_work_together(
    names: tuple[str, ...], mode: str, libraries: dict[str, Path]
) -> None:
    [met] = run_together(mode, names, libraries)
    assert {key: met[key] for key in EXPECTED} == EXPECTED


def run_together(
    mode: str, names: tuple[str, ...], libraries: dict[str, Path]
) -> list[dict[str, object]]:
    """Return the different results of libraries that are loaded in this order."""
    pairs = [part for name in names for part in (name, libraries[name])]
    return list(json.loads(check(sys.executable, DATA / "meet.py", mode, *pairs, cwd=DATA)))
