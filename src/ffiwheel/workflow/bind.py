"""The step *bind*: give Python names to what the libraries offer."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from ffiwheel.audit.runtime import compute_joint_range, compute_python_range, intersect_ranges
from ffiwheel.audit.runtime.wheel import find_bases
from ffiwheel.bind.beside import render_beside, render_instead
from ffiwheel.bind.notes import left_alone, unbound
from ffiwheel.bind.own_package import find_modules, find_unbound, homes_of, may_bind
from ffiwheel.bind.render import MODULE, PARTIAL, Rendered, render_bindings
from ffiwheel.bind.text import MARK
from ffiwheel.compile.delegate import CMAKE_BACKEND
from ffiwheel.config.project import normalize_name
from ffiwheel.config.schema import BindingsTable
from ffiwheel.errors import ReflectError
from ffiwheel.model.api_json import render_api
from ffiwheel.model.draft import API_FILE
from ffiwheel.system.archive import read_content
from ffiwheel.toolchain.runtime import installed_version
from ffiwheel.workflow.binaries import facts_of
from ffiwheel.workflow.check import Proof, compare_beside, prove_bindings
from ffiwheel.workflow.compile import source_files

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from ffiwheel.bind.own_package import BindingModule
    from ffiwheel.config.project import Project
    from ffiwheel.model.api import Api
    from ffiwheel.model.draft import Content, Draft
    from ffiwheel.model.finding import Finding
    from ffiwheel.model.progress import Step
    from ffiwheel.model.runtime import RuntimeRange
    from ffiwheel.model.toolchain import Runtime

    Bind: TypeAlias = Callable[
        ["Wishes", Draft, Api, Path, Step], tuple[Draft, tuple[Finding, ...]]
    ]
    """The step, with as much proof as somebody wants."""

_SHOWN_NAMES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the owner of a package wants of its bindings."""

    import_name: str
    """The Python package that is the owner's where nothing else says so."""
    table: BindingsTable = field(default_factory=BindingsTable)
    required: bool = False
    """Whether a package without bindings is an error."""
    written: Collection[str] | None = None
    """Archive paths of its modules, where the build may have made others; None: all are its own."""
    runtime: Path | None = None
    """The package `tvm_ffi` that they are to work with; None: the one that is installed."""


def wishes_of(project: Project, runtime: Runtime | None = None) -> Wishes:
    """Return what a project wants; one that ffiwheel builds wants bindings at all events.

    Args:
        project: the owner of the package.
        runtime: the TVM-FFI release that it is compiled against; None: the installed one.
    """
    return Wishes(
        import_name=project.import_name,
        table=project.config.bindings,
        required=project.is_ours,
        written=source_files(project) if project.backend == CMAKE_BACKEND else None,
        runtime=runtime.root if runtime and runtime.version != installed_version() else None,
    )


def wishes_for(draft: Draft) -> Wishes:
    """Return what stands for the wishes of a wheel that comes alone."""
    return Wishes(import_name=normalize_name(draft.name).replace("-", "_"))


def bind_draft(
    wishes: Wishes, draft: Draft, api: Api, folder: Path, step: Step, proof: Proof = Proof.LOADED
) -> tuple[Draft, tuple[Finding, ...]]:
    """Return `draft` with generated bindings, unless the project has its own; and findings.

    Args:
        wishes: what its owner wants.
        draft: the wheel to be, without bindings.
        api: what its libraries offer.
        folder: the build folder.
        step: where to tell.
        proof: how far it can be proven that the bindings are right.

    Raises:
        ReflectError: if a project of ours would get an empty package, or wrong bindings.
        ProjectError: if the project's wishes for its bindings are about nothing.
    """
    draft = _drop_ours(draft)
    package = find_package(wishes.import_name, draft, api.libraries[0].path)
    draft = replace(draft, dist_info={**draft.dist_info, API_FILE: render_api(api)})
    table = wishes.table
    if (own := f"{package}/{MODULE}/__init__.py") in draft.files:
        step.done(f"{own} is the project's own")
        return draft, ()
    partials = _read_partials(draft, package)
    court = _Court(folder=folder, step=step, proof=proof, runtime=wishes.runtime)
    judge = partial(judge_draft, draft)
    if modules := find_own(draft, api, package, table):
        doubts = _find_unbound(draft, api, package, table, modules)
        written = draft.files if wishes.written is None else wishes.written
        is_made = not any(one.file in written for one in modules)
        if is_made and (better := render_instead(api, package, table, modules, partials, judge)):
            draft, findings = _add_proven(_without(draft, modules), better, court)
        else:
            rendered = render_beside(api, package, table, modules, partials)
            draft, findings = _add_beside(draft, rendered, modules, api, court)
        return draft, (*doubts, *findings)
    rendered = (
        render_bindings(api, package, table, judge=judge, present=draft.files, partials=partials)
        if package
        else Rendered(files={})
    )
    if not rendered.files:
        prefix = table.prefix or package.replace("/", ".")
        if wishes.required:
            is_python = package == wishes.import_name or _is_package(draft, package)
            raise explain_nothing(api, prefix, is_python=is_python)
        step.done("nothing: the project binds its library itself")
        return draft, ()
    return _add_proven(draft, rendered, court)


