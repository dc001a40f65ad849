"""Errors that one edit of a good project causes, in full.

A case is a line of `CASES`: the golden file's name, the sample, what to replace in which file, and
variables of the environment. A new error is a new line.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest
from test_error_texts import readable
from workshop import GOLDEN, SAMPLES, Workshop, commit_all, compare_golden


class Case(NamedTuple):
    """One way to spoil a project."""

    name: str
    sample: str
    file: str
    old: str
    new: str
    variables: dict[str, str]


PYPROJECT = "pyproject.toml"
SOURCE = "src/sources_only.cc"
TYPES = "[tool.ffiwheel.bindings.types]\n"
CRASH = """\
#include <cstdio>
#include <cstdlib>
TVM_FFI_STATIC_INIT_BLOCK() {
  // The probe works in an empty folder, Python imports from one with the package.
  if (FILE* file = std::fopen("sources_only/_ffi_api.py", "r")) {
    std::fclose(file);
    std::fprintf(stderr, "sources_only: loaded by Python\\n");
    std::abort();
  }"""
CASES = [
    Case("no-project-table", "sources-only", PYPROJECT, "[project]", "[other]", {}),
    Case("bad-project-name", "sources-only", PYPROJECT, '"sources-only"', '"-x-"', {}),
    Case("two-versions", "sources-only", PYPROJECT, "version =", 'dynamic = ["version"]\nversion =', {}),
    Case("dynamic-name", "sources-only", PYPROJECT, "version =", 'dynamic = ["readme"]\nversion =', {}),
    Case("no-backend", "sources-only", PYPROJECT, 'build-backend = "ffiwheel.backend"', "", {}),
    Case("nothing-to-compile", "sources-only", PYPROJECT, 'sources = ["src/*.cc"]', "", {}),
    Case(
        "several-faults",
        "sources-only",
        PYPROJECT,
        "[tool.ffiwheel]",
        '[project.readme]\nfile = "NONE.md"\ncontent-type = "text/markdown"\n[tool.ffiwheel]\npackages = ["python/none"]',
        {},
    ),
    Case("broken-cxx", "sources-only", PYPROJECT, "", "", {"CXX": "/nowhere/c++"}),
    Case("broken-cudacxx", "../../src/ffiwheel/scaffold/templates/cuda", PYPROJECT, "", "", {"CUDACXX": "/nowhere/nvcc"}),
    Case("epoch-no-number", "sources-only", PYPROJECT, "", "", {"SOURCE_DATE_EPOCH": "abc"}),
    Case("epoch-too-late", "sources-only", PYPROJECT, "", "", {"SOURCE_DATE_EPOCH": "9999999999"}),
    Case("link-error", "sources-only", PYPROJECT, "[tool.ffiwheel]", '[tool.ffiwheel.compile]\nlink-flags = ["-lnowhere"]\n[tool.ffiwheel]', {}),
    Case("types-about-nothing", "sources-only", PYPROJECT, "[tool.ffiwheel]", '[tool.ffiwheel.bindings]\ntypes = { "add_ne._0" = "int", "add_one.return" = "in t" }\nclasses = {}\n[tool.ffiwheel]', {}),
    Case("classes-about-nothing", "sources-only", PYPROJECT, "[tool.ffiwheel]", '[tool.ffiwheel.bindings]\nclasses = { "other.Base" = "Base" }\n[tool.ffiwheel]', {}),
    Case("types-not-quoted", "sources-only", PYPROJECT, "[tool.ffiwheel]", '[tool.ffiwheel.bindings]\nclasses = "Base"\ntypes.add_one.x = "int"\n[tool.ffiwheel]', {}),
    Case("cmake-installs-nothing", "cmake-extension", "CMakeLists.txt", "ffiwheel_add_extension(", "function(unused)\nendfunction()\nunused(", {}),
    Case("cmake-outside-a-package", "cmake-extension", "CMakeLists.txt", "SOURCES", "PACKAGE . SOURCES", {}),
    Case("cmake-configure-error", "cmake-extension", "CMakeLists.txt", "ffiwheel_add_extension(", "ffiwheel_add_extnsion(", {}),
    Case("bindings-wrong-type", "sources-only", PYPROJECT, "[tool.ffiwheel]", f'{TYPES}"add_one.x" = "collections.NoSuchType"\n[tool.ffiwheel]', {}),
    Case("bindings-crash-at-import", "sources-only", SOURCE, "TVM_FFI_STATIC_INIT_BLOCK() {", CRASH, {}),
    Case("audit-ignores-nothing", "sources-only", PYPROJECT, "[tool.ffiwheel]", '[tool.ffiwheel.audit.ignore]\nELF0004 = "so"\n[tool.ffiwheel]', {}),
    Case("audit-ignores-silently", "sources-only", PYPROJECT, "[tool.ffiwheel]", '[tool.ffiwheel.audit.ignore]\nELF004 = ""\n[tool.ffiwheel]', {}),
    Case("foreign-backend-missing", "guide-directives", PYPROJECT, "scikit_build_core.build", "scikit_build_core.bild", {}),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_spoilt_project(case: Case, workshop: Workshop, *, update_golden: bool) -> None:
    project = workshop.copy((SAMPLES / case.sample).resolve(), case.name)
    file = project / case.file
    assert case.old in file.read_text()
    file.write_text(file.read_text().replace(case.old, case.new, 1))
    commit_all(project)
    result = workshop.build(project, **case.variables)
    text = f"exit code {result.code}\n{readable(result, project)}"
    compare_golden(GOLDEN / "errors" / f"{case.name}.txt", text, update=update_golden)
    assert result.code != 0
    assert "Traceback" not in result.err
    assert not list(project.glob("dist/*.whl"))
