"""Look over all that builds work with, and hold it against what the project at hand needs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from ffiwheel.compile.delegate import CMAKE_BACKEND
from ffiwheel.compile.sources import CUDA_SUFFIX, match_files
from ffiwheel.config.project import read_project
from ffiwheel.errors import FfiwheelError, MissingToolError
from ffiwheel.model.finding import Severity
from ffiwheel.model.tool import Fault, judge
from ffiwheel.system.environment import version_override
from ffiwheel.system.parallel import run_parallel
from ffiwheel.toolchain.checkup import build_tools, caches, compilers, launchers, pythons, runtime
from ffiwheel.toolchain.checkup.ask import ask
from ffiwheel.toolchain.checkup.emulators import check_emulators
from ffiwheel.versioning.refusal import explain_refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ffiwheel.config.project import Project
    from ffiwheel.model.tool import Checked, Tool

_AT_ONCE = 16
"""How many programs are asked at a time: they mostly wait."""
_MINIMUM = re.compile(
    r"^\s*cmake_minimum_required\s*\(\s*VERSION\s+([\d.]+)", re.IGNORECASE | re.MULTILINE
)
_LANGUAGES = re.compile(
    r"^\s*(?:project|enable_language)\s*\([^)]*\bCUDA\b", re.IGNORECASE | re.MULTILINE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a project asks of the machine."""

    reasons: dict[str, str]
    """Tool -> why the project cannot be built without."""
    cmake: str = ""
    """The oldest CMake that it takes; empty if it does not say."""
    runtime: str = ""
    """Its requirement of the runtime."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What was found."""

    checked: tuple[Checked, ...]
    project: Project | None
    refusal: FfiwheelError | None = None
    """Why the project cannot be read."""


def diagnose(folder: Path) -> Diagnosis:
    """Look over the machine, and hold it against the project in a folder, if there is one.

    Raises:
        ProjectError: if there is no such folder.
    """
    project, refusal = _read(folder)
    needs = find_needs(project) if project else Needs(reasons={})
    found = run_parallel(_plan_checks(project, needs), _AT_ONCE)
    tools = tuple(tool for each in found for tool in each)
    return Diagnosis(checked=judge(tools, needs.reasons), project=project, refusal=refusal)


def _read(folder: Path) -> tuple[Project | None, FfiwheelError | None]:
    """Return the project in a folder; one with mistakes must not keep us from looking."""
    is_project = any((folder / name).is_file() for name in ("pyproject.toml", "setup.py"))
    if folder.is_dir() and not is_project:
        return None, None
    try:
        return read_project(folder), None
    except FfiwheelError as error:
        if not folder.is_dir():
            raise
        return None, error


def _plan_checks(project: Project | None, needs: Needs) -> list[Callable[[], tuple[Tool, ...]]]:
    """Return the checks in the order in which their answers are shown."""
    build = [partial(caches.check_build_folder, _build_place(project))] if project else []
    return [
        compilers.check_compilers,
        partial(compilers.check_nvcc, is_needed=compilers.NVCC in needs.reasons),
        partial(build_tools.check_cmake, needs.cmake),
        build_tools.check_ninja,
        partial(_check_git, project),
        build_tools.check_zig,
        pythons.check_own_python,
        pythons.check_other_pythons,
        partial(runtime.check_runtime, needs.runtime),
        caches.check_cache,
        caches.check_zig_cache,
        *build,
        launchers.check_ccache,
        launchers.check_sccache,
        launchers.check_distcc,
        launchers.check_icecc,
        check_emulators,
    ]


def _build_place(project: Project) -> Path:
    return project.root / "build" / "ffiwheel"


def _check_git(project: Project | None) -> tuple[Tool, ...]:
    """Look at git, and whether it reads the project's repository."""
    [tool] = build_tools.check_git()
    if tool.troubles or not project or not _lies_in_repository(project.root):
        return (tool,)
    done = ask(("git", "-C", project.root, "rev-parse", "--git-dir"))
    if not done.code:
        return (tool,)
    [problem] = explain_refusal(done.text, project.root, "git rev-parse").problems
    return (tool.with_trouble(Fault.BROKEN, problem.message, problem.hint),)


