"""Repair a wheel that any backend made: the second half of a build, on somebody's wheel.

    graft ─► reflect ─► bind ─► assemble ─► audit ─► wheel

Libraries come first: what a library needs has to be inside before it can be loaded and reflected.
The wheel that is given is only read. The new ones appear in the output folder when all of them have
passed the audit, or none does.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.audit.opening import Wishes
from ffiwheel.errors import OutputError, Problem, ProjectError, ReflectError, WheelError
from ffiwheel.model.api_json import render_api
from ffiwheel.model.binary import Format
from ffiwheel.model.draft import ANY_PYTHON, API_FILE
from ffiwheel.model.provider import PYTHON, RUNTIME
from ffiwheel.system.archive import read_content
from ffiwheel.system.environment import source_date_epoch
from ffiwheel.system.files import explaining_full, require_writable
from ffiwheel.system.libraries import is_musl
from ffiwheel.system.machine import is_host
from ffiwheel.toolchain.runtime import find_runtime
from ffiwheel.wheel.assemble import open_wheel
from ffiwheel.wheel.graft import graft, plan_grafts
from ffiwheel.wheel.sbom import SBOM_FILE, read_provenance
from ffiwheel.wheel.sign import sign_broken
from ffiwheel.workflow.binaries import facts_of, read_binaries
from ffiwheel.workflow.bind import bind_draft, find_own, find_package, wishes_for
from ffiwheel.workflow.build import assemble, platform_tag
from ffiwheel.workflow.fix import fix_metadata
from ffiwheel.workflow.place import deliver
from ffiwheel.workflow.reflect import reflect_draft
from ffiwheel.workflow.verdict import Terms, audit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ffiwheel.model.api import Api
    from ffiwheel.model.binary import Binary
    from ffiwheel.model.draft import Draft
    from ffiwheel.model.finding import Finding, Report
    from ffiwheel.model.progress import Progress
    from ffiwheel.model.provenance import Graft

_ONE_PYTHON = re.compile(r"\.(?:pyd|pyc|abi3\.so|(?:cpython|pypy|graalpy)[^/]*\.so)$")
"""Files that only some Pythons import, whatever is in them."""
_BINDS = re.compile(rb"\b(?:init_ffi_api|load_lib_module|load_module|register_object)\b")
"""What of `tvm_ffi` nobody does without who binds a library."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairOptions:
    """What the caller of a repair may choose."""

    lib_dirs: tuple[Path, ...] = ()
    """Where libraries that have to be inside are looked for first."""
    exclude: tuple[str, ...] = ()
    """Names of libraries that are left to others."""
    fix: bool = False
    """Let it require the releases of `apache-tvm-ffi` on which it works, and no others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairedWheel:
    """A repaired wheel, and what was done."""

    source: Path
    path: Path
    version: str
    grafts: tuple[Graft, ...]
    """The libraries that it carries for others."""
    left: Mapping[str, str]
    """Name of a library that it needs and does not carry -> who provides it."""
    findings: tuple[Finding, ...]
    report: Report


def repair_wheels(
    wheels: Sequence[Path], outdir: Path, options: RepairOptions, progress: Progress
) -> tuple[RepairedWheel, ...]:
    """Repair `wheels` into `outdir`.

    Raises:
        ProjectError: if a wheel or a folder is not there, or a wheel would be written over.
        WheelError: if one cannot be repaired, or would still not be what its name says.
        OutputError: if `outdir` cannot be written to, or has another wheel of the same name.
    """
    source_date_epoch()
    check_places(wheels, outdir, options)
    require_writable(outdir)
    with (
        tempfile.TemporaryDirectory(prefix="ffiwheel-") as scratch,
        explaining_full(Path(scratch)),
    ):
        made = [
            _repair(wheel, Path(scratch, str(number)), options, progress)
            for number, wheel in enumerate(wheels)
        ]
        _refuse_replacing(made, outdir)
        delivered = deliver(tuple(one.path for one in made), outdir)
    return tuple(replace(one, path=path) for one, path in zip(made, delivered, strict=True))


def check_places(wheels: Sequence[Path], outdir: Path, options: RepairOptions) -> None:
    """Look for everything that is wrong with what was asked before anything is done.

    Raises:
        ProjectError: with all problems.
    """
    hint = "give the path of a file that ends in `.whl`"
    problems = [
        Problem("there is no such wheel", str(wheel), hint)
        for wheel in wheels
        if not wheel.is_file()
    ]
    problems += [
        Problem("there is no such folder", str(folder), "give folders in which libraries lie")
        for folder in options.lib_dirs
        if not folder.is_dir()
    ]
    if outdir.exists() and not outdir.is_dir():
        problems.append(Problem("this is a file, not a folder", str(outdir), "choose another"))
    problems += [
        Problem(
            "the output folder is the one that the wheel lies in",
            str(wheel),
            "choose another, so that nobody uploads both: `--outdir wheelhouse`",
        )
        for wheel in wheels
        if wheel.is_file() and wheel.resolve().parent == outdir.resolve()
    ]
    if problems:
        raise ProjectError.of(problems)


def _refuse_replacing(made: Sequence[RepairedWheel], outdir: Path) -> None:
    """Refuse to write over another wheel; the same one may be there already.

    Raises:
        OutputError: naming every wheel in the way.
    """
    problems = []
    seen: dict[str, Path] = {}
    for one in made:
        name, there = one.path.name, outdir / one.path.name
        if name in seen:
            where = f"{seen[name]}, {one.source}"
            problems.append(Problem(f"two wheels become `{name}`", where, "repair one of them"))
        elif there.exists() and there.read_bytes() != one.path.read_bytes():
            hint = "remove it, or choose another folder"
            problems.append(Problem("another wheel of that name is there", str(there), hint))
        seen[name] = one.source
    if problems:
        raise OutputError.of(problems)


def _repair(wheel: Path, folder: Path, options: RepairOptions, progress: Progress) -> RepairedWheel:
    """Make one repaired wheel in `folder`."""
    draft = open_wheel(wheel, folder / "opened")
    bill = read_content(draft.dist_info.get(SBOM_FILE, b""))
    draft = replace(draft, provenance=read_provenance(bill))
    draft, left = _graft(draft, wheel, folder, options, progress)
    draft, findings = _bind(draft, folder, progress)
    for finding in findings:
        progress.warn(finding)
    draft = _free(draft, progress)
    if options.fix:
        draft = fix_metadata(draft, progress)
    made = assemble(draft, folder, progress)
    return RepairedWheel(
        source=wheel,
        path=made,
        version=draft.version,
        grafts=draft.provenance.grafts,
        left=left,
        findings=findings,
        report=audit(made, Terms(wishes=Wishes(outside=options.exclude)), progress),
    )


def _graft(
    draft: Draft, wheel: Path, folder: Path, options: RepairOptions, progress: Progress
) -> tuple[Draft, Mapping[str, str]]:
    """Return the draft with the libraries that have to be inside, and who provides the others."""
    with progress.step("graft") as step:
        binaries = facts_of(draft)
        if not binaries:
            raise WheelError(
                "the wheel has no shared library, so there is nothing to repair",
                where=str(wheel),
                hint="a wheel of Python code alone is the same on every system",
            )
        platform_tag(wheel.name, binaries)  # no tool knows what to do where there is none
        plan = plan_grafts(binaries, options.exclude)
        if plan.wanted:
            places = [place.resolve() for place in options.lib_dirs]
            draft = graft(draft, binaries, options.exclude, places, folder)
        signed = sign_broken(read_binaries(draft))
        step.done(", ".join(one.name for one in draft.provenance.grafts) or "nothing")
    for name in signed:
        progress.note(f"`{name}` had no valid signature, and is signed ad hoc")
    for name, provider in plan.left.items():
        if provider not in {RUNTIME.name, PYTHON.name}:
            progress.note(f"`{name}` stays outside: {provider} provides it")
    return draft, plan.left


def _bind(draft: Draft, folder: Path, progress: Progress) -> tuple[Draft, tuple[Finding, ...]]:
    """Return the draft with bindings where it had none and its libraries can be loaded here."""
    api, doubts = _reflect(draft, folder, progress)
    if api is None:
        return draft, ()
    with progress.step("bind") as step:
        wishes = wishes_for(draft)
        package = find_package(wishes.import_name, draft, api.libraries[0].path)
        is_like_ours = find_own(draft, api, package, wishes.table)
        if not is_like_ours and (own := find_own_bindings(draft)):
            step.done(f"nothing: `{own}` is the package's own")
            return replace(draft, dist_info={**draft.dist_info, API_FILE: render_api(api)}), doubts
        bound, findings = bind_draft(wishes, draft, api, folder, step)
    return bound, (*doubts, *findings)


def find_own_bindings(draft: Draft) -> str:
    """Return a module with which a wheel binds its library itself; empty if there is none."""
    written = (name for name in draft.files if name.endswith(".py"))
    return next((name for name in written if _BINDS.search(read_content(draft.files[name]))), "")


def _reflect(
    draft: Draft, folder: Path, progress: Progress
) -> tuple[Api | None, tuple[Finding, ...]]:
    """Return what the libraries register, or None where they tell nothing here.

    That a library does not load on this machine (it may need a driver) is no reason not to repair
    the wheel; it keeps the bindings that it has.
    """
    with progress.step("reflect") as step:
        if reason := why_not_reflected(draft):
            step.done(f"nothing: {reason}")
            return None, ()
        no_sources = folder / "sources"
        no_sources.mkdir()
        try:
            return reflect_draft(draft, no_sources, no_sources, find_runtime(), step)
        except ReflectError as error:
            step.done(f"nothing: {error.problems[0].message}")
            return None, ()


def why_not_reflected(draft: Draft) -> str:
    """Return why the libraries of a wheel are not loaded; empty if they are."""
    if API_FILE in draft.dist_info:
        return f"{API_FILE} describes it already"
    binaries = facts_of(draft).values()
    if not any(one.is_extension for one in binaries):
        return "no library speaks the C ABI of TVM-FFI"
    first = next(iter(binaries))
    if first.format is not Format.ELF or not is_host(first.arch) or is_musl(first):
        system = "musl" if is_musl(first) else first.format.value
        return f"the libraries are for another machine ({system}, {first.arch})"
    return ""


def _free(draft: Draft, progress: Progress) -> Draft:
    """Return the draft under a tag for every Python if nothing in it is bound to one."""
    tag = find_python_tag(draft, facts_of(draft))
    if tag != draft.python_tag:
        progress.note(f"nothing in it is bound to a Python: `{tag}`, not `{draft.python_tag}`")
    return replace(draft, python_tag=tag)


def find_python_tag(draft: Draft, binaries: Mapping[str, Binary]) -> str:
    """Return the Python and ABI tag that a wheel has, or could have."""
    pythons, abi = draft.python_tag.split("-")
    is_free = abi == "none" and all(re.fullmatch(r"py\d+", one) for one in pythons.split("."))
    is_bound = any(_ONE_PYTHON.search(name) for name in draft.files)
    is_bound |= any(one.uses_python for one in binaries.values())
    return draft.python_tag if is_free or is_bound else ANY_PYTHON
