"""Decide what a generated class holds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ffiwheel.bind.annotation import ARRAY_PROTOCOL
from ffiwheel.bind.bindings import BoundClass, BoundConstructor, BoundField, BoundFunction
from ffiwheel.bind.names import OF_OBJECTS, name_all
from ffiwheel.bind.parameters import lost_defaults, merge_signatures, plan_signature
from ffiwheel.bind.support import OPERATORS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ffiwheel.bind.annotation import Annotator
    from ffiwheel.bind.notes import Notes
    from ffiwheel.bind.overrides import Overrides
    from ffiwheel.bind.parameters import BoundSignature
    from ffiwheel.model.api import Class, Constructor, Field, Method, Signature

_HOOK = "__ffi_"
"""Methods that begin with this are called by TVM-FFI, not by people."""
_TAKEN = frozenset({"self", "never", "_told"})
"""Names that no parameter of a method may have."""
_IN_BODIES = frozenset(name for of in OPERATORS.values() for name in of.values())
_PROTECTED = frozenset({"mro", ARRAY_PROTOCOL, *_IN_BODIES})
"""What a class body or an annotation in it means by these names is not what the class has."""
_OF_ENUMS = OF_OBJECTS | {"name", "value", "get", "all_entries", "attr_dict", "def_attr"}


def bind_class(
    name: str,
    one: Class,
    annotator: Annotator,
    overrides: Overrides,
    notes: Notes,
    moved: str | None,
) -> BoundClass:
    """Return a class with all names decided.

    Args:
        name: its Python name.
        one: what the library registers.
        annotator: what annotations are made with.
        overrides: annotations that are better.
        notes: where findings go.
        moved: the type key it has to derive from instead of its parent.
    """
    parent = moved or one.parent
    methods = {of.name: of for of in one.methods if not of.name.startswith(_HOOK)}
    names = _name_members(one, methods, notes)
    if moved:
        notes.moved(one.type_key, one.parent, moved)
    binder = _Binder(one.type_key, annotator, overrides, notes)
    return BoundClass(
        name=name,
        key=one.type_key,
        kind=one.kind,
        doc=one.doc,
        base=annotator.classes.get(parent, "tvm_ffi.Object"),
        foreign_base="" if parent in annotator.classes else parent,
        fields=tuple(binder.field(names[f"field {of.name}"], of) for of in one.fields),
        methods=tuple(binder.method(names[f"method {key}"], of) for key, of in methods.items()),
        constructor=binder.constructor(one.constructor),
        members=tuple((names[f"member {of.name}"], of.name, of.doc) for of in one.members),
        constants=tuple(replace(of, name=names[f"constant {of.name}"]) for of in one.constants),
        protocols=one.protocols,
    )


def _name_members(one: Class, methods: Mapping[str, Method], notes: Notes) -> dict[str, str]:
    """Return kind and name in C++ -> Python name, each Python name once in the class."""
    kinds = {
        "field": [of.name for of in one.fields],
        "member": [of.name for of in one.members],
        "method": [*methods],
        "constant": [of.name for of in one.constants],
    }
    protected = _PROTECTED if one.kind == "object" else _PROTECTED | _OF_ENUMS
    names: dict[str, str] = {}
    for kind, found in kinds.items():
        named = name_all(found, {*names.values(), *protected}, is_member=True)
        notes.renamed(named, f"{one.type_key}.")
        names |= {f"{kind} {source}": name for source, name in named.items()}
    return names


class _Binder:
    """Binds the parts of one class."""

    def __init__(self, key: str, annotator: Annotator, overrides: Overrides, notes: Notes) -> None:
        self._key = key
        self._annotator = annotator
        self._overrides = overrides
        self._notes = notes

    def field(self, name: str, one: Field) -> BoundField:
        """Return a field."""
        better = self._overrides.of(self._key).get(name)
        self._overrides.offer_field(self._key, name)
        return BoundField(
            name=name,
            source=one.name,
            given=better or self._annotator.given(one.type),
            taken=better or self._annotator.taken(one.type),
            doc=one.doc,
            is_writable=one.is_writable,
        )

    def method(self, name: str, one: Method) -> BoundFunction:
        """Return a method with all of its overloads."""
        full = f"{self._key}.{one.name}"
        types = self._overrides.of(full)
        bound = [
            plan_signature(of, self._annotator, taken=_TAKEN, types=types) for of in one.signatures
        ]
        self._note(full, one.signatures, bound, where=one.where)
        return BoundFunction(
            name=name,
            source=one.name,
            signatures=tuple(bound),
            doc=one.doc,
            is_static=one.is_static,
        )

    def constructor(self, one: Constructor | None) -> BoundConstructor | None:
        """Return the constructor, where there is one."""
        full = f"{self._key}.__init__"
        if one is None:
            return None
        bound = tuple(
            plan_signature(
                of,
                self._annotator,
                taken=_TAKEN,
                by_name=one.is_generated,
                types=self._overrides.of(full),
            )
            for of in one.signatures
        )
        self._note(full, one.signatures, bound, by_name=one.is_generated)
        return BoundConstructor(signatures=bound, is_generated=one.is_generated, doc=one.doc)

    def _note(
        self,
        full: str,
        signatures: Sequence[Signature],
        bound: Sequence[BoundSignature],
        *,
        by_name: bool = False,
        where: str = "",
    ) -> None:
        """Say how a function can be called, and which defaults are lost."""
        is_plain = len(bound) == 1 or merge_signatures(bound).has_names
        for signature, of in zip(bound, signatures, strict=True):
            self._overrides.offer(full, signature)
            parameters = of.parameters or ()
            if is_plain:
                lost = lost_defaults(parameters, by_name=by_name)
                self._notes.lost_defaults(full, lost, where)
            else:
                given = [one.name for one in parameters if one.default]
                self._notes.lost_in_overloads(full, given, where)
