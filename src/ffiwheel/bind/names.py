"""How registered names are spelt in Python. `docs/bindings.md` has the rules for people.

1. A character that no identifier may hold becomes `_`; a digit at the beginning gets a `_` before.
2. A keyword, and a `__name__` that means something else to Python, gets a `_` at its end.
3. Two underscores at the beginning become one: Python would change such a name inside a class.
4. A name that is taken gets a `_` at its end, until it is free.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_DUNDER = re.compile(r"__\w+__")
_OF_PYTHON = """
__init__ __new__ __del__ __class__ __dict__ __doc__ __slots__ __module__ __name__ __qualname__
__weakref__ __annotations__ __mro__ __bases__ __init_subclass__ __set_name__ __getattribute__
__setattr__ __delattr__ __subclasshook__ __subclasses__ __prepare__ __match_args__
__debug__ __class_getitem__ __abstractmethods__ __type_params__ __static_attributes__
"""
_MACHINERY = frozenset(_OF_PYTHON.split())
"""Attributes of a class that Python itself lives by; other `__names__` are operators."""

_NAMES_OF_OBJECTS = """
same_as is_ id_ _move __eq__ __ne__ __hash__ __repr__ __str__ __reduce__ __reduce_ex__ __getstate__
__setstate__ __format__ __sizeof__ __dir__ __chandle__ __ctypes_handle__ __move_handle_from__
"""
OF_OBJECTS = frozenset(_NAMES_OF_OBJECTS.split())
"""What every object has, and a registered name may stand before."""


def spell(name: str, *, is_member: bool = False) -> str:
    """Return `name` as a Python identifier.

    >>> [spell(name) for name in ("add", "with-dash", "import", "2d", "__file__", "__x", "a b")]
    ['add', 'with_dash', 'import_', '_2d', '__file___', '_x', 'a_b']
    >>> spell("__len__", is_member=True), spell("__init__", is_member=True), spell("")
    ('__len__', '__init___', '_')
    """
    plain = unicodedata.normalize("NFKC", name) if not name.isascii() else name
    spelt = plain if plain.isidentifier() else _replace(plain)
    if _DUNDER.fullmatch(spelt):
        is_operator = is_member and spelt not in _MACHINERY
        return spelt if is_operator else f"{spelt}_"
    if spelt.startswith("__"):
        return f"_{spelt.lstrip('_')}"
    return f"{spelt}_" if keyword.iskeyword(spelt) else spelt


def _replace(name: str) -> str:
    spelt = "".join(c if f"a{c}".isidentifier() else "_" for c in name)
    return spelt if spelt.isidentifier() else f"_{spelt}"


def free_name(name: str, taken: Collection[str]) -> str:
    """Return `name`, with as many `_` at its end as make it free.

    >>> free_name("add", {"add", "add_"})
    'add__'
    """
    while name in taken:
        name += "_"
    return name


def name_all(
    names: Iterable[str], taken: Iterable[str] = (), *, is_member: bool = False
) -> dict[str, str]:
    """Return registered name -> Python name, each Python name once.

    A name that may stay as it is has the first right to itself.

    >>> name_all(["with-dash", "with_dash", "class"])
    {'with-dash': 'with_dash_', 'with_dash': 'with_dash', 'class': 'class_'}
    """
    spelt = {name: spell(name, is_member=is_member) for name in names}
    used = set(taken)
    result = dict.fromkeys(spelt, "")
    for name in sorted(spelt, key=lambda name: spelt[name] != name):
        result[name] = free_name(spelt[name], used)
        used.add(result[name])
    return result


def private_name(name: str, taken: Collection[str]) -> str:
    """Return a name for what stands behind `name`, in no one's way.

    It begins with one `_` only: Python changes names with two inside a class.

    >>> private_name("add", {"_add"}), private_name("_add", ())
    ('_add_', '_add')
    """
    return free_name(f"_{name.lstrip('_')}", taken)
