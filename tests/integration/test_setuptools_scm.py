"""`provider = "setuptools_scm"`: the number is that tool's, and everything else is ours."""

from __future__ import annotations

import json
import re
import sys
import tarfile
from pathlib import Path

import pytest
from other_backends import build, make_project, snippets, tree, version_of
from workshop import TEMPLATES, Workshop, check, commit_all, git_status, run_ffiwheel

KEEPING = snippets("Keeping setuptools_scm")[0]
QUIET = {"SETUPTOOLS_SCM_WRITE_TO_SOURCE": "0"}


def with_version_file(pyproject: str) -> str:
    head = "[tool.setuptools_scm]\n"
    return pyproject.replace(head, f'{head}version_file = "v.py"\n')


@pytest.fixture
def project(workshop: Workshop) -> Path:
    """A project of ours that keeps setuptools_scm, one commit after v0.6.0."""
    project = workshop.copy(TEMPLATES / "cpu", git=False)
    file = project / "pyproject.toml"
    table = with_version_file(KEEPING).replace('local_scheme = "no-local-version"\n', "")
    text = re.sub(r"\[tool\.ffiwheel\.version\]\n(.+\n)*", "", file.read_text())
    file.write_text(f"{text}\n{table}")
    commit_all(project, initial=True)
    check("git", "tag", "v0.6.0", cwd=project)
    commit_all(project)
    return project


def ask_itself(project: Path, **variables: str) -> str:
    """Return what `python -m setuptools_scm` prints, which writes no file either."""
    command = (sys.executable, "-m", "setuptools_scm")
    return check(*command, cwd=project, env=variables).strip().splitlines()[-1]


def test_the_number_is_its_own(project: Path) -> None:
    before = tree(project)
    said = run_ffiwheel("version", cwd=project).out.strip()
    assert re.fullmatch(r"0\.6\.1\.dev1\+g\w+", said)
    assert said == ask_itself(project)
    (project / "pyproject.toml").write_text(f"{before['pyproject.toml'].decode()}\n# edited\n")
    edited = run_ffiwheel("version", cwd=project).out.strip()
    assert edited == ask_itself(project) != said
    named = {"SETUPTOOLS_SCM_PRETEND_VERSION_FOR_MY_EXTENSION": "3.0"}
    assert run_ffiwheel("version", cwd=project, **named).out == "3.0\n"
    ours = {"FFIWHEEL_VERSION": "4.0"}
    assert run_ffiwheel("version", cwd=project, **named, **ours).out == "4.0\n"
    assert tree(project).keys() == before.keys(), "its version_file is not written"


def test_the_facts_are_there(project: Path) -> None:
    answer = json.loads(run_ffiwheel("version", "--json", cwd=project).out)
    assert answer["source"] == "setuptools_scm"
    assert answer["tag"] == "v0.6.0"
    assert answer["distance"] == 1
    assert answer["node"] == check("git", "rev-parse", "HEAD", cwd=project).strip()
    assert answer["dirty"] is False
    assert answer["forms"]["npm"].startswith("0.6.1-1.dev.1+")
    (project / "README.md").write_text("edited\n")
    answer = json.loads(run_ffiwheel("version", "--json", cwd=project).out)
    assert (answer["dirty"], answer["dirty_files"]) == (True, ["README.md"])
    lines = run_ffiwheel("version", "--explain", cwd=project).out.splitlines()
    assert "tag      `v0.6.0`" in lines
    assert any(line.startswith("rule     `[tool.setuptools_scm]`") for line in lines)


@pytest.mark.compiler
def test_wheel_and_sdist_carry_it_as_it_is(project: Path, workshop: Workshop) -> None:
    """The sdist, too, in a folder without git; there our stamp still knows the commit."""
    said = ask_itself(project)
    result = workshop.build(project, "--sdist")
    assert result.code == 0, result.err
    names = {path.name: path for path in (project / "dist").iterdir()}
    [wheel] = [name for name in names if name.endswith(".whl")]
    [sdist] = [name for name in names if name.endswith(".tar.gz")]
    assert version_of(Path(wheel)) == version_of(Path(sdist)) == said
    with tarfile.open(names[sdist]) as archive:
        archive.extractall(workshop.folder / "unpacked", filter="data")
    [unpacked] = (workshop.folder / "unpacked").iterdir()
    answer = json.loads(run_ffiwheel("version", "--json", cwd=unpacked).out)
    assert answer["version"] == said
    assert answer["node"] == check("git", "rev-parse", "HEAD", cwd=project).strip()
    assert git_status(project) == ""


