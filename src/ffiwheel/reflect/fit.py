"""Let the description of one target's libraries be true of another's.

What a library registers is found out by loading it, which only the machine that it is for can do.
A library for another one is made of the same sources, but for `#ifdef`: so what it exports, and the
names that stand in it, are held against what the description says.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ffiwheel.model.api import Function

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ffiwheel.model.api import Api
    from ffiwheel.model.binary import Binary


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A description that is true of a target's libraries, and where they differ."""

    api: Api
    missing: tuple[str, ...] = ()
    """What was described and is not there, sorted."""
    extra: tuple[str, ...] = ()
    """C symbols that are there and were not described, sorted."""


def fit_api(api: Api, libraries: Mapping[str, tuple[Binary, bytes]]) -> Fitted:
    """Return what `api` says as far as it is true of other libraries.

    A function or class whose name stands nowhere in them is not registered there: registering takes
    the name as text. A C symbol is there if it is exported.

    Args:
        api: the description, made with another target's libraries.
        libraries: archive path -> facts and content of each extension of the target.
    """
    there = {_stem(path): path for path in libraries}
    missing: list[str] = []
    extra: list[str] = []
    fitted = []
    for library in api.libraries:
        path = there.get(_stem(library.path))
        if path is None:
            missing += [symbol.name for symbol in library.symbols]
            continue
        exported = set(libraries[path][0].ffi_symbols)
        described = {symbol.name: symbol for symbol in library.symbols}
        missing += sorted(described.keys() - exported)
        extra += sorted(exported - described.keys())
        symbols = [described.get(name) or Function(name=name) for name in sorted(exported)]
        fitted.append(replace(library, path=path, symbols=tuple(symbols)))
    contents = [content for _, content in libraries.values()]
    kept = {name for name in api.names if _stands_in(name, contents)}
    missing += [name for name in api.names if name not in kept]
    functions = tuple(one for one in api.functions if one.name in kept)
    classes = tuple(one for one in api.classes if one.type_key in kept)
    return Fitted(
        api=replace(api, libraries=tuple(fitted), functions=functions, classes=classes),
        missing=tuple(sorted(missing)),
        extra=tuple(sorted(extra)),
    )


def _stands_in(name: str, contents: list[bytes]) -> bool:
    text = f"{name}\0".encode()
    return any(text in content for content in contents)


def _stem(path: str) -> str:
    """Return what a library is called on every system.

    >>> _stem("hello/libhello.so"), _stem("hello/hello.dll")
    ('hello/hello', 'hello/hello')
    """
    folder, _, name = path.rpartition("/")
    return f"{folder}/{PurePosixPath(name.removeprefix('lib')).stem}"
