"""Write a workflow for GitHub or GitLab, or bring one up to date."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.compile.delegate import CMAKE_BACKEND
from ffiwheel.compile.sources import find_sources, needs_cuda
from ffiwheel.config.project import normalize_name
from ffiwheel.errors import Problem, ProjectError, StaleError
from ffiwheel.scaffold.ci.check import check_jobs, check_yaml
from ffiwheel.scaffold.ci.choice import Choice, find_record
from ffiwheel.scaffold.ci.facts import Facts, admitted_pythons, plan_tests
from ffiwheel.scaffold.ci.merge import Merged, merge_workflow, new_workflow
from ffiwheel.scaffold.ci.render import render_workflow
from ffiwheel.system.files import rewrite, write_if_changed
from ffiwheel.system.git import ask_git
from ffiwheel.toolchain.targets import ALL, parse_targets
from ffiwheel.workflow.compile import source_packages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ffiwheel.config.project import Project
    from ffiwheel.model.target import Target
    from ffiwheel.scaffold.ci.choice import Builder, Service
    from ffiwheel.scaffold.ci.facts import Tests

_TEST_FOLDERS = ("tests", "test")
_CUDA_TARGETS = ("linux-x86_64", "linux-aarch64", "windows-amd64")
"""Where NVIDIA has drivers."""
_WORKFLOWS = ".github/workflows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the caller asks for; what is not given stays as the file has it."""

    service: Service
    builder: Builder | None = None
    targets: tuple[str, ...] = ()
    file: Path | None = None
    force: bool = False
    """Give up what somebody wrote into blocks of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A workflow's file as it is and as it should be."""

    path: Path
    before: bytes | None
    after: bytes
    edited: tuple[Problem, ...] = ()
    """Blocks of ours that somebody changed: not written over."""
    left_out: tuple[str, ...] = ()
    """Jobs of ours that somebody took out."""
    include: str = ""
    """The file from which GitLab has to include this one; empty if it looks here by itself."""


def plan_ci(project: Project, wish: Wish) -> Plan:
    """Return what is to be written.

    Raises:
        ProjectError: if the project cannot be built so, or the file is not ours, is no YAML, or has
            broken marks.
    """
    top = _repository(project.root)
    path = _place(project, top, wish)
    where = str(path)
    before = _read(path)
    text, newline = _decode(before or b"", where)
    record = find_record(text) if text.strip() else None
    if text.strip():
        if record is None or record.choice.service != wish.service:
            raise _explain_foreign(path, wish.service)
        check_yaml(text, where)
    known = record.choice if record else Choice(service=wish.service)
    choice = Choice(
        service=wish.service,
        builder=wish.builder or known.builder,
        targets=() if wish.targets == (ALL,) else wish.targets or known.targets,
    )
    facts = read_facts(project, choice, top, path)
    workflow = render_workflow(choice, facts)
    merged = (
        merge_workflow(text, record, choice, workflow, where, force=wish.force)
        if record
        else Merged(text=new_workflow(choice, workflow))
    )
    wanted = [job for job in workflow.jobs if job not in merged.left_out]
    check_jobs(merged.text, choice.service, _job_keys(choice, facts, wanted), where)
    return Plan(
        path=path,
        before=before,
        after=merged.text.replace("\n", newline).encode(),
        edited=() if wish.force else _explain_edits(merged, where),
        left_out=merged.left_out,
        include=facts.file if choice.service == "gitlab" and facts.file != ".gitlab-ci.yml" else "",
    )


def write_ci(plan: Plan) -> None:
    """Write the workflow.

    Raises:
        ProjectError: if somebody's changes in our blocks would be lost.
        OutputError: if it cannot be written.
    """
    if plan.edited:
        raise ProjectError.of(plan.edited)
    if plan.before is None:
        write_if_changed(plan.path, plan.after)
    elif plan.before != plan.after:
        rewrite({plan.path.resolve(): plan.after})


def explain_stale(name: str, service: Service) -> StaleError:
    """Return the error for a workflow that is not as it should be."""
    return StaleError(
        f"`{name}` is not what ffiwheel would write now",
        hint=f"`ffiwheel ci {service}` with the same arguments, without `--check`, writes it",
    )


def read_facts(project: Project, choice: Choice, top: Path, path: Path) -> Facts:
    """Return what a workflow has to know of a project.

    Raises:
        ProjectError: if it cannot be built for the targets.
    """
    name = normalize_name(project.name)
    packages = source_packages(project)
    imports = tuple(one.name.replace("/", ".") for one in packages) or (project.import_name,)
    is_flat = any(one.path.parent == project.root for one in packages)
    sources = find_sources(project.root, project.config.sources)
    cuda = bool(project.config.kernels) or needs_cuda(sources)
    folder = project.root.relative_to(top).as_posix()
    table = project.config.version
    return Facts(
        name=name,
        imports=imports,
        folder="" if folder == "." else folder,
        file=path.relative_to(top).as_posix(),
        branch=_main_branch(top),
        tag_prefix=table.tag_prefix,
        pythons=admitted_pythons(str(project.table.get("requires-python", ""))),
        is_ours=project.is_ours,
        cuda=cuda,
        targets=_targets(project, choice, cuda=cuda),
        tests=_tests(project, is_flat=is_flat),
    )


