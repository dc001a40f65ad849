"""Decide the Python name of everything an `Api` registers; a name is given once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ffiwheel.bind.names import spell

if TYPE_CHECKING:
    from ffiwheel.model.api import Api, Class, Function


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundFunction:
    """A function of the generated module."""

    name: str
    function: Function
    library: int | None
    """The index of the library that exports it; None for a function of the global registry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundClass:
    """A class of the generated module."""

    name: str
    one: Class
    base: str
    """The Python class it derives from, empty for `tvm_ffi.Object`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bindings:
    """The contents of the generated module: functions by name, classes after their bases."""

    libraries: tuple[str, ...]
    """Archive paths of the libraries that the module loads, in order."""
    functions: tuple[BoundFunction, ...]
    classes: tuple[BoundClass, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Every public name, sorted."""
        functions = [bound.name for bound in self.functions]
        return tuple(sorted(functions + [bound.name for bound in self.classes]))


def plan_bindings(api: Api, prefix: str) -> Bindings:
    """Return what the module of a package offers.

    Args:
        api: what the libraries register; only what lies under `prefix` is bound.
        prefix: the namespace in the registry.
    """
    own = api.within(prefix)
    classes = _order_classes(own, prefix)
    taken = {bound.name for bound in classes}
    return Bindings(
        libraries=tuple(library.path for library in api.libraries),
        functions=_order_functions(own, prefix, taken),
        classes=classes,
    )


def find_clashes(api: Api, prefix: str) -> tuple[tuple[str, ...], ...]:
    """Return the groups of registered names that would get the same name in Python."""
    spelt: dict[str, list[str]] = {}
    for name in api.within(prefix).names:
        spelt.setdefault(spell(name.removeprefix(f"{prefix}.")), []).append(name)
    return tuple(tuple(group) for _, group in sorted(spelt.items()) if len(group) > 1)


def _order_functions(api: Api, prefix: str, taken: set[str]) -> tuple[BoundFunction, ...]:
    """Return the functions by name; a class hides a function, and that a C symbol."""
    found: dict[str, BoundFunction] = {}
    for index, library in enumerate(api.libraries):
        for symbol in library.symbols:
            name = spell(symbol.name)
            found[name] = BoundFunction(name=name, function=symbol, library=index)
    for function in api.functions:
        name = spell(function.name.removeprefix(f"{prefix}."))
        found[name] = BoundFunction(name=name, function=function, library=None)
    return tuple(bound for name, bound in sorted(found.items()) if name not in taken)


def _order_classes(api: Api, prefix: str) -> tuple[BoundClass, ...]:
    """Return the classes by type key, each after the one it derives from."""
    classes = {one.type_key: one for one in api.classes}
    names = {key: spell(key.removeprefix(f"{prefix}.")) for key in classes}

    def depth(key: str) -> int:
        parent = classes[key].parent
        return depth(parent) + 1 if parent in classes else 0

    ordered = sorted(classes, key=lambda key: (depth(key), key))
    return tuple(
        BoundClass(name=names[key], one=classes[key], base=names.get(classes[key].parent, ""))
        for key in ordered
    )
