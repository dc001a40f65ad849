"""What a plain query of the version costs: what it imports, and the programs it starts.

Nothing is timed here; `bench/version.py` does that.
"""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import pytest
from workshop import SAMPLES, TEMPLATES, Workshop, check, commit_all, run_ffiwheel

if TYPE_CHECKING:
    from pathlib import Path

NEEDLESS = (
    *("argparse", "ast", "asyncio", "concurrent", "dataclasses", "difflib", "dis", "email"),
    *("gettext", "glob", "hashlib", "http", "importlib.metadata", "inspect", "ipaddress", "json"),
    *("logging", "pathlib", "pickle", "platform", "random", "shlex", "shutil", "socket"),
    *("tarfile", "tempfile", "textwrap", "tokenize", "urllib", "zipfile"),
    *("auditwheel", "build", "elftools", "pyproject_metadata", "rich", "scikit_build_core"),
    *("tomli_w", "tvm_ffi", "typing_extensions"),
    *("packaging.markers", "packaging.metadata", "packaging.requirements"),
    *("packaging.specifiers", "packaging.tags", "packaging.utils"),
    *("ffiwheel.audit", "ffiwheel.backend", "ffiwheel.bind", "ffiwheel.compile"),
    *("ffiwheel.reflect", "ffiwheel.scaffold", "ffiwheel.toolchain", "ffiwheel.wheel"),
    *("ffiwheel.config.reference", "ffiwheel.model.api", "ffiwheel.model.draft"),
    *("ffiwheel.system.archive", "ffiwheel.system.files", "ffiwheel.system.process"),
    *("ffiwheel.ui.console", "ffiwheel.versioning.archive", "ffiwheel.versioning.forms"),
    *("ffiwheel.versioning.refusal", "ffiwheel.versioning.report", "ffiwheel.workflow.build"),
)
# What the two libraries import that a query needs is theirs to decide: `packaging.version` has
# `inspect` imported by Python 3.13.
ASK = """\
import sys
import packaging.version
__import__("tomllib" if sys.version_info >= (3, 11) else "tomli")
before = set(sys.modules)
from ffiwheel.cli.main import main
code = main(sys.argv[1:])
print(*sorted(set(sys.modules) - before), sep="\\n")
sys.exit(code)
"""
CONFIGURATION = """
[tool.ffiwheel]
sources = ["src/*.cc"]
[tool.ffiwheel.version]
tag-prefix = "v"
next = "patch"
"""


@pytest.fixture
def project(workshop: Workshop) -> Path:
    """A project with a configuration, one commit after v0.6.0."""
    project = workshop.copy(TEMPLATES / "cpu")
    file = project / "pyproject.toml"
    file.write_text(file.read_text().partition("[tool.ffiwheel]")[0] + CONFIGURATION)
    check("git", "tag", "v0.6.0", cwd=project)
    commit_all(project)
    return project


@pytest.mark.parametrize("words", [("version",), ("version", "."), ("version", "--scm-version")])
def test_a_query_imports_what_it_needs(words: tuple[str, ...], project: Path) -> None:
    answer, *imported = check(sys.executable, "-c", ASK, *words, cwd=project).splitlines()
    assert answer.startswith("0.6.1.dev1+g")
    assert "ffiwheel.versioning.git" in imported
    needless = [
        name for name in imported if f"{name}.".startswith(tuple(f"{n}." for n in NEEDLESS))
    ]
    assert needless == []


def test_the_needless_would_be_seen(project: Path) -> None:
    words = ("version", "--json")
    imported = check(sys.executable, "-c", ASK, *words, cwd=project).splitlines()
    assert {"argparse", "json", "ffiwheel.versioning.report"} <= set(imported)


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where each start of git adds its arguments as a line."""
    log, wrapper = tmp_path / "log.txt", tmp_path / "bin" / "git"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\necho "$*" >> {log}\nexec {shutil.which("git")} "$@"\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", str(wrapper.parent), prepend=":")
    return log


def asked_of(log: Path, project: Path, **variables: str) -> list[str]:
    """Return the git commands that a query in `project` runs, sorted."""
    log.write_text("")
    result = run_ffiwheel("version", cwd=project, **variables)
    assert result.code == 0, result.err
    words = [line.split() for line in log.read_text().splitlines()]
    return sorted(next(word for word in line if word in COMMANDS) for line in words)


COMMANDS = ("diff-index", "for-each-ref", "ls-files", "remote", "rev-list", "rev-parse", "status")


def test_a_clean_checkout_is_asked_three_questions(project: Path, log: Path) -> None:
    assert asked_of(log, project) == ["for-each-ref", "rev-list", "status"]
    check("git", "tag", "v0.6.1", cwd=project)
    assert asked_of(log, project) == ["for-each-ref", "rev-list", "status"]


def test_an_edited_checkout_is_asked_for_the_edits(project: Path, log: Path) -> None:
    (project / "pyproject.toml").write_text((project / "pyproject.toml").read_text() + "\n")
    edits = ["diff-index", "ls-files"]
    assert asked_of(log, project) == sorted([*edits, "for-each-ref", "rev-list", "status"])


def test_git_is_not_asked_where_it_has_no_say(project: Path, log: Path, workshop: Workshop) -> None:
    assert asked_of(log, project, FFIWHEEL_VERSION="1.0.0") == []
    assert asked_of(log, workshop.copy(SAMPLES / "two-libraries")) == []


@pytest.mark.parametrize(
    "words",
    [
        ("--scm-version",),
        ("--scm",),
        ("--", "."),
        ("--scm-version", "."),
        (".", "--scm-version"),
        ("nowhere",),
        ("--scm", "nowhere"),
    ],
)
def test_every_spelling_says_the_same(words: tuple[str, ...], project: Path) -> None:
    spelled = run_ffiwheel("version", *words, cwd=project)
    path = "nowhere" if "nowhere" in words else "."
    assert spelled == run_ffiwheel("version", path, cwd=project)
    assert spelled.code == (2 if path == "nowhere" else 0)
    assert spelled.out.count("\n") == (0 if spelled.code else 1)


def test_two_paths_are_one_too_many(project: Path) -> None:
    result = run_ffiwheel("version", ".", ".", cwd=project)
    assert result.code == 2
    assert "unrecognized arguments: ." in result.err
