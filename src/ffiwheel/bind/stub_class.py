"""Write the classes of a stub."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ffiwheel.bind.annotation import ANY
from ffiwheel.bind.names import OF_OBJECTS
from ffiwheel.bind.overloads import plan_overloads
from ffiwheel.bind.parameters import spell_literal
from ffiwheel.bind.support import OPERATORS
from ffiwheel.bind.text import (
    INDENT,
    Definition,
    join_blocks,
    join_definitions,
    lay_out,
    render_definition,
    render_docstring,
    render_match_args,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from ffiwheel.bind.bindings import BoundClass, BoundField, BoundFunction
    from ffiwheel.bind.overloads import Narrower
    from ffiwheel.bind.parameters import BoundSignature
    from ffiwheel.bind.vocabulary import Vocabulary
    from ffiwheel.model.api import Constant


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """How a method is called."""

    signatures: tuple[BoundSignature, ...]
    is_static: bool


@dataclass(frozen=True, slots=True)
class _Kind:
    """Of which type a constant is."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StubClass:
    """A class in pieces."""

    head: str
    remark: str = ""
    """A comment after the head."""
    doc: list[str]
    members: Mapping[str, list[str]]
    """Name -> lines."""

    def render(self) -> list[str]:
        """Return the whole class."""
        if not self.doc and not self.members:
            return [f"{self.head} ...{self.remark}"]
        return [
            self.head + self.remark,
            *join_blocks([self.doc, join_definitions(self.members.values())], 1),
        ]


def render_stub_class(
    one: BoundClass,
    vocabulary: Vocabulary,
    known: Mapping[str, BoundClass],
    derived: Narrower,
) -> StubClass:
    """Return the stub of a class.

    Args:
        one: the class.
        vocabulary: how names are written in the module.
        known: full name -> class, of the whole package.
        derived: which classes derive from which.
    """
    base = "tvm_ffi.Object" if one.foreign_base else one.base
    inherited: dict[str, object] = dict.fromkeys(OF_OBJECTS)
    inherited |= dict(_inherited(one, known))
    members: dict[str, list[str]] = {}
    below = derived.get(vocabulary.own(one.name), ())
    shared = ({*inherited} - OF_OBJECTS) | {*(name for full in below for name in known[full].names)}
    for name, lines, source in _members(one, vocabulary, derived, shared):
        is_new = source is None or name not in inherited
        is_same = is_new or name == "__init__" or inherited.get(name) == source
        before = inherited.get(name)
        members[name] = lines if is_same else _loosen(name, before, source, vocabulary)
    is_open = one.kind != "object" and not one.members
    return StubClass(
        head=f"class {one.name}({vocabulary.word(base)}):",
        remark="  # type: ignore[misc]  # Python may add members" if is_open else "",
        doc=render_docstring(one.doc, INDENT) if one.doc else [],
        members=members,
    )


def _members(
    one: BoundClass, vocabulary: Vocabulary, derived: Narrower, shared: Collection[str]
) -> Iterator[tuple[str, list[str], object]]:
    """Yield name, lines and meaning of everything in a class.

    A name is `shared` if a class above or below has it, too.
    """
    if one.match_args:
        yield "__match_args__", render_match_args(one.match_args), None
    for constant in one.constants:
        is_only = constant.name not in shared
        lines = _render_constant(one, constant, vocabulary, is_only=is_only)
        yield constant.name, lines, constant_meaning(constant)
    for name, _, doc in one.members:
        yield name, [f"{INDENT}{name} = ...", *(render_docstring(doc, INDENT) if doc else [])], None
    for field in one.fields:
        yield field.name, _render_field(field, vocabulary), field_meaning(field)
    if one.kind == "object":
        yield "__init__", _render_constructor(one, vocabulary, derived), "__init__"
    for method in one.methods:
        yield method.name, _render_method(method, vocabulary, derived), method_meaning(method)
    for protocol in one.protocols:
        yield from _render_operators(one, protocol, vocabulary)


def field_meaning(field: BoundField) -> object:
    """Return what has to be the same in a class that stands before another."""
    return field.given, field.taken, field.is_writable


def method_meaning(method: BoundFunction) -> object:
    """Return what has to be the same in a class that stands before another."""
    return _Way(signatures=method.signatures, is_static=method.is_static)


def constant_meaning(constant: Constant) -> object:
    """Return what has to be the same in a class that stands before another."""
    return _Kind(type(constant.value).__name__)


def _inherited(one: BoundClass, known: Mapping[str, BoundClass]) -> Iterator[tuple[str, object]]:
    """Yield name and meaning of what the ancestors in the package define, the farthest first."""
    parent = known.get(one.base)
    if parent is None:
        return
    yield from _inherited(parent, known)
    yield from ((field.name, field_meaning(field)) for field in parent.fields)
    yield from ((method.name, method_meaning(method)) for method in parent.methods)
    yield from ((constant.name, constant_meaning(constant)) for constant in parent.constants)


