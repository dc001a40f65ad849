"""Let the description of one target's libraries be true of another's.

What a library registers is found out by loading it, which only the machine that it is for can do.
A library for another one is made of the same sources, but for `#ifdef`: so the C symbols that it
exports, and the names that stand in it, are held against what the description says.

A name is registered as text, so where its text is not, it is not registered. Two things limit that.
A name that is put together at run time stands in no library at all: it counts as there if the
library that was loaded does not have its text, either. And linkers of ELF let a text be the end of
a longer one; then the objects, which no linker has touched, say whether it is one of its own.
Signatures are not compared: a function that takes something else on a target is described wrongly.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeVar

from ffiwheel.model.api import Constant, Field, Function, Library, Member, Method

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ffiwheel.model.api import Api, Class
    from ffiwheel.model.binary import Binary

_NAME_SIGNS = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz.")
_Part = TypeVar("_Part", Field, Method, Member, Constant)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The extension libraries that a build made for a target."""

    libraries: Mapping[str, Binary]
    """Archive path -> facts."""
    contents: tuple[bytes, ...]
    """Their bytes."""
    read_objects: Callable[[], Iterable[bytes]] = field(default=tuple)
    """What gives the objects that they were linked from, if there are any."""

    def has_text(self, name: str) -> bool:
        """Tell whether a name stands in the libraries as a text of its own."""
        found = _find_text(name, self.contents)
        if found is not None:
            return found
        in_objects = [_find_text(name, (content,)) for content in self.read_objects()]
        return True in in_objects or None not in in_objects


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A description that is true of a target's libraries, and where they differ."""

    api: Api
    missing: tuple[str, ...] = ()
    """What was described and is not there, sorted."""
    extra: tuple[str, ...] = ()
    """C symbols that are there and were not described, sorted."""
    unbound: tuple[str, ...] = ()
    """What seems to be registered there only, sorted: nothing is known of it but the name."""


def fit_api(api: Api, there: Evidence, here: Evidence | None) -> Fitted:
    """Return what `api` says as far as it is true of the libraries of a target.

    Args:
        api: the description.
        there: the libraries of the target.
        here: those that the description was made with, if they are at hand.
    """
    libraries = _fit_libraries(api, there)
    symbols = {symbol.name for library in libraries for symbol in library.symbols}
    described = {symbol.name for symbol in api.symbols}

    def is_there(name: str) -> bool:
        return there.has_text(name) or (here is not None and not here.has_text(name))

    functions = tuple(one for one in api.functions if is_there(one.name))
    whole = tuple(one for one in api.classes if is_there(one.type_key))
    classes = tuple(_fit_class(one, is_there) for one in whole)
    fitted = replace(api, libraries=libraries, functions=functions, classes=classes)
    before, after = replace(api, classes=whole), fitted
    gone = {*api.names, *_members(before)} - {*after.names, *_members(after)}
    return Fitted(
        api=fitted,
        missing=tuple(sorted({*gone, *(described - symbols)})),
        extra=tuple(sorted(symbols - described)),
        unbound=_find_unbound(api, there, here) if here else (),
    )


def _fit_libraries(api: Api, there: Evidence) -> tuple[Library, ...]:
    """Return the libraries of the target with their symbols, in the order of the description."""
    described = {symbol.name: symbol for symbol in api.symbols}
    order = [stem_of_library(library.path) for library in api.libraries]
    stems = {stem_of_library(path): path for path in there.libraries}
    paths = [stems[stem] for stem in order if stem in stems]
    paths += [path for stem, path in stems.items() if stem not in order]
    return tuple(
        Library(
            path=path,
            symbols=tuple(
                described.get(name) or Function(name=name)
                for name in sorted(there.libraries[path].ffi_symbols)
            ),
        )
        for path in paths
    )


def _fit_class(one: Class, is_there: Callable[[str], bool]) -> Class:
    """Return a class without the fields and methods whose names are not there."""
    return replace(
        one,
        fields=_keep(one.fields, is_there),
        methods=_keep(one.methods, is_there),
        members=_keep(one.members, is_there),
        constants=_keep(one.constants, is_there),
    )


def _keep(parts: tuple[_Part, ...], is_there: Callable[[str], bool]) -> tuple[_Part, ...]:
    return tuple(part for part in parts if is_there(part.name))


def _members(api: Api) -> set[str]:
    return {
        f"{one.type_key}.{name}"
        for one in api.classes
        for parts in (one.fields, one.methods, one.members, one.constants)
        for name in (part.name for part in parts)
    }


def _find_unbound(api: Api, there: Evidence, here: Evidence) -> tuple[str, ...]:
    """Return what stands only in the target's libraries, spelt as the names of this package."""
    found = {name for one in there.libraries.values() for name in one.names} - {*api.names}
    packages = {name.partition(".")[0] for name in api.names}
    ours = sorted(name for name in found if name.partition(".")[0] in packages)
    return tuple(name for name in ours if not here.has_text(name))


def _find_text(name: str, contents: Iterable[bytes]) -> bool | None:
    """Tell whether a text is in one of several files; None if only as the end of a longer one."""
    text = f"{name}\0".encode()
    found: bool | None = False
    for content in contents:
        place = content.find(text)
        while place >= 0:
            if place == 0 or content[place - 1] not in _NAME_SIGNS:
                return True
            found = None
            place = content.find(text, place + 1)
    return found


def stem_of_library(path: str) -> str:
    """Return what a library is called on every system.

    >>> stem_of_library("hello/libhello.so"), stem_of_library("hello/hello.dll")
    ('hello/hello', 'hello/hello')
    """
    folder, _, name = path.rpartition("/")
    return f"{folder}/{PurePosixPath(name.removeprefix('lib')).stem}"