def find_own(
    draft: Draft, api: Api, package: str, table: BindingsTable
) -> tuple[BindingModule, ...]:
    """Return the modules of a wheel that bind its libraries as `tvm-ffi-stubgen` does."""
    names = [name for name in draft.files if may_bind(name, package)]
    return find_modules(api, package, table, {name: _read(draft, name) for name in names})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Court:
    """Where it is made sure that nothing wrong gets into a wheel."""

    folder: Path
    """The build folder."""
    step: Step
    """Where to tell."""
    proof: Proof
    runtime: Path | None


def _add_proven(
    draft: Draft, rendered: Rendered, court: _Court
) -> tuple[Draft, tuple[Finding, ...]]:
    """Return the draft with generated modules that were tried."""
    bound = _add(draft, rendered)
    generated = [name for name in rendered.files if name in bound.files]
    prove_bindings(bound, generated, court.folder, court.proof, court.runtime)
    shown = ", ".join(sorted({_shown(name) for name in rendered.files if MODULE in name}))
    court.step.done(shown, "type-checked")
    return bound, rendered.findings


def judge_draft(draft: Draft, bases: Collection[str] = ()) -> RuntimeRange:
    """Return on which releases of the runtime a draft works.

    Args:
        draft: the wheel to be.
        bases: the runtime's classes that bindings derive from, besides those of stubs in the draft.
    """
    libraries = compute_joint_range([*facts_of(draft).values()])
    stubs = [read_content(one) for name, one in draft.files.items() if name.endswith(".pyi")]
    found = {*bases, *find_bases(text.decode(errors="replace") for text in stubs)}
    return intersect_ranges((libraries, compute_python_range(found)))


def _add_beside(
    draft: Draft,
    rendered: Rendered,
    modules: Sequence[BindingModule],
    api: Api,
    court: _Court,
) -> tuple[Draft, tuple[Finding, ...]]:
    """Return the draft with stubs beside modules of the project's own, as far as they are true."""
    first, *others = (one.file for one in modules)
    more = f" and {len(others)} more are" if others else " is"
    court.step.done(f"{first}{more} the project's own")
    written = {one.file for one in modules if f"{one.file}i" in draft.files}
    findings = [one for one in rendered.findings if one.subject not in written]
    stubs = [name for name in rendered.files if name.endswith(".pyi") and name not in draft.files]
    if not stubs:
        return draft, tuple(findings)
    libraries = [library.path for library in api.libraries]
    bound = _add(draft, rendered)
    where = (court.folder, court.proof, court.runtime)
    differing = compare_beside(bound, stubs, libraries, *where)
    findings += [left_alone(stub.removesuffix("i"), said) for stub, said in differing.items()]
    true = [name for name in stubs if name not in differing]
    if not true:
        return draft, tuple(findings)
    many, end = (f"{len(true)} stubs", "s") if len(true) > 1 else (f"{MODULE}.pyi", "")
    court.step.done(f"{many}, beside the project's own module{end}", "type-checked")
    files = {name: one for name, one in rendered.files.items() if name not in differing}
    return _add(draft, replace(rendered, files=files)), tuple(findings)