def _loosen(name: str, before: object, meaning: object, vocabulary: Vocabulary) -> list[str]:
    """Return a member that says nothing, as what it stands before says something else."""
    anything = vocabulary.word(ANY)
    if isinstance(before, _Kind):
        return [f"{INDENT}{name}: {vocabulary.word('typing.ClassVar')}[{anything}]"]
    if isinstance(before, _Way | None) and isinstance(meaning, _Way) and not meaning.is_static:
        parts = f"self, *args: {anything}, **kwargs: {anything}"
        return [f"{INDENT}def {name}({parts}) -> {anything}: ..."]
    return [f"{INDENT}{name}: {anything}"]


def _render_constant(
    one: BoundClass, constant: Constant, vocabulary: Vocabulary, *, is_only: bool
) -> list[str]:
    """Return a constant with its value, unless a class above or below has one of its name.

    `Final` would be wrong then. In an enum, what has a value is a member.
    """
    told = vocabulary.word(f"builtins.{type(constant.value).__name__}")
    if one.kind == "object" and is_only:
        told = f"{vocabulary.word('typing.Final')}[{told}] = {spell_literal(constant.value)}"
    elif one.kind == "object":
        told = f"{vocabulary.word('typing.ClassVar')}[{told}]"
    doc = render_docstring(constant.doc, INDENT) if constant.doc else []
    return [f"{INDENT}{constant.name}: {told}", *doc]


def _render_field(field: BoundField, vocabulary: Vocabulary) -> list[str]:
    given, taken = vocabulary.shorten(field.given), vocabulary.shorten(field.taken)
    doc = render_docstring(field.doc, INDENT) if field.doc else []
    if field.is_writable and given == taken:
        return [f"{INDENT}{field.name}: {given}", *doc]
    head = f"{INDENT}def {field.name}(self) -> {given}:"
    body = render_docstring(field.doc, INDENT * 2) if field.doc else []
    lines = [f"{INDENT}@{vocabulary.word('builtins.property')}"]
    lines += [head, *body] if body else [f"{head} ..."]
    if field.is_writable:
        lines += [
            f"{INDENT}@{field.name}.setter",
            *lay_out(f"def {field.name}(", ["self", f"value: {taken}"], ") -> None: ...", INDENT),
        ]
    return lines


def _render_constructor(one: BoundClass, vocabulary: Vocabulary, derived: Narrower) -> list[str]:
    if one.constructor is None:
        anything, never = vocabulary.word(ANY), vocabulary.word("typing.NoReturn")
        parts = f"self, *args: {anything}, never: {never}, **kwargs: {anything}"
        return [
            f"{INDENT}def __init__({parts}) -> None:",
            f'{INDENT * 2}"""Objects of this class come from C++."""',
        ]
    shown = plan_overloads(one.constructor.signatures, derived)
    made = Definition(
        name="__init__", signatures=shown, doc=one.constructor.doc, receiver="self", result="None"
    )
    return render_definition(made, vocabulary, INDENT)


def _render_method(method: BoundFunction, vocabulary: Vocabulary, derived: Narrower) -> list[str]:
    made = Definition(
        name=method.name,
        signatures=plan_overloads(method.signatures, derived),
        doc=method.doc,
        receiver="" if method.is_static else "self",
        decorator=vocabulary.word("builtins.staticmethod") if method.is_static else "",
    )
    return render_definition(made, vocabulary, INDENT)


def _render_operators(
    one: BoundClass, protocol: str, vocabulary: Vocabulary
) -> Iterator[tuple[str, list[str], object]]:
    """Yield the operators that stand for something registered."""
    truth, other = vocabulary.word("builtins.bool"), vocabulary.word("builtins.object")
    number, class_var = vocabulary.word("builtins.int"), vocabulary.word("typing.ClassVar")
    own = {method.name for method in one.methods}
    for operator in [name for name in OPERATORS.get(protocol, {}) if name not in own]:
        if operator == "__hash__":
            line = f"{INDENT}def __hash__(self) -> {number}: ..."
        else:
            kind = other if protocol == "eq" else vocabulary.word(vocabulary.own(one.name))
            line = f"{INDENT}def {operator}(self, other: {kind}) -> {truth}: ..."
        yield operator, [line], None
    if protocol == "eq" and "hash" not in one.protocols and "__hash__" not in own:
        ignored = "# type: ignore[assignment]"
        yield "__hash__", [f"{INDENT}__hash__: {class_var}[None]  {ignored}"], None
