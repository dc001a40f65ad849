"""Prove the runtime range: load a wheel with real releases of `apache-tvm-ffi`.

This runs what is in the wheel: the top of its packages, and the static initializers of its
libraries. No function is called, so a layout that differs does not show. Nothing else in the audit
runs anything; this is for wheels that one trusts, and only where it is asked for.
"""

from __future__ import annotations

import importlib.metadata
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from ffiwheel.audit.runtime.requirement import RUNTIME
from ffiwheel.audit.runtime.table import read_table
from ffiwheel.errors import ProjectError
from ffiwheel.model.runtime import Trial
from ffiwheel.system.foreign_zip import extract_zip
from ffiwheel.toolchain.releases import install_into, install_release, load_with

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ffiwheel.audit.check import Audited
    from ffiwheel.audit.subject import Subject
    from ffiwheel.model.progress import Progress


def choose_releases(wanted: str) -> tuple[str, ...]:
    """Return the known releases that `--against` names.

    Args:
        wanted: a specifier such as `>=0.1.9`, `installed`, or `all`.

    Raises:
        ProjectError: if it is something else, or names no release.
    """
    if wanted == "installed":
        return (importlib.metadata.version(RUNTIME),)
    known = [one.version for one in read_table().releases]
    try:
        specifier = SpecifierSet("" if wanted == "all" else wanted)
    except InvalidSpecifier as error:
        raise ProjectError(
            f"`{wanted}` names no releases",
            where="--against",
            hint="say `all`, `installed`, or a range such as `>=0.1.9,<0.1.14`",
        ) from error
    chosen = tuple(one for one in known if specifier.contains(one, prereleases=True))
    if not chosen:
        raise ProjectError(f"no known release is `{wanted}`", where="--against")
    return chosen


def prove(audited: Audited, releases: Sequence[str], progress: Progress) -> tuple[Trial, ...]:
    """Load a wheel or a library with each release, and return what happened.

    Raises:
        MissingToolError: if a release, or something else that the wheel requires, is not to be had.
    """
    subject = audited.subject
    expected = (
        {one.release: one.reason for one in audited.runtime.failures} if audited.runtime else {}
    )
    trials = []
    with tempfile.TemporaryDirectory(prefix="ffiwheel-") as scratch, progress.step("load") as step:
        folders, libraries = _unpack(audited, Path(scratch))
        packages = sorted(name for name in subject.packages if name.isidentifier())
        for number, release in enumerate(releases):
            step.advance(number, len(releases))
            done = load_with([install_release(release), *folders], packages, libraries)
            said = "" if not done.code else done.lines[-1] if done.lines else done.ending
            trials.append(
                Trial(
                    release=release,
                    loads=not done.code,
                    said=said if done.code == 1 else f"{done.ending}: {said}",
                    expected=expected.get(release, ""),
                )
            )
        step.done(f"{len(trials)} release{'' if len(trials) == 1 else 's'} of {RUNTIME}")
    return tuple(trials)


def _unpack(audited: Audited, scratch: Path) -> tuple[list[Path], list[Path]]:
    """Return the folders to import from, and the libraries to load."""
    subject = audited.subject
    if not subject.is_wheel:
        return [], [audited.path.resolve()]
    files = extract_zip(audited.path, scratch / "wheel")
    libraries = [files[name] for name in sorted(subject.extensions)]
    others = _other_requirements(subject)
    needed = [install_into(scratch / "needed", others)] if others else []
    return [scratch / "wheel", *needed], libraries


def _other_requirements(subject: Subject) -> list[str]:
    """Return what a wheel requires here besides the runtime."""
    found = []
    for requirement in subject.requirements:
        holds = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if holds and canonicalize_name(requirement.name) != RUNTIME:
            found.append(str(requirement))
    return found
