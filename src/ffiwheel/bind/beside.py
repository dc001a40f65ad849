"""A stub beside each `_ffi_api.py` that is the project's own.

Its functions are TVM-FFI's function objects and its classes are those that TVM-FFI makes: all take
their arguments by position, but for constructors made of fields. There is a stub only if the module
consists of nothing but what is bound; otherwise a finding says what is in the way.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from ffiwheel.bind.annotation import ARRAY_PROTOCOL
from ffiwheel.bind.module import describe_module
from ffiwheel.bind.notes import left_alone
from ffiwheel.bind.own_package import plan_own
from ffiwheel.bind.partial import merge_stubs
from ffiwheel.bind.render import OLDEST_PYTHON, Rendered, locate, partial_paths, render_modules
from ffiwheel.bind.stub import plan_stub
from ffiwheel.bind.text import render_names
from ffiwheel.model.api import namespace_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ffiwheel.bind.bindings import Bindings, BoundClass, BoundFunction, BoundModule
    from ffiwheel.bind.own_module import OwnClass, OwnModule
    from ffiwheel.bind.own_package import BindingModule
    from ffiwheel.bind.render import Judge
    from ffiwheel.bind.stub import Stub
    from ffiwheel.config.schema import BindingsTable
    from ffiwheel.model.api import Api

_TRUE_HERE = ("API002", "API005")
"""The rules about what a stub says; others are about modules that we generate."""


def render_beside(
    api: Api,
    package: str,
    table: BindingsTable,
    modules: Sequence[BindingModule],
    partials: Mapping[str, str],
) -> Rendered:
    """Return the stubs beside modules of the project's own, or findings that say why not.

    Args:
        api: what the libraries of the package offer.
        package: the archive path of the package's folder.
        table: the project's own wishes.
        modules: the modules, outer ones first.
        partials: archive path -> text of the hand-written stubs.

    Raises:
        ProjectError: if the table names what is not there, or a hand-written stub does not parse.
    """
    bindings = plan_own(api, package, table, modules)
    misfits = {one.file: _find_misfit(bindings, one, api) for one in modules}
    fitted = replace(bindings, modules=tuple(_fit(bindings, one) for one in modules))
    texts, merged = {}, []
    for one, module in zip(modules, fitted.modules, strict=True):
        if misfits[one.file]:
            continue
        stub, found = _plan_stub(fitted, module, one.own, partials)
        texts[f"{one.file}i"] = stub.render()
        merged += found
    for text in texts.values():
        ast.parse(text, feature_version=OLDEST_PYTHON)  # else it is a bug of ours
    files = {name: text.encode() for name, text in texts.items()}
    true = [one for one in bindings.findings if one.rule.startswith(_TRUE_HERE)] if files else []
    return Rendered(
        files={**files, f"{package}/py.typed": b""} if files else {},
        names=fitted.names,
        findings=(*(left_alone(*pair) for pair in misfits.items() if pair[1]), *true),
        merged=tuple(merged),
    )


def render_instead(
    api: Api,
    package: str,
    table: BindingsTable,
    modules: Sequence[BindingModule],
    partials: Mapping[str, str],
    judge: Judge | None = None,
) -> Rendered | None:
    """Return generated modules that can take the place of others, all of them; None: they cannot.

    They have the same names. The first loads the library, and the others import it.

    Args:
        api: what the libraries of the package offer.
        package: the archive path of the package's folder.
        table: the project's own wishes.
        modules: the modules, outer ones first.
        partials: archive path -> text of the hand-written stubs.
        judge: as in `render_bindings`.

    Raises:
        ProjectError: if the table names what is not there, or a hand-written stub does not parse.
    """
    first, *others = modules
    names = first.own.libraries
    if len(api.libraries) != 1 or len(names) > 1 or any(one.own.libraries for one in others):
        return None
    bindings = plan_own(api, package, table, modules)
    misfits = (_find_misfit(bindings, one, api) for one in modules)
    if any(misfits) or {*names} & {*bindings.modules[0].names} or not _is_in_order(bindings):
        return None
    bindings = plan_own(api, package, table, modules, *names)
    return render_modules(bindings, package, table, partials, {}, judge)


def _is_in_order(bindings: Bindings) -> bool:
    """Tell whether classes derive from those of outer modules only, which are imported before."""
    before: set[str] = set()
    for module in bindings.modules:
        for one in module.classes:
            home = namespace_of(one.base)
            if home in bindings.family and home not in before and home != module.home:
                return False
        before.add(module.home)
    return True


def _find_misfit(bindings: Bindings, one: BindingModule, api: Api) -> str:
    """Return what keeps the bindings from describing a module; empty if nothing does."""
    own, namespace = one.own, one.namespace
    if own.unknown or one.home not in bindings.family:
        return own.unknown or f"another module binds `{namespace}`, too"
    if others := own.namespaces - {namespace}:
        return f"it takes in `{min(others)}`, and `{namespace}` is bound"
    fitted = _fit(bindings, one)
    shown = {*own.functions, *own.exports, *own.classes}
    if strange := shown - {*fitted.names, *own.libraries}:
        return f"`{min(strange)}` is nothing that is registered as `{namespace}.{min(strange)}`"
    keys = {each.type_key for each in api.directly_in(namespace).classes}
    if missing := keys - {each.key for each in fitted.classes}:
        return f"the class `{min(missing).rpartition('.')[2]}` is not in it"
    for each in fitted.classes:
        if strange := _told(own.classes[each.name]) - {*each.names}:
            return f"`{each.name}.{min(strange)}` is not registered"
    return ""


def _plan_stub(
    bindings: Bindings, module: BoundModule, own: OwnModule, partials: Mapping[str, str]
) -> tuple[Stub, list[str]]:
    """Return the stub of a module, and the hand-written ones that went in."""
    doc, alone = describe_module(bindings, module), replace(bindings, root=module.home)
    stub = plan_stub(alone, module, locate(alone, module), doc, is_bare=True)
    return merge_stubs(_fit_stub(stub, own, module), partial_paths(module), partials)


def _fit(bindings: Bindings, one: BindingModule) -> BoundModule:
    """Return what is bound in a module, as it is called there."""
    [module] = (each for each in bindings.modules if each.namespace == one.namespace)
    return _fit_module(module, one.own)


def _fit_module(module: BoundModule, own: OwnModule) -> BoundModule:
    """Return what of a bound module is in the project's own, as it is called there."""
    takes_all = module.namespace in own.namespaces
    functions = [one for one in module.functions if takes_all and one.library is None]
    classes = [
        one
        for one in module.classes
        if one.name in own.classes and own.classes[one.name].key == one.key and _is_plain(one)
    ]
    return replace(
        module,
        functions=tuple(_by_position(one) for one in functions if _keeps_name(one)),
        classes=tuple(_fit_class(one) for one in classes),
    )


