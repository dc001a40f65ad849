"""The commands of docs/releases.md, typed as they stand there, in a project as it says."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import pytest
from workshop import REPOSITORY, check, commit_all, run

if TYPE_CHECKING:
    from pathlib import Path

PAGE = (REPOSITORY / "docs" / "releases.md").read_text()
SESSIONS = re.findall(r"```console\n(.*?)```", PAGE, flags=re.DOTALL)
[PLACES] = re.findall(r"```toml\n(.*?)```", PAGE, flags=re.DOTALL)
PYPROJECT = '[project]\nname = "hello"\ndynamic = ["version"]\n'
GIT = {
    "GIT_AUTHOR_NAME": "Test",
    "GIT_AUTHOR_EMAIL": "test@example.org",
    "GIT_COMMITTER_NAME": "Test",
    "GIT_COMMITTER_EMAIL": "test@example.org",
}


@pytest.fixture(autouse=True)
def _git_of_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in GIT.items():
        monkeypatch.setenv(name, value)


def make_project(folder: Path, config: str = "") -> Path:
    """Return a project two commits after v0.6.0, with a remote to push to."""
    check("git", "init", "--quiet", "--bare", "server.git", cwd=folder)
    project = folder / "hello"
    (project / "include" / "hello").mkdir(parents=True)
    (project / "web").mkdir()
    (project / "pyproject.toml").write_text(PYPROJECT + config)
    header = '#pragma once\n#define HELLO_VERSION "0.6.0"\n'
    (project / "include" / "hello" / "version.h").write_text(header)
    package = '{\n  "version": "0.6.0",\n  "name": "hello"\n}\n'
    (project / "web" / "package.json").write_text(package)
    commit_all(project, initial=True)
    check("git", "tag", "v0.6.0", cwd=project)
    check("git", "remote", "add", "origin", folder / "server.git", cwd=project)
    commit_all(project)
    commit_all(project)
    return project


def say(session: str, project: Path) -> None:
    """Type a session's commands, and compare what they print; hashes are of no interest."""
    entries = re.findall(r"^\$ (.*)\n((?:[^$\n].*\n)*)", session, flags=re.MULTILINE)
    assert entries
    for command, expected in entries:
        typed = command.replace("ffiwheel ", f"{sys.executable} -m ffiwheel ", 1)
        done = run("bash", "-c", typed.replace("--message", "--quiet --message"), cwd=project)
        assert done.code == 0, f"{command}\n{done.err}"
        assert anonymous(done.out) == anonymous(expected), command


def anonymous(text: str) -> str:
    return re.sub(r"[0-9a-f]{10}\b", "{node}", text)


def test_a_release_is_a_tag(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    say(SESSIONS[0], project)
    listed = check("git", "ls-remote", "--tags", "origin", cwd=project)
    assert "refs/tags/v0.7.0" in listed
    commit_all(project)
    out = check(sys.executable, "-m", "ffiwheel", "version", "--form", "public", cwd=project)
    assert out == "0.8.0.dev1\n"


def test_a_cycle_with_versions_in_files(tmp_path: Path) -> None:
    project = make_project(tmp_path, PLACES)
    say(SESSIONS[1], project)
    header = (project / "include" / "hello" / "version.h").read_text()
    assert header == '#pragma once\n#define HELLO_VERSION "0.8.0.dev0"\n'
    package = (project / "web" / "package.json").read_text()
    assert '"version": "0.8.0-1.dev.0",' in package
    assert check("git", "status", "--porcelain", cwd=project) == ""
