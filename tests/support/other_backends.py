"""The projects of `docs/other-backends.md`, in repositories of their own."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from workshop import REPOSITORY, check, commit_all

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT = (REPOSITORY / "docs" / "other-backends.md").read_text()
SECTIONS = dict(re.findall(r"^## (.+)\n((?:(?!## ).*\n)*)", DOCUMENT, re.MULTILINE))
BACKENDS = ("scikit-build-core", "hatchling", "setuptools")

_CMAKE = """\
cmake_minimum_required(VERSION 3.15)
project(${SKBUILD_PROJECT_NAME} VERSION ${SKBUILD_PROJECT_VERSION} LANGUAGES NONE)
file(WRITE ${CMAKE_BINARY_DIR}/version.txt "${SKBUILD_PROJECT_VERSION_FULL}")
install(FILES ${CMAKE_BINARY_DIR}/version.txt DESTINATION hello)
if(FFIWHEEL_VERSION_DIR)
  file(STRINGS "${FFIWHEEL_VERSION_DIR}/include/hello_version.h" found REGEX "_MINOR 7$")
  if(NOT found)
    message(FATAL_ERROR "there is no header, or it is another version's")
  endif()
endif()
"""


def snippets(section: str, language: str = "toml") -> list[str]:
    """Return the code blocks of one section of the page."""
    return re.findall(rf"```{language}\n(.*?)```", SECTIONS[section], re.DOTALL)


def make_project(folder: Path, pyproject: str, **files: str) -> Path:
    """Write a project with the package `hello`, and tag its first commit `v0.6.0`.

    What setuptools leaves in a tree is ignored by git, as in most projects.
    """
    contents = {
        "pyproject.toml": pyproject,
        "hello/__init__.py": "",
        ".gitignore": "*.egg-info/\n/build/\n__pycache__/\n",
        "CMakeLists.txt": _CMAKE,
        **files,
    }
    for name, content in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    commit_all(folder, initial=True)
    check("git", "tag", "v0.6.0", cwd=folder)
    return folder


def build(project: Path, kind: str, outdir: Path, **variables: str) -> Path:
    """Let the project's own backend build a wheel or an sdist, as frontends call it."""
    text = (project / "pyproject.toml").read_text()
    [backend] = re.findall(r'^build-backend = "(.+)"$', text, re.MULTILINE)
    outdir.mkdir(parents=True)
    code = f"import {backend} as backend; backend.build_{kind}({str(outdir)!r})"
    check(sys.executable, "-c", code, cwd=project, env=variables)
    [made] = outdir.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return made


def version_of(made: Path) -> str:
    """Return the version in the name of a wheel or an sdist."""
    return made.name.removesuffix(".tar.gz").split("-")[1]


def tree(project: Path) -> dict[str, bytes]:
    """Return every file outside of git's and setuptools' own folders, with its content."""
    files = [path for path in project.rglob("*") if path.is_file()]
    names = {path.relative_to(project).as_posix(): path for path in files}
    own = (".git/", "build/", "hello.egg-info/")
    return {name: path.read_bytes() for name, path in names.items() if not name.startswith(own)}
