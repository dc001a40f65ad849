"""Reads the sources of a project: what they say about what its library registers."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from ffiwheel.reflect.source.callables import Callables
from ffiwheel.reflect.source.doxygen import render_docstring
from ffiwheel.reflect.source.lookup import Lookup, Place
from ffiwheel.reflect.source.mention import (
    CONSTRUCTOR,
    UNKNOWN_DEFAULT,
    Mention,
    SourceParameter,
)
from ffiwheel.reflect.source.project import Project
from ffiwheel.reflect.source.registrations import find_registrations, init_types
from ffiwheel.reflect.source.syntax import simplified, spelled, text_of
from ffiwheel.reflect.source.values import Evaluator

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from ffiwheel.reflect.source.declarations import Class, Function
    from ffiwheel.reflect.source.registrations import Registration


def read_sources(files: Sequence[tuple[str, bytes]]) -> tuple[Mention, ...]:
    """Return what the sources and headers of a project say.

    Args:
        files: pairs of a path relative to the project's root, and the content. The order says
            which comes first where several say the same.

    Returns:
        One mention for each registration whose name is known, in the order of the files; several
        where the sources leave open which function is registered.
    """
    reader = _Reader(Project(files))
    return tuple(dict.fromkeys(reader.read()))


class _Reader:
    """Makes mentions of registrations."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._lookup = Lookup(project)
        self._values = Evaluator(self._lookup)
        self._callables = Callables(self._lookup)
        self._symbol_docs: dict[str, str] = {}

    def read(self) -> Iterator[Mention]:
        """Yield a mention for every registration whose name is known."""
        found = [one for file in self._project.registering for one in find_registrations(file)]
        for one in found:
            if one.kind == "symbol" and one.subject is None:
                name = self._values.find_text(one.name, one.place) or ""
                self._symbol_docs[name] = self._literal(one)
        for one in found:
            yield from self._read(one)

    def _read(self, one: Registration) -> Iterator[Mention]:
        classes = self._lookup.find_classes(one.owner, one.place) if one.owner else []
        owner = self._find_key(classes)
        if not owner and (one.owner or one.kind == "class"):
            return
        if one.kind == "class":
            comment = next((kind.doc for kind in classes if kind.doc), "")
            yield _mention(one, "", owner, doc=self._literal(one) or render_docstring(comment))
        elif one.kind == "constructor":
            yield self._read_constructor(one, classes, owner)
        elif name := self._values.find_text(one.name, one.place):
            if one.kind == "field":
                yield self._read_field(one, classes, owner, name)
            elif one.kind in {"entry", "attribute"}:
                yield _mention(one, owner, name, doc=render_docstring(one.comment))
            elif one.subject is not None:
                yield from self._read_function(one, one.subject, owner, name)

    def _read_function(
        self, one: Registration, subject: Node, owner: str, name: str
    ) -> Iterator[Mention]:
        functions = self._callables.find(subject, one.place)
        doc = self._symbol_docs.get(name, "") if one.kind == "symbol" else self._literal(one)
        for function in functions:
            receiver, parameters = self._parameters(one, function)
            comment = one.comment or function.doc or one.remark
            yield _mention(
                one,
                owner,
                name,
                parameters=parameters,
                doc=doc or render_docstring(comment, receiver),
            )
        if not functions:
            yield _mention(one, owner, name, doc=doc or render_docstring(one.comment or one.remark))

    def _parameters(
        self, one: Registration, function: Function
    ) -> tuple[str, tuple[SourceParameter, ...] | None]:
        """Return the name of a method's receiver, and the parameters after it."""
        is_member = self._lookup.is_class(function.scope) and not function.is_static
        parameters = self._say_parameters(function, one.place)
        if parameters is None or one.is_packed or _is_packed(parameters):
            return "", None
        if one.kind == "method" and not is_member:
            return (parameters[0].name if parameters else ""), parameters[1:]
        if one.kind != "method" and is_member:
            return "", (SourceParameter(name="self", type=function.scope[-1]), *parameters)
        return "", parameters

    def _say_parameters(
        self, function: Function, place: Place
    ) -> tuple[SourceParameter, ...] | None:
        """Return a function's parameters with the Python texts of their defaults."""
        if function.parameters is None:
            return None
        blocks = place.blocks if function.path == place.path else ()
        inside = Place(path=function.path, scope=function.scope, blocks=blocks)
        return tuple(
            SourceParameter(
                name=one.name,
                type=one.type,
                default=self._values.render_default(one.default, one.type, inside)
                or UNKNOWN_DEFAULT
                if one.default is not None
                else "",
            )
            for one in function.parameters
        )

    def _read_constructor(self, one: Registration, classes: list[Class], owner: str) -> Mention:
        types = init_types(one.subject) if one.subject is not None else ()
        made = [found for kind in classes for found in self._lookup.find_constructors(kind)]
        found = choose_constructors(made, types, {kind.name for kind in classes})
        parameters = {
            tuple(said[: len(types)])
            for said in (self._say_parameters(function, one.place) for function in found)
            if said is not None
        }
        doc = next((function.doc for function in found if function.doc), "")
        return _mention(
            one,
            owner,
            CONSTRUCTOR,
            parameters=parameters.pop() if len(parameters) == 1 else None if types else (),
            types=tuple(map(spelled, types)),
            doc=self._literal(one) or render_docstring(one.comment or doc),
        )

    def _read_field(
        self, one: Registration, classes: list[Class], owner: str, name: str
    ) -> Mention:
        text = text_of(one.subject).lstrip("& ")
        fields = [
            found
            for kind in classes[:1]
            for found in self._lookup.find_fields(kind, text.rpartition("::")[2])
        ]
        comment = next((field.doc for field in fields if field.doc), "")
        return _mention(
            one,
            owner,
            name,
            types=tuple(field.type for field in fields[:1]),
            doc=self._literal(one) or render_docstring(one.comment or comment),
        )

    def _find_key(self, classes: list[Class]) -> str:
        """Return the type key of the first class that has one."""
        for one in classes:
            place = Place(path=one.path, scope=(*one.scope, one.name))
            for variable in self._lookup.find_own_fields(one, "_type_key"):
                if key := self._values.find_text(variable.value, place):
                    return key
        return ""

    def _literal(self, one: Registration) -> str:
        """Return the documentation that is given as a literal."""
        return inspect.cleandoc(self._values.find_text(one.doc, one.place) or "").strip()


