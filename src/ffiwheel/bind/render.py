"""From an `Api` to the files that a wheel gets: modules, stubs, packages and `py.typed`.

    pkg/__init__.py          unless the project has one: everything of the root, and the namespaces
    pkg/_ffi_api.py, .pyi    the root, where nothing is registered under `pkg.math.`
    pkg/_ffi_api/__init__.py, .pyi, math.py, .pyi ...     where something is
    pkg/math/__init__.py     unless the project has one, or `pkg/math.py`

All modules of `_ffi_api` are imported together, so that every class is known as soon as one of them
is; none of the project's own modules is, so that they may import what they like in any order.
"""

from __future__ import annotations

import ast
import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from ffiwheel.bind.fast import (
    FAST,
    FAST_SOURCE,
    is_fast,
    render_fast,
    render_later,
    slow_names,
    twin,
)
from ffiwheel.bind.guard import needed_names
from ffiwheel.bind.module import describe_module, render_module
from ffiwheel.bind.partial import merge_stubs
from ffiwheel.bind.place import Place
from ffiwheel.bind.plan import plan_bindings
from ffiwheel.bind.stub import plan_stub
from ffiwheel.bind.text import (
    INDENT,
    MARK,
    join_blocks,
    render_docstring,
    render_imports,
    render_names,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from ffiwheel.bind.bindings import Bindings, BoundModule
    from ffiwheel.config.schema import BindingsTable
    from ffiwheel.model.api import Api
    from ffiwheel.model.finding import Finding
    from ffiwheel.model.runtime import RuntimeRange

MODULE = "_ffi_api"
"""The name of the generated root module."""
PARTIAL = "_ffi_api_partial"
"""The name of a hand-written stub whose definitions win over the generated ones."""
OLDEST_PYTHON = (3, 9)

Judge: TypeAlias = "Callable[[Collection[str]], RuntimeRange]"
"""Says on which releases of the runtime bindings work that derive from some of its classes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """The generated files, and what there is to say about them."""

    files: Mapping[str, bytes]
    """Archive path -> content; empty if there is nothing to bind."""
    names: tuple[str, ...] = ()
    """Every public name of every module."""
    findings: tuple[Finding, ...] = ()
    merged: tuple[str, ...] = field(default=())
    """Archive paths of the hand-written stubs that went in, and do not belong into a wheel."""


def render_bindings(
    api: Api,
    package: str,
    table: BindingsTable,
    *,
    judge: Judge | None = None,
    present: Collection[str] = (),
    partials: Mapping[str, str] | None = None,
) -> Rendered:
    """Return the generated files of a package.

    Args:
        api: what its libraries offer.
        package: the archive path of the package's folder, such as `pkg` or `org/pkg`.
        table: the project's own wishes.
        judge: says on which releases of the runtime bindings work that derive from these names;
            without it, they do not check which one is there.
        present: the archive paths of the project's own files, which are not written over.
        partials: archive path -> text of the hand-written stubs, in `PARTIAL`.

    Raises:
        ProjectError: if the table names what is not there, or a hand-written stub does not parse.
    """
    dotted = package.replace("/", ".")
    bindings = plan_bindings(api, f"{dotted}.{MODULE}", table.prefix or dotted, table)
    if not bindings.names:
        return Rendered(files={}, findings=bindings.findings)
    packages = dict(_render_packages(bindings, package, table, present))
    return render_modules(bindings, package, table, partials or {}, packages, judge)


def render_modules(
    bindings: Bindings,
    package: str,
    table: BindingsTable,
    partials: Mapping[str, str],
    packages: Mapping[str, str],
    judge: Judge | None,
) -> Rendered:
    """Return the files of planned modules.

    Args:
        bindings: the plan.
        package: the archive path of the package's folder.
        table: the project's own wishes.
        partials: archive path -> text of the hand-written stubs.
        packages: archive path -> text of the generated modules around them.
        judge: as in `render_bindings`.

    Raises:
        ProjectError: if a hand-written stub does not parse.
    """
    is_bare = table.signatures == "bare"
    runtime = judge(needed_names(bindings)) if judge else None
    texts: dict[str, str] = {**packages}
    merged = []
    has_twins = is_fast(bindings, table)
    for module in bindings.modules:
        place = locate(bindings, module)
        doc = describe_module(bindings, module)
        where = place
        if has_twins:
            texts[f"{place.path}.py"] = render_fast(bindings, module, place, runtime, doc)
            where = twin(bindings, place)
        texts[f"{where.path}.py"] = render_module(
            bindings, module, place, runtime, is_bare=is_bare, is_twin=has_twins
        )
        stub = plan_stub(bindings, module, place, doc, is_bare=is_bare)
        stub, found = merge_stubs(stub, partial_paths(module), partials)
        merged += found
        texts[f"{place.path}.pyi"] = stub.render()
    if has_twins:
        texts[f"{package}/{FAST}.py"] = FAST_SOURCE.read_text(encoding="utf-8")
    for text in texts.values():
        ast.parse(text, feature_version=OLDEST_PYTHON)  # else it is a bug of ours
    files = {name: text.encode() for name, text in sorted(texts.items())}
    return Rendered(
        files={**files, f"{package}/py.typed": b""},
        names=bindings.names,
        findings=bindings.findings,
        merged=tuple(merged),
    )


def locate(bindings: Bindings, module: BoundModule) -> Place:
    """Return where a module of `bindings` lies."""
    path = module.home.replace(".", "/")
    return Place(
        name=module.home,
        root=bindings.root,
        path=f"{path}/__init__" if module.children else path,
        family=bindings.family,
    )


def partial_paths(module: BoundModule) -> tuple[str, str]:
    """Return where the hand-written stub of a module may be."""
    around = module.home.split(".")[: -1 - len(module.parts)]
    path = posixpath.join(*around, PARTIAL, *module.parts)
    return f"{path}.pyi", f"{path}/__init__.pyi"


def _render_packages(
    bindings: Bindings, package: str, table: BindingsTable, present: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Yield the packages through which people import, where the project has none of its own."""
    for module in bindings.modules:
        folder = posixpath.join(package, *module.parts)
        own = {f"{folder}/__init__.py", f"{folder}.py", f"{folder}.pyi", f"{folder}/__init__.pyi"}
        if not own & set(present):
            yield f"{folder}/__init__.py", render_package(bindings, module, package, table)


def render_package(
    bindings: Bindings, module: BoundModule, package: str, table: BindingsTable
) -> str:
    """Return the `__init__.py` that shows a module of `bindings` to people."""
    here = ".".join((package.replace("/", "."), *module.parts))
    place = Place(name=here, root=bindings.root, path=f"{package}/__init__", family=bindings.family)
    later = slow_names(module) if is_fast(bindings, table) else []
    source = place.relative(module.home)
    names = sorted({*module.names, *module.children})
    at_once = [name for name in module.names if name not in later]
    blocks = [
        [MARK, *render_docstring(f"The package {here}.")],
        _render_taken(source, at_once),
        [f"from . import {name} as {name}" for name in module.children],
        ["TYPE_CHECKING = False", "if TYPE_CHECKING:", *_render_taken(source, later, INDENT)]
        if later
        else [],
        render_names(names),
        render_later(source) if later else [],
    ]
    return "\n".join(join_blocks(blocks, 1)) + "\n"


def _render_taken(source: str, names: Sequence[str], indent: str = "") -> list[str]:
    """Return the import of names that are public here, too."""
    return render_imports({source: tuple(f"{n} as {n}" for n in names)}, indent) if names else []