def _lies_in_repository(folder: Path) -> bool:
    return any((place / ".git").exists() for place in (folder, *folder.parents))


def find_needs(project: Project) -> Needs:
    """Return what a project asks of the machine, as far as its files say."""
    reasons = {
        compilers.CXX: "the project is compiled with it",
        runtime.RUNTIME: "the project is compiled for it",
    }
    listing = _read_listing(project)
    if project.is_ours or project.backend == CMAKE_BACKEND:
        reasons[build_tools.NINJA] = "the project is compiled with it"
    if listing is not None:
        reasons[build_tools.CMAKE] = "the project has a CMakeLists.txt"
    if cuda := _find_cuda(project, listing or ""):
        reasons[compilers.NVCC] = cuda
    if _wants_git(project):
        reasons[build_tools.GIT] = "the project takes its version from git"
    launcher = project.config.compile.launcher
    if launcher not in {"auto", "none"}:
        reasons[launcher] = "`launcher` in `[tool.ffiwheel.compile]` names it"
    minimum = _MINIMUM.search(listing or "")
    return Needs(
        reasons=reasons,
        cmake=minimum[1] if minimum else "",
        runtime=_find_requirement(project),
    )


def _read_listing(project: Project) -> str | None:
    """Return the CMakeLists.txt that is built, or None if the project has no use for one."""
    builds = (project.is_ours and not project.config.sources) or project.backend == CMAKE_BACKEND
    file = project.root / "CMakeLists.txt"
    if not builds or not file.is_file():
        return None
    return file.read_text(encoding="utf-8", errors="replace")


def _find_cuda(project: Project, listing: str) -> str:
    """Return why the project needs a CUDA compiler; nothing if it does not."""
    patterns = (*project.config.sources, *project.config.kernels)
    for pattern in patterns:
        if found := match_files(project.root, pattern, {CUDA_SUFFIX}):
            return f"`{found[0].name}` is CUDA"
    return "CMakeLists.txt names CUDA as a language" if _LANGUAGES.search(listing) else ""


def _wants_git(project: Project) -> bool:
    """Tell whether a build asks git: an sdist and the environment know the version without."""
    is_sdist = (project.root / "PKG-INFO").is_file()
    is_stated = project.static_version is not None or version_override(project.name)
    return project.is_ours and not is_sdist and not is_stated


def _find_requirement(project: Project) -> str:
    listed = project.table.get("dependencies", [])
    texts = listed if isinstance(listed, list) else []
    pattern = re.compile(rf"\s*{runtime.RUNTIME}(?![\w.-])", re.IGNORECASE)
    return next((str(one) for one in texts if pattern.match(str(one).replace("_", "-"))), "")


def refuse(diagnosis: Diagnosis) -> FfiwheelError | None:
    """Return the error for what the project needs and this machine does not give, if so it is."""
    if diagnosis.refusal:
        return diagnosis.refusal
    bad = [one for one in diagnosis.checked if one.worst is Severity.ERROR]
    if not bad or not diagnosis.project:
        return None
    return MissingToolError(
        f"the project cannot be built here as it is: {', '.join(one.tool.name for one in bad)}",
        where=str(diagnosis.project.root),
        hint="each finding of severity `error` says what mends it",
    )


def describe(diagnosis: Diagnosis) -> dict[str, object]:
    """Return everything, as JSON has it."""
    error = refuse(diagnosis)
    return {
        "schema": 1,
        "project": diagnosis.project.name if diagnosis.project else None,
        "tools": [_describe(one) for one in diagnosis.checked],
        "errors": [one._asdict() for one in error.problems] if error else [],
    }


def _describe(one: Checked) -> dict[str, object]:
    tool = one.tool
    return {
        "group": tool.group,
        "name": tool.name,
        "purpose": tool.purpose,
        "found": not tool.is_missing,
        "version": tool.version,
        "path": str(tool.path) if tool.path else None,
        "detail": tool.detail,
        "findings": [
            {
                "rule": found.rule,
                "severity": found.severity.value,
                "message": found.message,
                "help": found.help,
            }
            for found in one.findings
        ],
    }
