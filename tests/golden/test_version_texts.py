"""What `ffiwheel version` says, in full: each error, and why a number is what it is.

An error is a history that ends in one, or a line of `PROJECTS`. A new reason for an error is a new
data file in `tests/data/histories`.
"""

from __future__ import annotations

import ast
import json
import re
from typing import TYPE_CHECKING

import pytest
from history import Case, History, read_cases, snapshot
from workshop import GOLDEN, REPOSITORY, Result, compare_golden, run_ffiwheel

from ffiwheel.config.project import read_project
from ffiwheel.errors import FfiwheelError
from ffiwheel.workflow.version import find_version

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CASES = read_cases()
ERRORS = [case for case in CASES if case.expect.error]
TEXTS = GOLDEN / "errors" / "version"

OURS = '[build-system]\nbuild-backend = "ffiwheel.backend"\n[project]\nname = "demo"\n'
PROJECTS = {
    "stated-invalid": (OURS + 'version = "1.0-foo"\n', {}),
    "stated-number": (OURS + "version = 1.0\n", {}),
    "stated-twice": (OURS + 'version = "1.0"\ndynamic = ["version"]\n', {}),
    "not-stated": (OURS, {}),
    "not-toml": ("[project\n", {}),
    "wrong-keys": (
        OURS + 'dynamic = ["version"]\n[tool.ffiwheel.version]\n'
        'tag_prefix = "v"\nnext = "major"\npaths = "."\n',
        {},
    ),
    "wrong-values": (
        OURS + 'dynamic = ["version"]\n[tool.ffiwheel.version]\n'
        'tag-prefix = "v*"\nfallback = "1.0.dev0"\n',
        {},
    ),
    "override-5000-digits": (OURS + 'dynamic = ["version"]\n', {"FFIWHEEL_VERSION": "9" * 5000}),
}

EXPLAINED = [
    "after-tag-minor",
    "after-tag-patch",
    "after-anchor",
    "after-candidate",
    "archive-after-tag",
    "distribution-packaging",
    "dirty-on-tag",
    "git-missing-fallback",
    "junk-only",
    "maintenance-merged-back",
    "merged-candidate",
    "monorepo-paths",
    "no-commits",
    "no-tags",
    "override-by-name",
    "renamed-file",
    "sdist-beside-tag",
    "shallow-at-tag",
    "shallow-at-tag-edited",
    "tag-light",
    "tag-older-commit-exact",
    "two-tags-release-and-anchor",
]


def ask(project: Path) -> str:
    return find_version(read_project(project, to_build=False)).version.full


def replayed(case: Case, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    history = History(folder, monkeypatch, ask)
    history.begin(case.config, case.format)
    for step in case.steps:
        history.replay(step)
    return history.project


def without_names(text: str, folder: Path) -> str:
    """Return `text` without what is another on every machine."""
    text = re.sub(r"\b[0-9a-f]{40}\b", "{hash}", text.replace(str(folder), "{folder}"))
    text = re.sub(r"\b[0-9a-f]{2}/[0-9a-f]{38}\b", "{hash}", text)
    return re.sub(r"\+g[0-9a-f]{10}", "+g{node}", re.sub(r"\.d[0-9a-f]{8}\b", ".d{edits}", text))


def check_error(folder: Path, project: Path, name: str, *, update: bool, **variables: str) -> None:
    before = snapshot(folder)
    plain = run_ffiwheel("version", cwd=project, **variables)
    as_json = run_ffiwheel("version", "--json", cwd=project, **variables)
    assert snapshot(folder) == before, "nothing is written"
    assert plain.out == ""
    assert as_json == Result(plain.code, as_json.out, plain.err)
    errors = json.loads(as_json.out)["errors"]
    assert all(error["message"] in plain.err for error in errors)
    text = f"exit code {plain.code}\n{without_names(plain.err, folder)}"
    compare_golden(TEXTS / f"{name}.txt", text, update=update)


@pytest.mark.parametrize("case", ERRORS, ids=lambda case: case.name)
def test_error_of_a_history(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, update_golden: bool
) -> None:
    project = replayed(case, tmp_path, monkeypatch)
    check_error(tmp_path, project, case.name, update=update_golden)


@pytest.mark.parametrize("name", PROJECTS)
def test_error_of_a_project(name: str, tmp_path: Path, *, update_golden: bool) -> None:
    text, variables = PROJECTS[name]
    (tmp_path / "pyproject.toml").write_text(text)
    check_error(tmp_path, tmp_path, name, update=update_golden, **variables)


def test_no_such_folder(tmp_path: Path, *, update_golden: bool) -> None:
    result = run_ffiwheel("version", "nowhere", cwd=tmp_path)
    text = f"exit code {result.code}\n{without_names(result.err, tmp_path)}"
    compare_golden(TEXTS / "no-such-folder.txt", text, update=update_golden)


def test_each_text_is_in_a_golden_file() -> None:
    files = (*TEXTS.glob("*.txt"), *TEXTS.parent.glob("scm-*.txt"))  # see test_hook_errors
    golden = "\n".join(path.read_text() for path in files)
    modules = (REPOSITORY / "src" / "ffiwheel" / "versioning").glob("*.py")
    texts = {text for module in modules for text in texts_of_errors(module)}
    assert len(texts) >= 25
    assert [text for text in texts if not re.search(f"error: {text}", golden)] == []


def texts_of_errors(module: Path) -> Iterator[str]:
    """Yield a pattern for the message of every error that a module raises."""
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id == "_Refusal":
                [message] = [word.value for word in node.keywords if word.arg == "message"]
                yield pattern_of_text(message)
            elif node.func.id in names_of_errors() and node.args:
                yield pattern_of_text(node.args[0])


def names_of_errors() -> set[str]:
    return {one.__name__ for one in FfiwheelError.__subclasses__()}


def pattern_of_text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return re.sub(r"\\{\w+\\}", ".*", re.escape(str(node.value)))
    assert isinstance(node, ast.JoinedStr), ast.dump(node)
    return "".join(
        pattern_of_text(part) if isinstance(part, ast.Constant) else ".*" for part in node.values
    )


@pytest.mark.parametrize("name", EXPLAINED)
def test_explanation(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, update_golden: bool
) -> None:
    [case] = [case for case in CASES if case.name == name]
    project = replayed(case, tmp_path, monkeypatch)
    result = run_ffiwheel("version", "--explain", cwd=project)
    assert (result.code, result.err) == (0, "")
    text = without_names(result.out, tmp_path)
    compare_golden(GOLDEN / "explanations" / f"{name}.txt", text, update=update_golden)
