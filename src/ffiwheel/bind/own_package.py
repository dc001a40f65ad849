"""The modules with which a package binds its library itself, such as `tvm-ffi-stubgen` makes.

They are called `_ffi_api.py` and lie anywhere in the package: that generator makes one for each
namespace, in the folder of that name. Each binds one namespace. What is registered and what none of
them binds is a finding; there is no second set of modules.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ffiwheel.bind.annotation import BUILTIN_CLASSES, Annotator
from ffiwheel.bind.notes import foreign_types
from ffiwheel.bind.own_module import read_module
from ffiwheel.bind.plan import plan_bindings
from ffiwheel.bind.render import MODULE
from ffiwheel.model.api import Api, namespace_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from ffiwheel.bind.bindings import Bindings
    from ffiwheel.bind.own_module import OwnModule
    from ffiwheel.config.schema import BindingsTable
    from ffiwheel.model.api import Library

_OBJECT = "tvm_ffi.Object"
"""What an object is whose class no module has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingModule:
    """A module of the project's own that binds a namespace."""

    file: str
    """Its archive path."""
    namespace: str
    own: OwnModule

    @property
    def home(self) -> str:
        """The full name of the module."""
        return self.file.removesuffix(".py").replace("/", ".")

    def has_class(self, key: str) -> bool:
        """Tell whether the module has the class of a type key, under its own name."""
        found = self.own.classes.get(key.rpartition(".")[2])
        return found is not None and found.key == key


def may_bind(name: str, package: str) -> bool:
    """Tell whether a file of a wheel may be a module that binds the library of a package.

    >>> [may_bind(name, "p") for name in ("p/math/_ffi_api.py", "p/ops.py", "q/_ffi_api.py")]
    [True, False, False]
    """
    return name.startswith(f"{package}/") and posixpath.basename(name) == f"{MODULE}.py"


def find_modules(
    api: Api, package: str, table: BindingsTable, texts: Mapping[str, str]
) -> tuple[BindingModule, ...]:
    """Return the modules that bind what the libraries of a package offer, outer ones first.

    Args:
        api: what the libraries offer.
        package: the archive path of the package's folder.
        table: the project's own wishes.
        texts: archive path -> text of each module that may be one.
    """
    registered = {namespace_of(name) for name in api.names}
    found = []
    for file in sorted(texts):
        own = read_module(texts[file], package.replace("/", "."))
        inner = posixpath.dirname(file).removeprefix(package).replace("/", ".")
        bound = own.namespaces or {namespace_of(one.key) for one in own.classes.values()}
        namespace = _choose(bound, f"{prefix_of(package, table)}{inner}")
        if not inner or (bound and namespace in registered):
            found.append(BindingModule(file=file, namespace=namespace, own=own))
    return tuple(sorted(found, key=_rank))


def _rank(one: BindingModule) -> tuple[bool, int, str]:
    """Return what puts modules in the folder of their namespace first, and then outer ones."""
    return one.home != f"{one.namespace}.{MODULE}", one.file.count("/"), one.file


def plan_own(
    api: Api,
    package: str,
    table: BindingsTable,
    modules: Sequence[BindingModule],
    library_name: str = "",
) -> Bindings:
    """Return what there is to bind in modules of the project's own, each where it lies.

    A class that no module has is an object to whoever gets one.

    Args:
        api: what the libraries offer.
        package: the archive path of the package's folder.
        table: the project's own wishes.
        modules: the modules.
        library_name: what the first of them calls the only library, if that is to be told.

    Raises:
        ProjectError: if the table names what is not there.
    """
    homes, prefix = homes_of(modules), prefix_of(package, table)
    bound = {one.namespace: one for one in reversed(modules)}
    own = Api(
        libraries=api.libraries if prefix in homes else _without_symbols(api),
        functions=tuple(one for one in api.functions if namespace_of(one.name) in homes),
        classes=tuple(
            one
            for one in api.classes
            if (of := bound.get(namespace_of(one.type_key))) and of.has_class(one.type_key)
        ),
    )
    left = {one.type_key for one in api.classes} - {one.type_key for one in own.classes}
    used = left & foreign_types(own, Annotator(classes=BUILTIN_CLASSES))
    table = table._replace(classes={**dict.fromkeys(sorted(used), _OBJECT), **table.classes})
    return plan_bindings(own, modules[0].home, prefix, table, library_name, homes)


def homes_of(modules: Sequence[BindingModule]) -> dict[str, str]:
    """Return namespace -> the full name of the first module that binds it."""
    homes: dict[str, str] = {}
    for one in modules:
        homes.setdefault(one.namespace, one.home)
    return homes


def find_unbound(
    api: Api, package: str, table: BindingsTable, bound: Collection[str], texts: Iterable[str]
) -> tuple[str, ...]:
    """Return the names of the package that lie in no namespace that is bound.

    Args:
        api: what the libraries offer.
        package: the archive path of the package's folder.
        table: the project's own wishes.
        bound: the namespaces that are.
        texts: the package's modules; what one of them speaks of is bound there.
    """
    names = api.within(prefix_of(package, table)).names
    left = {name for name in names if namespace_of(name) not in bound}
    for text in texts if left else ():
        told = {space for space in {*map(namespace_of, left)} if _speaks_of(text, space)}
        left = {name for name in left if namespace_of(name) not in told and name not in text}
    return tuple(sorted(left))


def prefix_of(package: str, table: BindingsTable) -> str:
    """Return the namespace in the registry that is a package's."""
    return table.prefix or package.replace("/", ".")


def _speaks_of(text: str, namespace: str) -> bool:
    """Tell whether a module names a namespace as a whole, or puts names in it together.

    >>> [_speaks_of(text, "p.q") for text in ('f("p.q")', 'f"p.q.{x}"', 'f("p.q.r")', "p.q.r()")]
    [True, True, False, False]
    """
    return re.search(rf"[\"']{re.escape(namespace)}(?:[\"']|\.[^\w])", text) is not None


def _choose(bound: Collection[str], expected: str) -> str:
    return expected if expected in bound or not bound else min(bound)


def _without_symbols(api: Api) -> tuple[Library, ...]:
    return tuple(replace(library, symbols=()) for library in api.libraries)