def _find_unbound(
    draft: Draft, api: Api, package: str, table: BindingsTable, modules: Sequence[BindingModule]
) -> tuple[Finding, ...]:
    """Return a finding about what is registered and what no module of the package speaks of."""
    written = [one for one in draft.files if one.startswith(f"{package}/") and one.endswith(".py")]
    texts = (_read(draft, name) for name in written)
    names = find_unbound(api, package, table, homes_of(modules), texts)
    return (unbound(package, names),) if names else ()


def _without(draft: Draft, modules: Sequence[BindingModule]) -> Draft:
    gone = {one.file for one in modules}
    return replace(draft, files={n: one for n, one in draft.files.items() if n not in gone})


def _read(draft: Draft, name: str) -> str:
    return read_content(draft.files[name]).decode(errors="replace")


def _add(draft: Draft, rendered: Rendered) -> Draft:
    """Return the draft with the generated files; the project's own stubs and marks stay."""
    kept = {
        name: content
        for name, content in draft.files.items()
        if name.endswith(("py.typed", ".pyi"))
    }
    files = {**draft.files, **rendered.files, **kept}
    return replace(draft, files={n: c for n, c in files.items() if n not in rendered.merged})


def _read_partials(draft: Draft, package: str) -> dict[str, str]:
    """Return the hand-written stubs that are merged into the generated ones."""
    return {
        name: _read(draft, name)
        for name in draft.files
        if name.endswith(".pyi") and name.startswith(f"{package}/") and f"/{PARTIAL}" in name
    }


def _shown(name: str) -> str:
    """Return how a generated file is shown: from the root module on.

    >>> _shown("a/b/_ffi_api.py"), _shown("a/_ffi_api/math.pyi")
    ('_ffi_api.py', '_ffi_api/')
    """
    rest = name[name.index(MODULE) :]
    return f"{MODULE}/" if "/" in rest else rest


def explain_nothing(api: Api, prefix: str, *, is_python: bool) -> ReflectError:
    """Return the error for a library that offers nothing under the expected names.

    Args:
        api: what it does register.
        prefix: where that was looked for.
        is_python: whether the library lies in a Python package.
    """
    library = api.libraries[0].path
    if not is_python:
        return ReflectError(
            f"`{library}` lies outside of every Python package",
            where=library,
            hint="install it into the package: `install(TARGETS ... DESTINATION <package>)`",
        )
    names = api.names
    more = f" and {len(names) - _SHOWN_NAMES} more" if len(names) > _SHOWN_NAMES else ""
    seen = ", ".join(f"`{name}`" for name in names[:_SHOWN_NAMES]) + more
    if not names:
        return ReflectError(
            f"`{library}` registers nothing",
            where=library,
            hint=f'register functions as "{prefix}.NAME" with `GlobalDef()`,\n'
            "or export C symbols with `TVM_FFI_DLL_EXPORT_TYPED_FUNC`",
        )
    return ReflectError(
        f"`{library}` registers nothing under `{prefix}.`, only {seen}",
        where=library,
        hint=f'register as "{prefix}.NAME", or say where in `[tool.ffiwheel.bindings]`:\n'
        f'prefix = "{names[0].split(".")[0]}"',
    )


def find_package(import_name: str, draft: Draft, library: str) -> str:
    """Return the archive path of the Python package that a library belongs to.

    That is the innermost folder around it with Python code; a package that has none of its own, and
    gets it from us, is the project's.
    """
    folder = library.rpartition("/")[0]
    around = folder
    while around:
        if _is_package(draft, around):
            return around
        around = around.rpartition("/")[0]
    is_inside = folder == import_name or folder.startswith(f"{import_name}/")
    return import_name if is_inside else folder


def _is_package(draft: Draft, folder: str) -> bool:
    return bool(folder) and f"{folder}/__init__.py" in draft.files


def _drop_ours(draft: Draft) -> Draft:
    """Return the draft without what we generated before: `ffiwheel stubs` leaves it in the source.

    What is wanted still is generated anew.
    """
    files = draft.files.items()
    return replace(draft, files={name: one for name, one in files if not is_ours(name, one)})


def is_ours(name: str, content: Content) -> bool:
    """Tell whether we generated a file of a draft."""
    return name.endswith((".py", ".pyi")) and read_content(content).startswith(MARK.encode())