def _targets(project: Project, choice: Choice, *, cuda: bool) -> tuple[Target, ...]:
    """Return the targets that wheels are built for."""
    if not project.is_ours and project.backend != CMAKE_BACKEND:
        raise ProjectError(
            f"wheels for other systems cannot be built with `{project.backend}`",
            where=f"build-system.build-backend in {project.root / 'pyproject.toml'}",
            hint="`ffiwheel.backend` can, and so can `scikit_build_core.build`",
        )
    words = choice.targets or (_CUDA_TARGETS if cuda else (ALL,))
    if choice.builder == "cibuildwheel" and not choice.targets:
        words = ("linux-x86_64", "linux-aarch64", "musllinux-x86_64", "musllinux-aarch64")
    targets = parse_targets(words, project.config.targets._asdict())
    if problems := _refuse_targets(choice, targets, cuda=cuda):
        raise ProjectError.of(problems)
    return targets


def _refuse_targets(choice: Choice, targets: Sequence[Target], *, cuda: bool) -> Sequence[Problem]:
    problems = [
        Problem(
            f"cibuildwheel would need {target.system}, where ffiwheel does not build",
            "--target",
            f"without `--with cibuildwheel`, wheels for `{target.name}` are built on Linux",
        )
        for target in targets
        if choice.builder == "cibuildwheel" and target.system != "linux"
    ]
    if any(target.is_native for target in targets):
        hint = "name systems: `ffiwheel targets` shows them"
        problems.append(Problem("`native` says nothing of the machines", "--target", hint))
    if choice.builder == "cibuildwheel" and cuda:
        hint = "leave out `--with cibuildwheel`"
        message = "the containers of cibuildwheel have no CUDA compiler"
        problems.append(Problem(message, "--with", hint))
    if choice.builder == "cibuildwheel" and choice.service == "gitlab":
        hint = "leave out `--with cibuildwheel`, or write a workflow for `github`"
        problems.append(Problem("there is no workflow for cibuildwheel on GitLab", "--with", hint))
    return problems


def _tests(project: Project, *, is_flat: bool) -> Tests | None:
    for folder in _TEST_FOLDERS:
        place = project.root / folder
        if any(place.rglob("test_*.py")) or any(place.rglob("*_test.py")):
            return plan_tests(project.pyproject, folder, is_flat=is_flat)
    return None


def _repository(root: Path) -> Path:
    """Return the top of the repository that the project lies in, or the project."""
    top = ask_git(root, "rev-parse", "--show-toplevel")
    return Path(top.rstrip("\n")).resolve() if top else root


def _main_branch(top: Path) -> str:
    """Return what the clone's origin calls its main branch."""
    said = ask_git(top, "symbolic-ref", "--short", "refs/remotes/origin/HEAD")
    return said.strip().removeprefix("origin/") if said else "main"


def _place(project: Project, top: Path, wish: Wish) -> Path:
    """Return the workflow's file."""
    if wish.file is None:
        if wish.service == "gitlab":
            return project.root / ".gitlab-ci.yml"
        prefix = "" if project.root == top else f"{normalize_name(project.name)}-"
        return top / _WORKFLOWS / f"{prefix}wheels.yml"
    path = wish.file.absolute()
    path = path.parent.resolve() / path.name
    if not path.is_relative_to(top):
        hint = f"give a path below {top}"
        raise ProjectError(
            "the workflow would not be in the repository", where=str(path), hint=hint
        )
    if wish.service == "github" and path.parent != top / _WORKFLOWS:
        hint = f"give a path in {top / _WORKFLOWS}"
        raise ProjectError("GitHub would not find the workflow", where=str(path), hint=hint)
    return path


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes() if path.exists() or path.is_symlink() else None
    except OSError as error:
        raise ProjectError(
            f"cannot read `{path.name}`: {error.strerror}",
            where=str(path),
            hint="make it a file that can be read, or choose another: `--file FILE`",
        ) from error


def _decode(content: bytes, where: str) -> tuple[str, str]:
    """Return a file's text with plain line ends, and what its lines really end with."""
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        hint = "save the file as UTF-8"
        raise ProjectError("not UTF-8", where=f"{where}:{line}", hint=hint) from error
    if "\r\n" in text and text.count("\r\n") == text.count("\n"):
        return text.replace("\r\n", "\n"), "\r\n"
    return text, "\n"


def _job_keys(choice: Choice, facts: Facts, jobs: Sequence[str]) -> list[str]:
    return [job if choice.service == "github" else f"{facts.name}-{job}" for job in jobs]


def _explain_foreign(path: Path, service: Service) -> ProjectError:
    other = path.with_name("ffiwheel.yml") if service == "github" else Path(".gitlab/wheels.yml")
    hint = f"choose another file: `ffiwheel ci {service} --file {other}`"
    if service == "gitlab":
        hint += f",\nand include it: `include: /{other}`"
    return ProjectError(
        f"`{path.name}` is not from `ffiwheel ci {service}`, and is not written over",
        where=str(path),
        hint=hint,
    )


def _explain_edits(merged: Merged, where: str) -> tuple[Problem, ...]:
    return tuple(
        Problem(
            f"the block `{block.name}` was edited, and is not written over",
            f"{where}:{block.line}",
            "put your steps into a job of your own, with `needs:`; to have no such job, remove the "
            "block.\n`--check` shows the difference; `--force` writes ours and yours is lost",
        )
        for block in merged.edited
    )
