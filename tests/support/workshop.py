"""Run ffiwheel as a user would: on a copy of a sample project, in a child process."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from kept import fetch_once

if TYPE_CHECKING:
    from collections.abc import Mapping

REPOSITORY = Path(__file__).resolve().parents[2]
SAMPLES = REPOSITORY / "tests" / "packages"
TEMPLATES = REPOSITORY / "src" / "ffiwheel" / "scaffold" / "templates"
QUICKSTART = REPOSITORY / "examples" / "quickstart"
GOLDEN = REPOSITORY / "tests" / "golden"

_IGNORED = shutil.ignore_patterns("build", "dist", "__pycache__", "*.egg-info")
_GIT = ("git", "-c", "user.name=Test", "-c", "user.email=test@example.org")


@dataclass(frozen=True)
class Result:
    """How a program ended, and what it said."""

    code: int
    out: str
    err: str


class Workshop:
    """A folder for copies of sample projects."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def copy(self, sample: Path, name: str = "", *, git: bool = True) -> Path:
        """Copy a sample project, and commit it to a repository of its own."""
        project = self.folder / (name or sample.name)
        shutil.copytree(sample, project, ignore=_IGNORED)
        if git:
            commit_all(project, initial=True)
        return project

    def build(self, project: Path, *arguments: str, **variables: str) -> Result:
        """Run `ffiwheel build` in a project."""
        return run_ffiwheel("build", *arguments, cwd=project, **variables)

    def wheel(self, project: Path, *arguments: str, **variables: str) -> Path:
        """Build a project that is expected to build, and return its wheel."""
        result = self.build(project, *arguments, **variables)
        assert result.code == 0, result.err
        return project / result.out.splitlines()[-1]


def run(
    *command: str | Path, cwd: Path, env: Mapping[str, str] | None = None, said: str = ""
) -> Result:
    """Run a program to its end; it reads what is `said`."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        input=said,
        capture_output=True,
        text=True,
        check=False,
    )
    return Result(done.returncode, done.stdout, done.stderr)


def check(
    *command: str | Path, cwd: Path, env: Mapping[str, str] | None = None, said: str = ""
) -> str:
    """Run a program that is expected to succeed, and return what it printed."""
    result = run(*command, cwd=cwd, env=env, said=said)
    assert result.code == 0, f"{command}\n{result.out}\n{result.err}"
    return result.out


def run_ffiwheel(*arguments: str | Path, cwd: Path, **variables: str) -> Result:
    """Run the command `ffiwheel`."""
    return run(sys.executable, "-m", "ffiwheel", *arguments, cwd=cwd, env=variables)


def commit_all(project: Path, *, initial: bool = False) -> None:
    """Commit everything in a project."""
    if initial:
        check(*_GIT, "init", "--quiet", cwd=project)
    check(*_GIT, "add", "--all", cwd=project)
    check(*_GIT, "commit", "--quiet", "--allow-empty", "--message", "change", cwd=project)


def git_status(project: Path) -> str:
    """Return what git sees as changed."""
    return check("git", "status", "--porcelain", cwd=project)


def compare_golden(path: Path, text: str, *, update: bool) -> None:
    """Compare `text` with a committed file, or write it."""
    if update:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert path.exists(), f"{path} is missing: run pytest with --update-golden and read it"
    assert text == path.read_text()


def find_pythons() -> dict[str, Path]:
    """Return every CPython from 3.9 up that is on this machine, by version.

    They are looked for on the search path and beside the one that runs the tests, which is where
    pyenv and uv keep the others.
    """
    beside = Path(sys.base_prefix).parent.glob("*/bin/python3")
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep)]
    on_path = [found for folder in folders for found in folder.glob("python3*")]
    pythons: dict[str, Path] = {}
    for path in [*beside, *on_path]:
        if re.fullmatch(r"python3(\.\d+)?", path.name) and os.access(path, os.X_OK):
            code = "import sys; print(sys.implementation.name, *sys.version_info[:2])"
            words = run(path, "-c", code, cwd=Path("/")).out.split()
            if (
                len(words) == 3
                and words[0] == "cpython"
                and (int(words[1]), int(words[2])) >= (3, 9)
            ):
                pythons.setdefault(f"{words[1]}.{words[2]}", path)
    return pythons


def find_nvcc() -> Path | None:
    """Return the CUDA compiler, on the search path or where its installer puts it."""
    usual = Path("/usr/local/cuda/bin/nvcc")
    found = shutil.which("nvcc") or (usual if usual.exists() else None)
    return Path(found) if found else None


@cache
def find_npm_package(name: str, version: str) -> Path | None:
    """Return a folder of modules with a package from npm; it stays for the next run."""
    npm = shutil.which("npm")
    if not npm or not shutil.which("node"):
        return None

    def fetch(scratch: Path) -> Path | None:
        options = ("--silent", "--no-audit", "--no-fund", "--prefix", scratch)
        done = run(npm, "install", *options, f"{name}@{version}", cwd=REPOSITORY)
        return scratch / "node_modules" if done.code == 0 else None

    return fetch_once(f"{name}-{version}".replace("/", "-"), fetch)


def make_environment(python: Path, folder: Path, *packages: str | Path) -> Path:
    """Return the interpreter of a fresh virtual environment with `packages`."""
    uv = shutil.which("uv", path=str(Path(sys.executable).parent))
    assert uv, "uv is among the developers' packages"
    check(uv, "venv", "--quiet", "--python", python, folder, cwd=Path("/"))
    made = folder / "bin" / "python"
    check(uv, "pip", "install", "--quiet", "--python", made, *packages, cwd=Path("/"))
    return made


def require(tool: str, *, present: bool) -> None:
    """Skip a test whose tool is missing; fail instead where the tool is said to be there.

    CI names every tool in `FFIWHEEL_REQUIRE`, so that nothing is skipped unseen.
    """
    if present:
        return
    if tool in os.environ.get("FFIWHEEL_REQUIRE", "").split(","):
        pytest.fail(f"{tool} is missing, and FFIWHEEL_REQUIRE demands it")
    pytest.skip(f"needs {tool}")