@pytest.mark.network
@pytest.mark.parametrize("release", ["8", "9", "10"])
def test_releases(release: str, project: Path, tmp_path: Path) -> None:
    uv = str(Path(sys.executable).with_name("uv"))
    packages = (f"setuptools_scm=={release}.*", "setuptools")
    options = ("--quiet", "--target", tmp_path / "packages", "--python", sys.executable)
    check(uv, "pip", "install", *options, *packages, cwd=tmp_path)
    first = {"PYTHONPATH": str(tmp_path / "packages")}
    before = tree(project)
    answer = json.loads(run_ffiwheel("version", "--json", cwd=project, **first).out)
    assert answer["reason"].startswith(f"setuptools_scm {release}.")
    assert answer["version"] == ask_itself(project, **first)
    assert answer["node"] == check("git", "rev-parse", "HEAD", cwd=project).strip()
    assert (answer["tag"], answer["distance"]) == ("v0.6.0", 1)
    assert tree(project) == before


@pytest.mark.parametrize("backend", ["scikit-build-core", "hatchling", "setuptools"])
def test_other_backends(backend: str, tmp_path: Path) -> None:
    """setuptools is the one where setuptools_scm sets the version itself, before we are called."""
    text = re.sub(r"\[tool\.ffiwheel\.version\]\n(.+\n)*", "", snippets(backend)[0])
    project = make_project(tmp_path / "p", f"{text}\n{KEEPING}")
    commit_all(project)
    before = tree(project)
    assert version_of(build(project, "wheel", tmp_path / "wheel", **QUIET)) == "0.6.1.dev1"
    sdist = build(project, "sdist", tmp_path / "sdist", **QUIET)
    assert version_of(sdist) == "0.6.1.dev1"
    assert tree(project) == before


def test_the_move_that_the_docs_show(tmp_path: Path) -> None:
    """TVM's own tables before and after: the numbers agree, and nothing is written any more."""
    [diff] = snippets("From setuptools_scm to ffiwheel", "diff")
    before, after = (
        "".join(f"{line[1:]}\n" for line in diff.splitlines() if line[:1] != other)
        for other in "+-"
    )
    head = '[project]\nname = "tvm"\ndynamic = ["version"]\n\n'
    for name, tag in {"release": "v0.25.0", "anchor": "v0.26.0.dev0"}.items():
        files = {"python/tvm/__init__.py": "", ".gitignore": "_version.py\n"}
        project = make_project(tmp_path / name, head + before, **files)
        assert version_of(build(project, "wheel", tmp_path / name / "0")) == "0.6.0"
        check("git", "tag", tag, cwd=project)
        commit_all(project)
        commit_all(project)
        old = version_of(build(project, "wheel", tmp_path / f"{name}-old"))
        assert (project / "python" / "tvm" / "_version.py").is_file(), "what it used to write"
        (project / "python" / "tvm" / "_version.py").unlink()
        (project / "pyproject.toml").write_text(head + after)
        check("git", "commit", "--quiet", "--amend", "--all", "--no-edit", cwd=project, env=AUTHOR)
        new = version_of(build(project, "wheel", tmp_path / f"{name}-new"))
        assert new == old == {"release": "0.25.1.dev2", "anchor": "0.26.0.dev2"}[name]
        assert not (project / "python" / "tvm" / "_version.py").exists()
        assert git_status(project) == ""


AUTHOR = {
    "GIT_AUTHOR_NAME": "Test",
    "GIT_AUTHOR_EMAIL": "test@example.org",
    "GIT_COMMITTER_NAME": "Test",
    "GIT_COMMITTER_EMAIL": "test@example.org",
}
