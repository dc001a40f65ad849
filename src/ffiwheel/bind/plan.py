"""Decide what each generated module holds, and what everything is called in Python.

Who has the first right to a name: classes, then functions, then C symbols, then namespaces. Nothing
is ever dropped or hidden in silence: what has to be renamed is a finding.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from ffiwheel.bind.annotation import BUILTIN_CLASSES, Annotator
from ffiwheel.bind.bindings import Bindings, BoundClass, BoundFunction, BoundModule
from ffiwheel.bind.classes import bind_class
from ffiwheel.bind.fast import plan_kinds
from ffiwheel.bind.names import name_all
from ffiwheel.bind.notes import METADATA_MACRO, Notes, foreign_types
from ffiwheel.bind.order import feasible_bases, order_classes
from ffiwheel.bind.overrides import Overrides, check_classes
from ffiwheel.bind.parameters import lost_defaults, plan_signature
from ffiwheel.bind.support import RESERVED
from ffiwheel.model.api import Signature

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ffiwheel.config.schema import BindingsTable
    from ffiwheel.model.api import Api, Class, Function


_UNTYPED = f"""Call a C symbol whose types are not known.

The library has no metadata of it: compiled with `{METADATA_MACRO}`, it would.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Namespace:
    """What is registered under one prefix, without what lies deeper."""

    prefix: str
    home: str
    """The full name of its module."""
    parts: tuple[str, ...]
    functions: Mapping[str, Function]
    """Python name -> function."""
    symbols: Mapping[str, tuple[int, Function]]
    """Python name -> the library's index, and the C symbol."""
    classes: Mapping[str, Class]
    children: Mapping[str, str]
    """Name in the registry -> Python name."""


def plan_bindings(
    api: Api,
    root: str,
    prefix: str,
    table: BindingsTable,
    library_name: str = "",
    homes: Mapping[str, str] | None = None,
) -> Bindings:
    """Return what the modules of a package offer.

    Args:
        api: what the libraries register; only what lies under `prefix` is bound, and C symbols.
        root: the full name of the root module, such as `pkg._ffi_api`.
        prefix: the namespace in the registry.
        table: the project's own wishes.
        library_name: the public name of the only library, if it is to have one.
        homes: namespace -> the full name of its module, where the project says which there are:
            then these are bound, wherever they lie, and `api` has nothing else.

    Raises:
        ProjectError: if `types` or `classes` of the table name something that is not there.
    """
    own, notes = api if homes else api.within(prefix), Notes(root.rpartition(".")[0])
    walk = _place(own, prefix, homes, notes) if homes else _walk(own, prefix, (root,), notes)
    spaces = [*walk]
    classes = {
        one.type_key: f"{space.home}.{name}"
        for space in spaces
        for name, one in space.classes.items()
    }
    check_classes(table.classes, foreign_types(own, Annotator(classes=classes | BUILTIN_CLASSES)))
    known = {**BUILTIN_CLASSES, **table.classes, **classes}
    accepts = {one.type_key: one.accepts for one in own.classes if one.accepts}
    annotator = Annotator(classes=known, accepts=accepts)
    overrides = Overrides(table.types, prefix, classes)
    by_key = {one.type_key: one for one in own.classes}
    bases = feasible_bases(by_key, {key: name.rpartition(".")[0] for key, name in classes.items()})
    planner = _Planner(annotator, overrides, by_key, bases, notes, table.hold_gil)
    notes.untyped_symbols([one.name for one in own.symbols if is_untyped(one)])
    modules = tuple(
        planner.bind(space, library_name if space.home == root else "") for space in spaces
    )
    overrides.check()
    notes.unknown_types(own, annotator)
    notes.foreign_parents(own, known)
    return Bindings(
        root=root,
        libraries=tuple(library.path for library in api.libraries),
        modules=modules,
        derived=_derived(by_key, classes),
        findings=notes.findings,
    )


