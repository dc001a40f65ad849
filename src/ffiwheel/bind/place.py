"""Where a generated module lies, and what it imports."""

from __future__ import annotations

import posixpath
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from ffiwheel.bind.text import INDENT, join_blocks, render_imports

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from ffiwheel.bind.bindings import BoundModule
    from ffiwheel.bind.vocabulary import Vocabulary

Imports: TypeAlias = "dict[str, tuple[str, ...]]"
"""Module -> what is imported from it; empty for the module itself."""
_STANDARD = ("builtins", "collections.abc", "ctypes", "typing")
_AT_ONCE = ("tvm_ffi", "tvm_ffi.core")
"""What costs nothing to import, and is there in every release."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a module lies."""

    name: str
    """Its full name."""
    root: str
    """The full name of the root module."""
    path: str
    """Its archive path, without the suffix."""
    family: frozenset[str]
    """The full names of all modules of the same bindings."""

    @property
    def is_root(self) -> bool:
        """Whether the others need this module."""
        return self.name == self.root

    @property
    def is_package(self) -> bool:
        """Whether the module is the `__init__` of a package."""
        return posixpath.basename(self.path) == "__init__"

    @property
    def folder(self) -> str:
        """The archive path of the folder that it lies in."""
        return posixpath.dirname(self.path)

    def is_elsewhere(self, name: str) -> bool:
        """Tell whether a full name belongs to another module of the same bindings."""
        module = name.rpartition(".")[0]
        return module != self.name and module in self.family

    def relative(self, module: str) -> str:
        """Return how another module of the package is named in an import.

        >>> place = Place(name="p._ffi_api.a", root="p._ffi_api", path="p/_ffi_api/a",
        ...               family=frozenset())
        >>> place.relative("p._ffi_api"), place.relative("p._ffi_api.b.c"), place.relative("numpy")
        ('.', '.b.c', 'numpy')
        """
        here, there = self.name.split("."), module.split(".")
        if here[0] != there[0]:
            return module
        here = here if self.is_package else here[:-1]
        common = 0
        while common < min(len(here), len(there)) and here[common] == there[common]:
            common += 1
        return "." * (len(here) - common + 1) + ".".join(there[common:])


def render_header(
    module: BoundModule,
    place: Place,
    vocabulary: Vocabulary,
    support: Collection[str],
    guard: list[str],
) -> list[str]:
    """Return the imports of a module: what it runs with, then what its annotations need.

    The check of the runtime stands before what an old one may lack.
    """
    bases = {one.base for one in module.classes if not one.foreign_base}
    standard, others, later = _sort_imports(vocabulary, place, bases)
    if place.is_root:
        standard["pathlib"] = ("Path as _Path",)
    if later:
        standard["typing"] = tuple(sorted({*standard.get("typing", ()), "TYPE_CHECKING"}))
    own = (
        {place.relative(place.root): tuple(sorted(support))}
        if support and not place.is_root
        else {}
    )
    whole = {name: () for name, entries in others.items() if guard and not entries}
    groups = [
        ["from __future__ import annotations"],
        render_imports(dict(sorted(standard.items()))),
        render_imports(whole),
        guard,
        render_imports({name: entries for name, entries in others.items() if name not in whole}),
        render_imports(own),
        ["if TYPE_CHECKING:", *render_imports(later, INDENT)] if later else [],
    ]
    return join_blocks(groups, 1)


def _sort_imports(
    vocabulary: Vocabulary, place: Place, bases: Collection[str]
) -> tuple[Imports, Imports, Imports]:
    """Return imports of the standard library, others that are needed to run, and the rest.

    A base class of another module of ours is in none: it is imported where it is needed.
    """
    standard: Imports = {}
    others: Imports = {}
    later: Imports = {}
    for name, entries in vocabulary.imports.items():
        source = name.split(" as ")[0]
        if source in _STANDARD:
            standard[name] = entries
        elif source in _AT_ONCE or not entries:
            others[name] = entries
        else:
            at_once = [e for e in entries if f"{source}.{e.split(' as ')[0]}" in bases]
            rest = tuple(e for e in entries if e not in at_once)
            others |= {name: tuple(at_once)} if at_once and source not in place.family else {}
            later |= {place.relative(name): rest} if rest else {}
    return standard, others, later


def render_import_groups(imports: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return import statements: the standard library, other packages, this one."""
    groups: list[Imports] = [{}, {}, {}]
    for name, entries in sorted(imports.items()):
        is_standard = name.split(" as ")[0].split(".")[0] in sys.stdlib_module_names
        groups[2 if name.startswith(".") else 0 if is_standard else 1][name] = entries
    return join_blocks([render_imports(group) for group in groups], 1)
