"""Write a generated module: what is bound when the package is imported.

The module needs `tvm_ffi` only, of any release from 0.1.5 on. It loads a library by its path, so it
works from a wheel, from an editable install and from a plain folder alike. A function is a Python
function around TVM-FFI's function object, which stands in a global of the module: that is the
cheapest way to a signature, some tens of nanoseconds a call.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from ffiwheel.bind.class_text import render_class
from ffiwheel.bind.fast import render_name
from ffiwheel.bind.guard import own_name, render_guard, render_name_check, render_refusal
from ffiwheel.bind.handles import name_handles
from ffiwheel.bind.parameters import merge_signatures, spell_literal
from ffiwheel.bind.place import Place, render_header
from ffiwheel.bind.support import RESERVED, needed_support, render_support
from ffiwheel.bind.text import (
    INDENT,
    MARK,
    join_blocks,
    lay_out,
    render_docstring,
    render_head,
    render_names,
)
from ffiwheel.bind.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ffiwheel.bind.bindings import Bindings, BoundClass, BoundModule
    from ffiwheel.model.runtime import RuntimeRange


def render_module(
    bindings: Bindings,
    module: BoundModule,
    place: Place,
    runtime: RuntimeRange | None,
    *,
    is_bare: bool,
    is_twin: bool = False,
) -> str:
    """Return the text of a module.

    Args:
        bindings: everything that is generated.
        module: the module to write.
        place: where it lies.
        runtime: the releases of the runtime that are checked for, if any.
        is_bare: whether functions are TVM-FFI's own function objects.
        is_twin: whether people import another module, under whose name everything goes.
    """
    members = {name for one in module.classes for name in one.names}
    handles = name_handles(module)
    hidden = {*module.names, *handles.values(), *RESERVED}
    vocabulary = Vocabulary(place.name, hidden, members)
    words = {"tvm_ffi": vocabulary.word("tvm_ffi.Object").rpartition(".")[0]}
    support: list[list[str]] = []
    if bindings.is_root(module):
        if bindings.has_arrays:
            words |= {name: vocabulary.word(f"typing.{name}") for name in ("Any", "Protocol")}
        support = render_support(bindings, words)
    functions = [] if is_bare else [*_render_functions(module, handles, vocabulary)]
    classes = [*_render_classes(module, place, words["tvm_ffi"], vocabulary, handles)]
    blocks = [
        *support,
        _render_handles(bindings, module, handles, words["tvm_ffi"], is_bare=is_bare),
        *functions,
        *classes,
        [f"{alias} = {name}" for name, alias in sorted(vocabulary.own_aliases.items())],
        [f"from . import {name} as {name}" for name in module.children],
    ]
    package = place.root.partition(".")[0]
    guarded = runtime if place.is_root else None
    guard = render_guard(guarded, package, words["tvm_ffi"]) if guarded else []
    head = [
        [MARK, *render_docstring(describe_module(bindings, module))],
        render_header(module, place, vocabulary, _needed_from_root(bindings, module), guard),
        [*render_names(module.names), *(render_name(bindings) if is_twin else [])],
    ]
    if place.is_root:
        loading = _render_libraries(bindings, module, place, words["tvm_ffi"])
        if own_name(bindings):
            blocks = [render_refusal(), loading, *blocks]
        else:
            head.append(loading)
    return "\n".join(join_blocks([join_blocks(head, 1), *blocks], 2)) + "\n"


def _needed_from_root(bindings: Bindings, module: BoundModule) -> set[str]:
    """Return what a module takes from the root: outside of its package, at least the library."""
    is_inside = f"{module.home}.".startswith(f"{bindings.root}.")
    return needed_support(module) | (set() if is_inside else {_library(bindings, 0)})


def describe_module(bindings: Bindings, module: BoundModule) -> str:
    """Return what a module is for."""
    files = ", ".join(posixpath.basename(path) for path in bindings.libraries)
    inside = "" if bindings.is_root(module) else f" under `{module.namespace}`"
    return f"What {files} offers{inside}."


def _render_libraries(
    bindings: Bindings, module: BoundModule, place: Place, tvm_ffi: str
) -> list[str]:
    files = [
        f'str(_FOLDER / "{posixpath.relpath(path, place.folder)}")' for path in bindings.libraries
    ]
    name = own_name(bindings)
    return [
        "_FOLDER = _Path(__file__).parent",
        *(render_name_check(spell_literal(name), files[0], tvm_ffi) if name else ()),
        *(
            f"{_library(bindings, index)} = {tvm_ffi}.load_module({file})"
            for index, file in enumerate(files)
        ),
        *([f"{module.library_name} = {_library(bindings, 0)}"] if module.library_name else []),
    ]


def _library(bindings: Bindings, index: int) -> str:
    return "_LIBRARY" if len(bindings.libraries) == 1 else f"_LIBRARY_{index}"


def _render_handles(
    bindings: Bindings,
    module: BoundModule,
    handles: Mapping[str, str],
    tvm_ffi: str,
    *,
    is_bare: bool,
) -> list[str]:
    lines = []
    for one in module.functions:
        name = one.name if is_bare else handles[one.name]
        key = spell_literal(one.source)
        owner = tvm_ffi if one.library is None else _library(bindings, one.library)
        getter = "get_global_func" if one.library is None else "get_function"
        lines += lay_out(f"{name} = {owner}.{getter}(", [key], ")")
        lines += [f"{name}.release_gil = False"] if one.holds_gil else []
    return lines


def _render_functions(
    module: BoundModule, handles: Mapping[str, str], vocabulary: Vocabulary
) -> Iterator[list[str]]:
    for one in module.functions:
        signature = merge_signatures(one.signatures)
        lines = render_head(one.name, signature, vocabulary)
        lines += render_docstring(one.doc, INDENT) if one.doc else []
        given = [of.name for of in signature.parameters or ()]
        passed = ["*args"] if signature.parameters is None else given
        yield [*lines, *lay_out(f"return {handles[one.name]}(", passed, ")", INDENT)]


def _render_classes(
    module: BoundModule,
    place: Place,
    tvm_ffi: str,
    vocabulary: Vocabulary,
    handles: Mapping[str, str],
) -> Iterator[list[str]]:
    """Yield the classes; one of another module is imported where it is first derived from."""
    imported = set()
    for one in module.classes:
        base = _base(one, vocabulary)
        if place.is_elsewhere(one.base) and one.base not in imported:
            imported.add(one.base)
            home, _, name = one.base.rpartition(".")
            entry = name if name == base else f"{name} as {base}"
            yield [f"from {place.relative(home)} import {entry}"]
        yield render_class(one, base, tvm_ffi, vocabulary, handles)


def _base(one: BoundClass, vocabulary: Vocabulary) -> str:
    if one.foreign_base:
        return f"_nearest({spell_literal(one.foreign_base)})"
    return vocabulary.word(one.base)
