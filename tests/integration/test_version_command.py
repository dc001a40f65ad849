"""`ffiwheel version`: one answer on stdout, in every form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from workshop import TEMPLATES, Workshop, check, commit_all, run_ffiwheel

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(workshop: Workshop) -> Path:
    """A project one commit after v0.6.0."""
    project = workshop.copy(TEMPLATES / "cpu")
    check("git", "tag", "v0.6.0", cwd=project)
    commit_all(project)
    return project


def test_plain_and_alias(project: Path) -> None:
    plain = run_ffiwheel("version", cwd=project)
    assert plain.out.startswith("0.7.0.dev1+g")
    assert plain.err == ""
    assert run_ffiwheel("version", "--scm-version", cwd=project).out == plain.out


def test_one_form(project: Path) -> None:
    assert run_ffiwheel("version", "--form", "public", cwd=project).out == "0.7.0.dev1\n"
    assert run_ffiwheel("version", "--form", "cmake", cwd=project).out == "0.7.0\n"
    assert run_ffiwheel("version", "--form", "windows", cwd=project).out == "0,7,0,1\n"


def test_an_unknown_form_is_refused(project: Path) -> None:
    result = run_ffiwheel("version", "--form", "rpm", cwd=project)
    assert result.code == 2
    assert result.err.startswith(
        "error: there is no form `rpm` of a version\n help: the forms are:"
    )


def test_json_has_facts_and_forms(project: Path) -> None:
    answer = json.loads(run_ffiwheel("version", "--json", cwd=project).out)
    assert answer["base"] == "0.7.0"
    assert answer["tag"] == "v0.6.0"
    assert answer["distance"] == 1
    assert answer["source"] == "git"
    assert answer["forms"]["npm"].startswith("0.7.0-1.dev.1+")
    assert answer["forms"]["c-number"].isdecimal()


def test_json_says_null_where_a_form_cannot_express_the_version(project: Path) -> None:
    check("git", "tag", "v1!1.0.0", cwd=project)
    answer = json.loads(run_ffiwheel("version", "--json", cwd=project).out)
    assert answer["version"] == "1!1.0.0"
    assert answer["forms"]["npm"] is None


def test_explain_tells_why(project: Path) -> None:
    lines = run_ffiwheel("version", "--explain", cwd=project).out.splitlines()
    assert lines[0].startswith("0.7.0.dev1+g")
    assert any("`v0.6.0`" in line and "highest" in line for line in lines)
