"""Every text of `ffiwheel version --release`, `--write` and `--check-consistency`, in full.

A case is a history in the words of `history.py`, the lines of `[tool.ffiwheel.version]`, and what
is typed then.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import pytest
from history import History
from workshop import GOLDEN, compare_golden, run_ffiwheel

if TYPE_CHECKING:
    from pathlib import Path

HEADER = (
    "[[tool.ffiwheel.version.write]]\npath = 'version.h'\npattern = '^#define VERSION \"(.*)\"$'\n"
)
PACKAGE = "[[tool.ffiwheel.version.write]]\npath = 'package.json'\npattern = '\"version\": \"(.*?)\"'\nform = 'npm'\n"
STATIC = "[[tool.ffiwheel.version.write]]\npath = 'pyproject.toml'\npattern = 'ersion = \"(.*)\"'\n"
LISTED = HEADER + PACKAGE
CHANGELOG = "changelog = 'CHANGELOG.md'\n"
FILES = [
    """write version.h '#define VERSION "0.6.0"'""",
    """write package.json '{"version": "0.6.0"}'""",
]
AFTER = ["commit", "tag v0.6.0", "commit 3"]


class Case(NamedTuple):
    """What happened, and what is typed."""

    name: str
    config: str
    steps: list[str]
    typed: str


CASES = [
    Case("no-version", "", AFTER, "--release next"),
    Case("one-number", "", AFTER, "--release 7"),
    Case("local-part", "", AFTER, "--release 0.7.0+cuda"),
    Case("anchor", "", AFTER, "--release 0.7.0.dev0"),
    Case("lower", "", AFTER, "--release 0.6.1"),
    Case("lower-first", "", ["commit 3"], "--release 0.0.1"),
    Case("lower-major", "", ["commit", "tag v1.6.0", "commit"], "--release 1.5.3"),
    Case("lower-line", "next = 'patch'\n", ["commit", "tag v1.0.0rc1", "commit"], "--release 0.9.0"),
    Case("exists", "", AFTER, "--release 0.6"),
    Case("exists-on-a-branch", "", ["commit", "branch other", "commit", "tag v0.7.0", "checkout -q main"], "--release 0.7.0"),
    Case("exists-on-a-tree", "", ["commit", "tag v0.7.0 HEAD^{tree}"], "--release 0.7.0"),
    Case("no-commit", "", [], "--release 0.1.0"),
    Case("no-repository", "", ["commit", "copy"], "--release 0.1.0"),
    Case("not-tracked", "", ["around v1.0.0", "delete .git"], "--release 0.1.0"),
    Case("no-git", "", ["commit", "without-git"], "--release 0.1.0"),
    Case("shallow", "", [*AFTER, "clone --depth=2"], "--release 0.7.0"),
    Case("shallow-at-tag", "", [*AFTER, "tag v0.7.0rc1", "clone --depth=1"], "--release 0.7.0"),
    Case("tags-not-fetched", "", [*AFTER, "clone --no-tags"], "--release 0.7.0"),
    Case("changelog-missing", CHANGELOG, AFTER, "--release 0.7.0"),
    Case("changelog-outside", "changelog = '../CHANGES'\n", AFTER, "--release 0.7.0"),
    Case("changelog-heading", CHANGELOG, ["write CHANGELOG.md '## 0.6.0'", *AFTER], "--release 0.7.0"),
    Case("changelog-rst", "changelog = 'NEWS.rst'\n", [r"write NEWS.rst '0.6.0\n====='", *AFTER], "--release 0.7.0"),
    Case("not-in-git", CHANGELOG + LISTED, [*AFTER, "write CHANGELOG.md '## 0.7.0'", *(step.replace("0.6.0", "0.7.0") for step in FILES)], "--release 0.7.0"),
    Case("override", "", [*AFTER, "set FFIWHEEL_VERSION 1.0.0"], "--release 0.7.0"),
    Case("everything", CHANGELOG + LISTED, [*FILES, *AFTER, "write file.txt new", "set FFIWHEEL_VERSION_FOR_DEMO 1"], "--release 0.7.0"),
    Case("number-and-edits", CHANGELOG + LISTED, [*FILES, *AFTER, "write file.txt new"], "--release 0.6.1"),
    Case("tag-alone", "", AFTER, "--tag"),
    Case("with-json", "", AFTER, "--release 0.7.0 --json"),
    Case("with-check", "", AFTER, "--release 0.7.0 --check-consistency"),
    Case("write-nothing-listed", "", AFTER, "--write"),
    Case("check-nothing-listed", "", AFTER, "--check-consistency"),
    Case("write-keys", CHANGELOG + "[[tool.ffiwheel.version.write]]\npath = '../version.h'\npattern = '('\nform = 'nmp'\n[[tool.ffiwheel.version.write]]\nfile = 'version.h'\n[[tool.ffiwheel.version.write]]\npath = '/version.h'\npattern = '.*'\n", AFTER, "--write"),
    Case("write-no-file", LISTED, [FILES[0], *AFTER], "--write"),
    Case("write-no-match", LISTED, [FILES[0], "write package.json {}", *AFTER], "--write"),
    Case("write-two-matches", HEADER, [r"""write version.h '#define VERSION "1"\n#define VERSION "2"'""", *AFTER], "--write"),
    Case("write-matches-itself", STATIC, AFTER, "--write"),
    Case("write-greedy", PACKAGE.replace("*?", "*"), ["""write package.json '{"version": "1", "other": "2"}'""", *AFTER], "--write"),
    Case("write-same-place", HEADER + HEADER, [FILES[0], *AFTER], "--write"),
    Case("write-link", HEADER, ["write real.h", "commit", "link version.h real.h", *AFTER], "--write"),
    Case("write-form", LISTED, [*FILES, "commit", "tag v1!0.6.0", "commit"], "--write"),
    Case("write-lower", LISTED, [*FILES, *AFTER], "--release 0.6.1 --write"),
    Case("write-no-version", LISTED, [*FILES, *AFTER], "--release next --write"),
    Case("write-shallow", LISTED, [*FILES, *AFTER, "clone --depth=2"], "--write"),
    Case("check-behind", LISTED, [*FILES, "commit", "tag v0.8.0", "commit"], "--check-consistency"),
    Case("check-half", LISTED, [FILES[0], """write package.json '{"version": "0.5.0"}'""", *AFTER], "--check-consistency"),
    Case("check-at-release", LISTED, [*FILES, "commit", "tag v0.7.0"], "--check-consistency"),
    Case("check-form", LISTED, [*FILES, "commit", "tag v1!0.6.0"], "--check-consistency"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_release_error(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, update_golden: bool
) -> None:
    history = History(tmp_path, monkeypatch, str)
    history.begin(case.config, "sha1")
    for step in case.steps:
        history.replay(step)
    before = contents(history.project)
    result = run_ffiwheel("version", *case.typed.split(), cwd=history.project)
    said = re.sub(
        r"\b[0-9a-f]{10}\b", "{node}", result.err.replace(str(history.project), "{project}")
    )
    text = f"exit code {result.code}\n{said}"
    compare_golden(GOLDEN / "errors" / f"release-{case.name}.txt", text, update=update_golden)
    assert result.code in {2, 3, 5, 9}
    assert "Traceback" not in result.err
    assert contents(history.project) == before


def test_a_static_version_goes_before_the_tag(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, update_golden: bool
) -> None:
    history = History(tmp_path, monkeypatch, str)
    history.begin("", "sha1")
    file = history.project / "pyproject.toml"
    file.write_text(file.read_text().replace('dynamic = ["version"]', 'version = "0.6.0"'))
    for step in AFTER:
        history.replay(step)
    result = run_ffiwheel("version", "--release", "0.7.0", cwd=history.project)
    text = f"exit code {result.code}\n{result.err.replace(str(history.project), '{project}')}"
    compare_golden(GOLDEN / "errors" / "release-static-version.txt", text, update=update_golden)


def contents(project: Path) -> dict[Path, bytes]:
    """Return every file of a project, and what is in it."""
    return {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
