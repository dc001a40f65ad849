"""What holds for every version query: it writes nothing, needs little, and says the same again."""

from __future__ import annotations

import json
import os
import shutil
import sys
from typing import TYPE_CHECKING

import pytest
from graphs import line, make_repository
from history import snapshot
from workshop import (
    REPOSITORY,
    TEMPLATES,
    Workshop,
    check,
    commit_all,
    git_status,
    require,
    run,
    run_ffiwheel,
)

if TYPE_CHECKING:
    from pathlib import Path

PYPROJECT = '[project]\nname = "demo"\ndynamic = ["version"]\n'
READ_ONLY = """
mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && cd "$1" || exit 99
touch "$1/file" 2> /dev/null && exit 98
shift && exec "$@"
"""
HOOKS = """
import json, sys
from ffiwheel import backend
print(json.dumps([
    backend.prepare_metadata_for_build_wheel(sys.argv[1]),
    backend.build_wheel(sys.argv[1]),
    backend.prepare_metadata_for_build_wheel(sys.argv[1]),
    backend.build_sdist(sys.argv[1]),
    backend.build_wheel(sys.argv[1]),
]))
"""


@pytest.mark.parametrize("tag", ["v0.7.0.dev0", "v0.6.0"])
def test_the_number_of_the_rfc(tag: str, tmp_path: Path) -> None:
    """912 commits after the anchor, or after the release before, as the RFC has it."""
    nodes = make_repository(tmp_path, line(913, {0: tag}), PYPROJECT)
    answer = run_ffiwheel("version", cwd=tmp_path)
    assert answer.out == f"0.7.0.dev912+g{nodes[-1][:10]}\n"


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    """A project with a tag, a commit after it, an edited file, and times that git does not know."""
    project = tmp_path / "project"
    make_repository(project, line(2, {0: "v1.0.0"}), PYPROJECT)
    (project / "file.txt").write_text("text\n")
    commit_all(project)
    (project / "file.txt").write_text("edited\n")
    os.utime(project / "pyproject.toml", (1, 1))
    return project


def test_on_a_read_only_mount(edited: Path) -> None:
    expected = run_ffiwheel("version", cwd=edited).out
    require("root", present=os.geteuid() == 0 and bool(shutil.which("unshare")))
    inside = ("unshare", "--mount", "sh", "-c", READ_ONLY, "sh", edited)
    for arguments in ([], ["--json"], ["--explain"]):
        command = (sys.executable, "-m", "ffiwheel", "version", *arguments)
        result = run(*inside, *command, cwd=edited)
        assert (result.code, result.err) == (0, "")
        assert expected.strip() in result.out


@pytest.mark.parametrize("arguments", [[], ["--json"], ["--explain"], ["--form", "npm"]])
def test_nothing_is_written(edited: Path, arguments: list[str]) -> None:
    before = snapshot(edited)
    assert run_ffiwheel("version", *arguments, cwd=edited).code == 0
    assert snapshot(edited) == before


def test_the_way_out_of_foreign_ownership(edited: Path) -> None:
    """What the message says to run, helps."""
    require("root", present=os.geteuid() == 0)
    expected = run_ffiwheel("version", cwd=edited).out
    for name in snapshot(edited):
        os.lchown(name, 54321, 54321)
    home = edited.parent
    refused = run_ffiwheel("version", cwd=edited, HOME=str(home))
    assert refused.code == 3
    hint = refused.err.rpartition("help: ")[2].strip()
    assert hint.startswith("git config --global --add safe.directory ")
    check("sh", "-c", hint, cwd=home, env={"HOME": str(home)})
    assert run_ffiwheel("version", cwd=edited, HOME=str(home)).out == expected


def test_a_repository_with_reftables(tmp_path: Path) -> None:
    made = run("git", "init", "--quiet", "--ref-format=reftable", cwd=tmp_path)
    if made.code != 0:
        pytest.skip("git before 2.45 has no reftables")
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    commit_all(tmp_path)
    check("git", "tag", "v1.0.0", cwd=tmp_path)
    assert run_ffiwheel("version", cwd=tmp_path).out == "1.0.0\n"


def test_a_partial_clone_fetches_nothing(edited: Path, tmp_path: Path) -> None:
    """A fetch would succeed here, but would take its time elsewhere, and write."""
    check("git", "config", "uploadpack.allowFilter", "true", cwd=edited)
    clone = tmp_path / "clone"
    check("git", "clone", "-q", "--filter=tree:0", f"file://{edited}", clone, cwd=tmp_path)
    before = snapshot(clone)
    assert run_ffiwheel("version", cwd=clone).out.startswith("1.1.0.dev2+g")
    with (clone / "pyproject.toml").open("a") as file:
        file.write('[tool.ffiwheel.version]\npaths = ["file.txt"]\n')
    assert run_ffiwheel("version", cwd=clone).code == 3
    after = snapshot(clone)
    assert {name for name in after if after[name] != before.get(name)} == {
        str(clone / "pyproject.toml")
    }


@pytest.mark.compiler
def test_frontends_see_one_version(workshop: Workshop) -> None:
    """The RFC's discussion: what is executed again must not make other versions."""
    project = workshop.copy(TEMPLATES / "cpu")
    check("git", "tag", "v0.6.0", cwd=project)
    for edit in ("", "\n"):
        with (project / "README.md").open("a") as file:
            file.write(edit)
        status = git_status(project)
        said = check(sys.executable, "-c", HOOKS, workshop.folder / f"out{len(edit)}", cwd=project)
        info, wheel, again, sdist, last = json.loads(said.splitlines()[-1])
        version = wheel.split("-")[1]
        assert version.startswith("0.7.0.dev0" if edit else "0.6.0")
        assert (again, last) == (info, wheel)
        assert info == f"my_extension-{version}.dist-info"
        assert sdist == f"my_extension-{version}.tar.gz"
        assert git_status(project) == status


def test_the_documentation_names_every_key_of_the_json(edited: Path) -> None:
    answer = json.loads(run_ffiwheel("version", "--json", cwd=edited).out)
    page = (REPOSITORY / "docs" / "command-line.md").read_text(encoding="utf-8")
    section = page.partition("## `ffiwheel version")[2].partition("\n## ")[0]
    rows = [row.split("|")[1] for row in section.splitlines() if row.startswith("| `")]
    named = {key.strip(" `") for row in rows for key in row.split(",")}
    assert set(answer) <= named
    assert {key for key in named if not key.startswith("--")} <= {*answer, "errors"}
