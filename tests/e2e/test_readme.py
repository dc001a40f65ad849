"""What the README tells a newcomer to type, typed into a fresh environment."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest
from workshop import REPOSITORY, check, make_environment, run

pytestmark = pytest.mark.network

README = (REPOSITORY / "README.md").read_text()
BLOCKS = re.findall(r"```console\n(.*?)```", README, flags=re.DOTALL)
GIT = {
    "GIT_AUTHOR_NAME": "Test",
    "GIT_AUTHOR_EMAIL": "test@example.org",
    "GIT_COMMITTER_NAME": "Test",
    "GIT_COMMITTER_EMAIL": "test@example.org",
}


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a fresh environment with ffiwheel, installed as the README says."""
    folder = tmp_path_factory.mktemp("readme") / "environment"
    packages = ("pip", "build", "uv", "hatchling", f"{REPOSITORY}[zig]")
    return make_environment(Path(sys.executable), folder, *packages).parent


def test_there_are_commands() -> None:
    assert len(BLOCKS) >= 2


@pytest.mark.parametrize("block", BLOCKS, ids=[block.splitlines()[0] for block in BLOCKS])
def test_commands_run(block: str, environment: Path, tmp_path: Path) -> None:
    """Every line that begins with `$ ` succeeds, one after the other."""
    commands = [line.removeprefix("$ ") for line in block.splitlines() if line.startswith("$ ")]
    variables = GIT | {"PATH": f"{environment}{os.pathsep}{os.environ['PATH']}"}
    script = "\n".join(["set -e", *commands])
    done = run("bash", "-c", script, cwd=tmp_path, env=variables)
    assert done.code == 0, f"{script}\n{done.out}\n{done.err}"
    expected = [line for line in block.splitlines() if re.fullmatch(r"[\d ]+", line)]
    assert all(line in done.out for line in expected), "the output that the README shows"


def test_the_developers_commands_are_listed() -> None:
    listed = check(sys.executable, "-c", "import runpy; print(runpy.run_path('dev')['COMMANDS'])",
                   cwd=REPOSITORY)  # fmt: skip
    for name in re.findall(r"'(\w+)':", listed):
        assert f"./dev {name}" in README, f"`./dev {name}` is not in the README"