def _is_plain(one: BoundClass) -> bool:
    return one.kind == "object"


def _keeps_name(one: BoundFunction) -> bool:
    return one.source.rpartition(".")[2] == one.name


def _told(one: OwnClass) -> set[str]:
    return {name for name in one.members if not name.startswith("__")}


def _fit_class(one: BoundClass) -> BoundClass:
    made = one.constructor
    if made and not made.is_generated:
        made = replace(made, signatures=tuple(each.positional for each in made.signatures))
    return replace(
        one,
        fields=tuple(field for field in one.fields if field.name == field.source),
        methods=tuple(_by_position(each) for each in one.methods if _keeps_name(each)),
        constructor=made,
        constants=(),
    )


def _by_position(one: BoundFunction) -> BoundFunction:
    return replace(one, signatures=tuple(each.positional for each in one.signatures))


def _fit_stub(stub: Stub, own: OwnModule, module: BoundModule) -> Stub:
    """Return a stub with the libraries that the module names, and the protocol as none of its."""
    has_arrays = any(ARRAY_PROTOCOL in one for one in module.annotations)
    imports = [*(["from typing import type_check_only as _only"] if has_arrays else [])]
    imports += [
        *stub.imports,
        *(["from tvm_ffi import Module as _Module"] if own.libraries else []),
    ]
    return replace(
        stub,
        imports=imports,
        names=render_names(
            sorted({*module.names, *(one for one in own.libraries if one[0] != "_")})
        ),
        protocol=["@_only", *stub.protocol] if has_arrays else [],
        rest=[*(f"{name}: _Module" for name in own.libraries), *stub.rest],
    )
