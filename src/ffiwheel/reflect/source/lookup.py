"""Finds what a name means at a place: in the scopes around it, as C++ does, or else by its end.

Names that no scope offers are accepted where their last parts fit: the sources may have come in
pieces, or a macro may have opened a namespace. Where several things are called the same, those of
the file itself and of the files it includes come first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from ffiwheel.reflect.source.declarations import Alias, Class, Function, Variable, local_name
from ffiwheel.reflect.source.syntax import simplified

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ffiwheel.reflect.source.declarations import Declarations, Scope
    from ffiwheel.reflect.source.project import Project, Table

_MOST_BASES = 20
_MOST_OVERLOADS = 200

Named = TypeVar("Named", bound="Function | Class | Variable | Alias")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a name stands."""

    path: str
    scope: Scope = ()
    blocks: tuple[Declarations, ...] = ()
    """What the blocks around it declare, the innermost last."""


class Lookup:
    """The names of a project."""

    def __init__(self, project: Project) -> None:
        """Take the project, which reads further files when a name is asked for."""
        self._project = project

    def find_functions(self, text: str, place: Place) -> list[Function]:
        """Return the functions of a name: one of each signature, all that is known of it.

        None where there are so many that nothing could tell them apart.
        """
        scope, name = local_name(text)
        for block in reversed(place.blocks):
            if local := [one for one in block.functions if one.name == name and not scope]:
                return local
        self._project.learn(name)
        found = self._select(self._project.functions, scope, name, place)
        if not found and scope:
            found = self._find_inherited(scope, name, place)
        if len(found) > _MOST_OVERLOADS:
            return []
        return merge(self._prefer_near(found, place), place.path)

    def find_classes(self, text: str, place: Place) -> list[Class]:
        """Return the classes of a name."""
        scope, name = self._resolve_type(text, place)
        self._project.learn(name)
        found = self._select(self._project.classes, scope, name, place)
        near = [one for one in found if self._project.sees(place.path, one.path)]
        return near or found

    def find_variables(self, text: str, place: Place) -> list[Variable]:
        """Return the variables, fields or enumerators of a name."""
        scope, name = local_name(text)
        for block in reversed(place.blocks):
            if local := [one for one in block.variables if one.name == name and not scope]:
                return local
        self._project.learn(name)
        found = self._select(self._project.variables, scope, name, place)
        near = [one for one in found if self._project.sees(place.path, one.path)]
        return near or found

    def find_macro(self, name: str) -> str:
        """Return the body of a macro without parameters, empty if there is none."""
        self._project.learn(name)
        macro = self._project.macros.get(name)
        return macro.body if macro and macro.parameters is None else ""

    def find_constructors(self, one: Class, depth: int = 0) -> list[Function]:
        """Return the constructors of a class, those that it takes over from bases included."""
        inside = (*one.scope, one.name)
        place = Place(path=one.path, scope=inside)
        found = merge(self._project.functions.inside(inside, one.name), one.path)
        if one.has_bases_constructors and depth < _MOST_BASES:
            for base in one.bases:
                for parent in self.find_classes(base, place)[:1]:
                    found += self.find_constructors(parent, depth + 1)
        return found

    def find_own_fields(self, one: Class, name: str) -> list[Variable]:
        """Return the fields of a name in a class itself."""
        return self._project.variables.inside((*one.scope, one.name), name)

    def find_fields(self, one: Class, name: str) -> list[Variable]:
        """Return the fields of a name in a class or the nearest of its bases."""
        for current in self._with_bases([one]):
            if found := self.find_own_fields(current, name):
                return found
        return []

    def is_class(self, scope: Scope) -> bool:
        """Tell whether the innermost part of a scope is a class."""
        return bool(scope) and bool(self._project.classes.inside(scope[:-1], scope[-1]))

    def _find_inherited(self, scope: Scope, name: str, place: Place) -> list[Function]:
        """Return the functions that a class has from its bases."""
        for one in self._with_bases(self.find_classes("::".join(scope), place)):
            if found := self._project.functions.inside((*one.scope, one.name), name):
                return found
        return []

    def _with_bases(self, classes: list[Class]) -> Iterator[Class]:
        """Yield classes, then their bases, the nearest first."""
        pending = list(classes)
        for _ in range(_MOST_BASES):
            if not pending:
                return
            one = pending.pop(0)
            yield one
            place = Place(path=one.path, scope=(*one.scope, one.name))
            for base in one.bases:
                pending += self.find_classes(base, place)[:1]

    def _resolve_type(self, text: str, place: Place) -> tuple[Scope, str]:
        """Return the scope and name of a type, with aliases followed."""
        scope, name = local_name(text.strip().removeprefix("typename ").removeprefix("const "))
        for _ in range(_MOST_BASES):
            self._project.learn(name)
            if self._select(self._project.classes, scope, name, place):
                break
            local = [one for block in place.blocks for one in block.aliases if one.name == name]
            aliases = local or self._select(self._project.aliases, scope, name, place)
            if not aliases or local_name(aliases[0].target) == (scope, name):
                break
            scope, name = local_name(aliases[0].target)
        return scope, name

    def _select(self, table: Table[Named], scope: Scope, name: str, place: Place) -> list[Named]:
        """Return those that a name with the qualifiers `scope` can mean."""
        if not table.named(name):
            return []
        opened = [(*one, *scope) for one in self._opened(place)]
        around = [place.scope[:length] for length in range(len(place.scope), -1, -1)]
        for end in [*self._spellings(scope, place), *opened]:
            for outside in around:
                if found := table.inside((*outside, *end), name):
                    return found
        return [
            one
            for one in table.named(name)
            if _ends_with(one.scope, scope) and (scope or not self.is_class(one.scope))
        ]

    def _spellings(self, scope: Scope, place: Place) -> list[Scope]:
        """Return the qualifiers, as they stand and with their first part's alias followed."""
        if not scope:
            return [scope]
        aliases = [one for block in place.blocks for one in block.aliases if one.name == scope[0]]
        aliases += self._project.aliases_of.get((place.path, scope[0]), [])
        targets = (local_name(one.target) for one in aliases)
        return [scope, *((*inside, name, *scope[1:]) for inside, name in targets)]

    def _opened(self, place: Place) -> list[Scope]:
        """Return the namespaces of `using namespace` at a place."""
        aliases = [one for block in place.blocks for one in block.aliases if not one.name]
        aliases += self._project.aliases_of.get((place.path, ""), [])
        targets = (local_name(one.target) for one in aliases)
        return [(*inside, name) for inside, name in targets]

    def _prefer_near(self, found: list[Function], place: Place) -> list[Function]:
        """Return the functions with a declaration that the place sees, or else all."""
        if len(found) == 1:
            return found
        seen = {_identity(one) for one in found if self._project.sees(place.path, one.path)}
        return [one for one in found if not seen or _identity(one) in seen]


def merge(functions: Iterable[Function], path: str) -> list[Function]:
    """Return one function for all declarations and definitions of the same one.

    Names, defaults and comments come from whichever has them, those in `path` first.
    """
    groups: dict[object, Function] = {}
    for one in sorted(functions, key=lambda one: one.path != path):
        known = groups.get(_identity(one))
        groups[_identity(one)] = one if known is None else _join(known, one)
    return list(groups.values())


def _identity(one: Function) -> tuple[object, ...]:
    if one.parameters is None:
        return (one.scope, None)
    return (one.scope, *(simplified(parameter.type) for parameter in one.parameters))


def _join(first: Function, second: Function) -> Function:
    parameters = first.parameters
    if parameters is not None and second.parameters is not None:
        parameters = tuple(
            replace(
                one,
                name=one.name or other.name,
                default=one.default if one.default is not None else other.default,
            )
            for one, other in zip(parameters, second.parameters, strict=True)
        )
    return replace(
        first,
        parameters=parameters,
        doc=first.doc or second.doc,
        is_static=first.is_static or second.is_static,
    )


def _ends_with(scope: Scope, end: Scope) -> bool:
    return not end or scope[-len(end) :] == end
