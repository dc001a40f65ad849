"""What the libraries of several targets offer: found out with one of them, and fitted to each.

A library that this machine can load is loaded; what it offers is true of the others as well, but
for what an `#ifdef` leaves out. A file may say it instead, which another build has made.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import partial
from typing import TYPE_CHECKING

from ffiwheel.bind.notes import exports_nothing, not_on_target, only_on_target
from ffiwheel.errors import ProjectError, ReflectError
from ffiwheel.model.api_json import parse_api, render_api
from ffiwheel.reflect.fit import Evidence, Fitted, fit_api, stem_of_library
from ffiwheel.system.machine import loads_here
from ffiwheel.workflow.binaries import read_binaries
from ffiwheel.workflow.bind import bind_draft, wishes_of
from ffiwheel.workflow.check import Proof
from ffiwheel.workflow.reflect import reflect_draft

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from ffiwheel.config.project import Project
    from ffiwheel.model.api import Api
    from ffiwheel.model.draft import Draft
    from ffiwheel.model.finding import Finding
    from ffiwheel.model.progress import Progress
    from ffiwheel.model.target import Target
    from ffiwheel.model.toolchain import Runtime
    from ffiwheel.workflow.attempt import Attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What the libraries of a project offer."""

    api: Api
    origin: Path | None = None
    """The file that says so, if it was not found out."""
    here: Evidence | None = None
    """The libraries that were loaded to find it out."""


def read_description(file: Path) -> Description:
    """Return what a file says, the `ffiwheel-api.json` of another build.

    Raises:
        ProjectError: if it cannot be read.
        ReflectError: if it is none.
    """
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise ProjectError(
            f"`--api` names a file that cannot be read: {error.strerror}",
            where=str(file),
            hint="give the `ffiwheel-api.json` out of the `.dist-info` of a wheel",
        ) from error
    api = parse_api(text, str(file))
    if not api.libraries:
        raise ReflectError(
            "it describes no library",
            where=str(file),
            hint="give the `ffiwheel-api.json` of a wheel with a TVM-FFI extension",
        )
    return Description(api=api, origin=file)


def describe_attempt(
    project: Project, host: Attempt, runtime: Runtime, progress: Progress
) -> Description:
    """Return what the libraries offer that were compiled for this machine, and prove bindings.

    Raises:
        FfiwheelError: if they do not load, or offer nothing.
    """
    draft, folder = host.draft, host.folder
    with progress.step("reflect") as step:
        api, doubts = reflect_draft(draft, project.root, folder, runtime, step)
    with progress.step("bind") as step:
        _, findings = bind_draft(wishes_of(project, runtime), draft, api, folder, step)
    for finding in (*doubts, *findings):
        progress.warn(finding)
    return Description(api=api, here=gather_evidence(host))


def gather_evidence(attempt: Attempt) -> Evidence:
    """Return the extensions that were compiled for a target."""
    read = read_binaries(attempt.draft).items()
    found = {name: (path, binary) for name, (path, binary) in read if binary.is_extension}
    return Evidence(
        libraries={name: binary for name, (_, binary) in found.items()},
        contents=tuple(path.read_bytes() for path, _ in found.values()),
        read_objects=partial(_read_objects, attempt.folder),
    )


def _read_objects(folder: Path) -> Iterator[bytes]:
    """Yield the objects in a build folder."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".o", ".obj"} and path.is_file():
            yield path.read_bytes()


def bind_attempt(
    project: Project, known: Description, attempt: Attempt, proven: set[bytes], progress: Progress
) -> Draft:
    """Return the wheel to be of a target, with bindings; say where it differs from the others.

    Args:
        project: what was compiled.
        known: what its libraries offer.
        attempt: what was compiled for the target.
        proven: of which descriptions the bindings have been checked; this one is added.
        progress: where to tell.

    Raises:
        ReflectError: if the description is about something else.
    """
    target = attempt.target
    there = gather_evidence(attempt)
    _check_about(known, there)
    fitted = fit_api(known.api, there, known.here)
    for finding in (*_find_differences(target, fitted), *_find_unexported(project, attempt)):
        progress.warn(finding)
    identity = identify(fitted.api)
    proof = Proof.GIVEN if identity in proven else Proof.TYPED
    with progress.step("bind") as step:
        bound, findings = bind_draft(
            wishes_of(project),
            attempt.draft,
            fitted.api,
            attempt.folder,
            step,
            Proof.LOADED if loads_here(target) else proof,
        )
    for finding in findings:
        progress.warn(finding)
    proven.add(identity)
    return bound


def identify(api: Api) -> bytes:
    """Return what bindings depend on: descriptions that differ in names of files only are one."""
    libraries = (replace(one, path=stem_of_library(one.path)) for one in api.libraries)
    return render_api(replace(api, libraries=tuple(libraries)))


def _check_about(known: Description, there: Evidence) -> None:
    """Refuse a description that is about other libraries than a build has made."""
    described = {stem_of_library(one.path) for one in known.api.libraries}
    made = {stem_of_library(path) for path in there.libraries}
    if described & made:
        return
    if not made:
        raise ReflectError(
            "the build made no TVM-FFI extension",
            hint="what speaks the C ABI of TVM-FFI is behind an `#ifdef` or a condition of CMake",
        )
    raise ReflectError(
        f"it describes {_quoted(described)}, and this project makes {_quoted(made)}",
        where=str(known.origin or ""),
        hint="give the `ffiwheel-api.json` of a wheel of this project",
    )


def _find_unexported(project: Project, attempt: Attempt) -> Iterator[Finding]:
    """Yield a finding for every pattern of `exports` that no library of a target has."""
    patterns = project.config.exports or ()
    binaries = read_binaries(attempt.draft).values() if patterns else ()
    names = [name for _, binary in binaries for name in binary.exports]
    is_windows = attempt.target.system == "windows"
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in names):
            yield exports_nothing(attempt.target.name, pattern, is_windows=is_windows)


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


def _find_differences(target: Target, fitted: Fitted) -> Iterator[Finding]:
    if fitted.missing:
        yield not_on_target(target.name, fitted.missing)
    if fitted.extra:
        yield only_on_target(target.name, fitted.extra, bound=True)
    if fitted.unbound:
        yield only_on_target(target.name, fitted.unbound, bound=False)