def choose_constructors(
    functions: list[Function], types: tuple[str, ...], own_names: set[str]
) -> list[Function]:
    """Return the constructors that arguments of `types` can mean, those that fit best."""
    wanted = [simplified(one) for one in types]
    scores: dict[int, list[Function]] = {}
    for function in functions:
        own = [simplified(one) for one in function.types]
        needed = sum(one.default is None for one in function.parameters or ())
        is_copy = len(own) == 1 and own[0] in own_names and own != wanted
        if not is_copy and needed <= len(wanted) <= len(own):
            score = sum(have == want for have, want in zip(own, wanted, strict=False))
            scores.setdefault(score, []).append(function)
    return scores[max(scores)] if scores else []


def _is_packed(parameters: tuple[SourceParameter, ...]) -> bool:
    return bool(parameters) and simplified(parameters[0].type) == "PackedArgs"


def _mention(
    one: Registration,
    owner: str,
    name: str,
    *,
    doc: str,
    parameters: tuple[SourceParameter, ...] | None = None,
    types: tuple[str, ...] = (),
) -> Mention:
    is_constructor = name == CONSTRUCTOR
    return Mention(
        kind="constructor" if is_constructor else one.kind,
        owner=owner,
        name=name,
        parameters=parameters,
        types=types or tuple(parameter.type for parameter in parameters or ()),
        doc=doc,
        where=f"{one.place.path}:{one.line}",
    )