class _Planner:
    """Binds namespaces, with what all of them share."""

    def __init__(
        self,
        annotator: Annotator,
        overrides: Overrides,
        classes: Mapping[str, Class],
        bases: Mapping[str, str],
        notes: Notes,
        hold_gil: Sequence[str],
    ) -> None:
        self._hold_gil = hold_gil
        self._annotator = annotator
        self._overrides = overrides
        self._classes = classes
        self._bases = bases
        self._notes = notes

    def bind(self, space: Namespace, library_name: str) -> BoundModule:
        """Return the module of one namespace."""
        functions = [self._function(name, one) for name, one in space.functions.items()]
        functions += [self._function(name, one, of) for name, (of, one) in space.symbols.items()]
        names = {one.type_key: name for name, one in space.classes.items()}
        return BoundModule(
            home=space.home,
            parts=space.parts,
            namespace=space.prefix,
            library_name=library_name,
            children=tuple(sorted(space.children.values())),
            functions=tuple(sorted(functions, key=lambda one: one.name)),
            classes=tuple(
                self._class(names[key], self._classes[key])
                for key in order_classes({key: self._classes[key] for key in names}, self._classes)
            ),
        )

    def _function(self, name: str, one: Function, library: int | None = None) -> BoundFunction:
        types = self._overrides.of(one.name, is_symbol=library is not None)
        signatures = []
        for signature in one.signatures:
            bound = plan_signature(signature, self._annotator, taken=RESERVED, types=types)
            self._overrides.offer(one.name, bound)
            signatures.append(bound)
            lost = lost_defaults(signature.parameters or (), by_name=False)
            self._notes.lost_defaults(one.name, lost, one.where)
        return BoundFunction(
            name=name,
            source=one.name,
            signatures=tuple(signatures),
            doc=one.doc or (_UNTYPED if library is not None and is_untyped(one) else ""),
            library=library,
            kinds=plan_kinds(one.signatures),
            holds_gil=any(fnmatchcase(name, pattern) for pattern in self._hold_gil),
        )

    def _class(self, name: str, one: Class) -> BoundClass:
        return bind_class(
            name, one, self._annotator, self._overrides, self._notes, self._bases.get(one.type_key)
        )


def is_untyped(symbol: Function) -> bool:
    """Tell whether nothing is known of how a C symbol is called."""
    return symbol.signatures == (Signature(),)


def _walk(api: Api, prefix: str, path: tuple[str, ...], notes: Notes) -> Iterator[Namespace]:
    """Yield the namespace `prefix` and those in it, whose modules lie in that at `path`."""
    root, *parts = path
    symbols = {} if parts else _symbols(api)
    space = _name_space(api, prefix, ".".join(path), tuple(parts), symbols, notes)
    yield space
    for source, name in space.children.items():
        inner = f"{prefix}.{source}"
        yield from _walk(api.within(inner), inner, (root, *parts, name), notes)


def _place(api: Api, prefix: str, homes: Mapping[str, str], notes: Notes) -> Iterator[Namespace]:
    """Yield namespaces that have their modules each; the C symbols belong to that of `prefix`."""
    for namespace, home in homes.items():
        symbols = _symbols(api) if namespace == prefix else {}
        yield _name_space(api.directly_in(namespace), namespace, home, (), symbols, notes)


def _name_space(
    api: Api,
    prefix: str,
    home: str,
    parts: tuple[str, ...],
    symbols: Mapping[str, tuple[int, Function]],
    notes: Notes,
) -> Namespace:
    """Return a namespace with the Python names of all that lies in it."""
    start = len(prefix) + 1
    classes = {one.type_key[start:]: one for one in api.classes}
    functions = {one.name[start:]: one for one in api.functions}
    deeper = {name.split(".")[0] for name in (*classes, *functions) if "." in name}
    hidden = sorted({*symbols} & {*functions})
    wanted = (_leaves(classes), _leaves(functions), {*symbols} - {*hidden}, deeper)
    named, taken = [], {*RESERVED}
    for group in wanted:
        named.append(name_all(sorted(group), taken))
        taken |= {*named[-1].values()}
        notes.renamed(named[-1], "" if group is wanted[2] else f"{prefix}.")
    notes.hidden_symbols(hidden, prefix)
    named_classes, named_functions, named_symbols, children = named
    return Namespace(
        prefix=prefix,
        home=home,
        parts=parts,
        functions={name: functions[source] for source, name in named_functions.items()},
        symbols={name: symbols[source] for source, name in named_symbols.items()},
        classes={name: classes[source] for source, name in named_classes.items()},
        children=children,
    )


def _symbols(api: Api) -> dict[str, tuple[int, Function]]:
    """Return the C symbols by name, each with the index of its library."""
    pairs = [(index, one) for index, of in enumerate(api.libraries) for one in of.symbols]
    return {one.name: (index, one) for index, one in pairs}


def _leaves(registered: Iterable[str]) -> set[str]:
    """Return the names that lie directly in a namespace."""
    return {name for name in registered if "." not in name}


def _derived(classes: Mapping[str, Class], names: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for key in sorted(classes):
        parent = classes[key].parent
        while parent in classes:
            found.setdefault(names[parent], []).append(names[key])
            parent = classes[parent].parent
    return {name: tuple(of) for name, of in found.items()}
