"""A stub beside a `_ffi_api.py` that is the project's own.

Its functions are TVM-FFI's function objects and its classes are those that TVM-FFI makes: all take
their arguments by position, but for constructors made of fields. There is a stub only if the module
consists of nothing but what is bound; otherwise a finding says what is in the way.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from ffiwheel.bind.module import describe_module
from ffiwheel.bind.notes import left_alone
from ffiwheel.bind.own_module import read_module
from ffiwheel.bind.partial import merge_stub
from ffiwheel.bind.plan import plan_bindings
from ffiwheel.bind.render import MODULE, OLDEST_PYTHON, Rendered, locate, partial_paths
from ffiwheel.bind.stub import plan_stub
from ffiwheel.bind.text import render_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ffiwheel.bind.bindings import Bindings, BoundClass, BoundFunction, BoundModule
    from ffiwheel.bind.own_module import OwnClass, OwnModule
    from ffiwheel.bind.stub import Stub
    from ffiwheel.config.schema import BindingsTable
    from ffiwheel.model.api import Api

_TRUE_HERE = ("API002", "API005")
"""The rules about what a stub says; others are about modules that we generate."""


def render_beside(
    api: Api, package: str, table: BindingsTable, text: str, partials: Mapping[str, str]
) -> Rendered:
    """Return the stub beside a module of the project's own, or a finding that says why not.

    Args:
        api: what the libraries of the package offer.
        package: the archive path of the package's folder.
        table: the project's own wishes.
        text: the module.
        partials: archive path -> text of the hand-written stubs.

    Raises:
        ProjectError: if the table names what is not there, or a hand-written stub does not parse.
    """
    dotted, file = package.replace("/", "."), f"{package}/{MODULE}.py"
    bindings = plan_bindings(api, f"{dotted}.{MODULE}", table.prefix or dotted, table)
    own = read_module(text)
    if reason := own.unknown or _find_misfit(bindings, own):
        return Rendered(files={}, findings=(left_alone(file, reason),))
    module = _fit_module(bindings.modules[0], own)
    place = locate(bindings, module, package)
    fitted = replace(bindings, modules=(module,))
    doc = describe_module(fitted, module)
    stub = plan_stub(fitted, module, place, doc, is_bare=True)
    stub = _fit_stub(stub, own, module)
    merged = [path for path in partial_paths(module, package) if path in partials]
    for path in merged:
        stub = merge_stub(stub, partials[path], path)
    rendered = stub.render()
    ast.parse(rendered, feature_version=OLDEST_PYTHON)  # else it is a bug of ours
    return Rendered(
        files={f"{file}i": rendered.encode(), f"{package}/py.typed": b""},
        names=module.names,
        findings=tuple(one for one in bindings.findings if one.rule.startswith(_TRUE_HERE)),
        merged=tuple(merged),
    )


def find_library_name(api: Api, package: str, table: BindingsTable, text: str) -> str | None:
    """Return what a module calls its library, if a generated one can take its place; else None.

    Args:
        api: what the libraries of the package offer.
        package: the archive path of the package's folder.
        table: the project's own wishes.
        text: the module.
    """
    dotted, own = package.replace("/", "."), read_module(text)
    bindings = plan_bindings(api, f"{dotted}.{MODULE}", table.prefix or dotted, table)
    is_one = len(api.libraries) == len(own.libraries) == 1
    if own.unknown or not is_one or _find_misfit(bindings, own):
        return None
    return None if own.libraries[0] in bindings.names else own.libraries[0]


def _find_misfit(bindings: Bindings, own: OwnModule) -> str:
    """Return what keeps the bindings from describing a module; empty if nothing does."""
    root, *deeper = bindings.modules
    if deeper:
        return f"`{deeper[0].namespace}` is a namespace, and has a module of its own in bindings"
    if others := own.namespaces - {root.namespace}:
        return f"it takes in `{min(others)}`, and `{root.namespace}` is bound"
    fitted = _fit_module(root, own)
    shown = {*own.functions, *own.exports, *own.classes}
    if strange := shown - {*fitted.names, *own.libraries}:
        return (
            f"`{min(strange)}` is nothing that is registered as `{root.namespace}.{min(strange)}`"
        )
    if missing := {one.name for one in root.classes} - {one.name for one in fitted.classes}:
        return f"the class `{min(missing)}` is not in it"
    for one in fitted.classes:
        if strange := _told(own.classes[one.name]) - {*one.names}:
            return f"`{one.name}.{min(strange)}` is not registered"
    return ""


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
    imports = [*(["from typing import type_check_only as _only"] if stub.protocol else [])]
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
        protocol=["@_only", *stub.protocol] if stub.protocol else [],
        rest=[*(f"{name}: _Module" for name in own.libraries), *stub.rest],
    )
