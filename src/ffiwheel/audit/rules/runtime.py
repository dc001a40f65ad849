"""Rules on which releases of the TVM-FFI runtime a wheel runs, and which it asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.audit.rule import Remark, rule
from ffiwheel.audit.rules.tags import is_true, parse_promise
from ffiwheel.audit.runtime.requirement import (
    RUNTIME,
    admitted_failures,
    mend_line,
    quote_line,
    runtime_requirements,
)
from ffiwheel.audit.runtime.table import read_table
from ffiwheel.model.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from packaging.requirements import Requirement

    from ffiwheel.audit.subject import Subject
    from ffiwheel.model.runtime import Failure, Release

_SHOWN = 4
_UNIVERSAL = {"universal2": ("arm64", "x86_64"), "intel": ("x86_64",)}
"""Platforms of macOS that stand for several processors."""


def _required(subject: Subject) -> tuple[Requirement, ...]:
    return tuple(runtime_requirements(map(str, subject.headers.get_all("Requires-Dist", []))))


@rule("FFI001 runtime-fails", Severity.ERROR)
def check_requirement(subject: Subject) -> Iterator[Remark]:
    """Find requirements that admit a release of the runtime on which the wheel fails."""
    runtime = subject.runtime
    if runtime is None or not runtime.releases:
        return
    for requirement in _required(subject):
        failing = admitted_failures(requirement.specifier, runtime)
        if failing:
            line = str(requirement)
            mended = mend_line(line, runtime)
            yield Remark(
                subject.file_name,
                f"it requires `{line}`, which admits {_spell(failing)}: {failing[-1].reason}",
                f"paste this, or run `ffiwheel build --fix`:\n{quote_line(mended)}"
                if mended
                else f"no release that `{line}` admits will do: it runs on"
                f" `{RUNTIME}{runtime.specifier}`",
                Severity.WARNING if all(one.yanked for one in failing) else Severity.ERROR,
            )


def _spell(failing: Sequence[Failure]) -> str:
    names = [f"{one.release} (yanked)" if one.yanked else one.release for one in failing]
    if len(names) <= _SHOWN:
        return ", ".join(names)
    return f"{names[0]}, ..., {names[-1]} ({len(names)} releases)"


@rule("FFI002 runs-nowhere", Severity.ERROR)
def check_any_release(subject: Subject) -> Iterator[Remark]:
    """Find wheels that work on no release that installers take."""
    runtime = subject.runtime
    if runtime is None:
        return
    yanked = {one.version for one in read_table().releases if one.yanked}
    if set(runtime.releases) <= yanked and runtime.failures:
        newest = runtime.failures[-1]
        only = f", but {', '.join(runtime.releases)} (yanked)" if runtime.releases else ""
        yield Remark(
            subject.file_name,
            f"no release of {RUNTIME} up to {runtime.newest_known} runs it{only};"
            f" of {newest.release}: {newest.reason}",
            "compile it again with the headers of a current release",
            Severity.WARNING if runtime.bounds and not runtime.releases else None,
        )


@rule("FFI003 requirement-narrow", Severity.NOTE)
def check_narrow(subject: Subject) -> Iterator[Remark]:
    """Find requirements that keep out newer releases on which the wheel works."""
    runtime = subject.runtime
    if runtime is None:
        return
    for requirement in _required(subject):
        admitted = [
            one for one in runtime.releases if requirement.specifier.contains(one, prereleases=True)
        ]
        newer = runtime.releases[runtime.releases.index(admitted[-1]) + 1 :] if admitted else ()
        if newer:
            yield Remark(
                subject.file_name,
                f"it requires `{requirement}`, but as far as symbols and layouts tell it also"
                f" works on {', '.join(newer[:_SHOWN])}{' ...' if len(newer) > _SHOWN else ''}",
                "an upper bound keeps people from installing it beside other packages",
            )


@rule("FFI004 headers-yanked", Severity.WARNING)
def check_headers(subject: Subject) -> Iterator[Remark]:
    """Find libraries that were compiled with the headers of a release that was withdrawn."""
    yanked = {one.version for one in read_table().releases if one.yanked}
    for path, binary in subject.extensions.items():
        if binary.header_version in yanked:
            yield Remark(
                path,
                f"it was compiled with the headers of {RUNTIME} {binary.header_version}, which was"
                " withdrawn",
                f"pip install --upgrade {RUNTIME}, and build again",
            )


@rule("FFI005 runtime-compiled", Severity.WARNING)
def check_platforms(subject: Subject) -> Iterator[Remark]:
    """Find systems for which the runtime has no wheel, so that installers compile it there."""
    if subject.runtime is None or not subject.is_wheel or subject.is_runtime:
        return
    release = _newest(subject)
    true = [tag for tag in subject.platform_tags if is_true(tag, subject.floor)]
    if release and any(_has_no_wheel(tag, release) for tag in true):
        yield Remark(
            subject.file_name,
            f"{RUNTIME} {release.version} has no wheel for this platform, so `pip install` compiles"
            " it there",
            "tell your users what that takes: a C and C++ compiler, `make`, the headers of Python",
        )


def _newest(subject: Subject) -> Release | None:
    """Return what an installer takes: the newest release that the wheel admits."""
    admitted = [one.specifier for one in _required(subject)]
    taken = [
        one
        for one in read_table().releases
        if not one.yanked and all(one.version in specifier for specifier in admitted)
    ]
    return taken[-1] if taken else None


def _has_no_wheel(tag: str, release: Release) -> bool:
    """Tell whether some machine that a platform tag names has no wheel of a release."""
    promise = parse_promise(tag)
    system = promise.system.replace("manylinux", "linux")
    arches = _UNIVERSAL.get(promise.arch, (promise.arch,))
    return tag != "any" and not {f"{system}_{arch}" for arch in arches} <= {*release.platforms}


RULES = (check_requirement, check_any_release, check_narrow, check_headers, check_platforms)
