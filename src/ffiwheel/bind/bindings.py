"""What the generated modules hold, with every Python name decided: the plan, not its text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ffiwheel.bind.annotation import ARRAY_PROTOCOL
from ffiwheel.model.api import UNTOLD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ffiwheel.bind.parameters import BoundParameter, BoundSignature
    from ffiwheel.model.api import ClassKind, Constant
    from ffiwheel.model.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundFunction:
    """A function of a module, or a method of a class."""

    name: str
    source: str
    """The registered name, the C symbol, or the method's name in C++."""
    signatures: tuple[BoundSignature, ...]
    doc: str
    library: int | None = None
    """The index of the library that exports the symbol; None for what is registered."""
    kinds: str | None = None
    """A letter for each parameter where the accelerator can call the function: see `fast`."""
    holds_gil: bool = False
    """Whether calls hold the GIL."""
    is_static: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundField:
    """A field of a class."""

    name: str
    source: str
    given: str
    """The annotation of what reading it gives."""
    taken: str
    """The annotation of what may be assigned."""
    doc: str
    is_writable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundConstructor:
    """How Python makes objects of a class."""

    signatures: tuple[BoundSignature, ...]
    is_generated: bool
    """Whether it takes arguments by name, and what is left out gets its default in C++."""
    doc: str

    @property
    def by_name(self) -> tuple[BoundParameter, ...]:
        """The parameters that C++ gets by name: from the first that may be left out."""
        if not self.is_generated:
            return ()
        [signature] = self.signatures
        taken = signature.parameters or ()
        for index, one in enumerate(taken):
            if one.kind == "keyword" or one.default == UNTOLD:
                return taken[index:]
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundClass:
    """A class of a module."""

    name: str
    key: str
    kind: ClassKind
    doc: str
    base: str
    """The full name of the class it derives from, in the stub and at run time."""
    foreign_base: str
    """The type key of a parent of another package that is looked for at run time instead."""
    fields: tuple[BoundField, ...]
    methods: tuple[BoundFunction, ...]
    constructor: BoundConstructor | None
    members: tuple[tuple[str, str, str], ...]
    """Python name, name in C++ and documentation of each member of an enum."""
    constants: tuple[Constant, ...]
    """Under their Python names."""
    protocols: tuple[str, ...]

    @property
    def match_args(self) -> tuple[str, ...]:
        """What lets `match` take an object apart: the fields that make it, in their order."""
        if self.constructor is None or not self.constructor.is_generated:
            return ()
        [signature] = self.constructor.signatures
        return tuple(one.name for one in signature.parameters or () if one.kind != "keyword")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of everything that the class defines."""
        return (
            *(one.name for one in self.fields),
            *(one.name for one in self.methods),
            *(one[0] for one in self.members),
            *(one.name for one in self.constants),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundModule:
    """One module: a namespace of the registry."""

    home: str
    """Its full name."""
    parts: tuple[str, ...]
    """The Python names of the nested namespaces; empty for the root."""
    namespace: str
    """The registered prefix of what it holds."""
    children: tuple[str, ...]
    """The Python names of the namespaces in it."""
    functions: tuple[BoundFunction, ...]
    classes: tuple[BoundClass, ...]
    """Each after those of this module that it derives from."""
    library_name: str = ""
    """The public name of the loaded library, for a project that knows one."""

    @property
    def names(self) -> tuple[str, ...]:
        """Every public name, sorted."""
        names = [one.name for one in self.functions] + [one.name for one in self.classes]
        return tuple(sorted([*names, *([self.library_name] if self.library_name else [])]))

    @property
    def signatures(self) -> Iterator[BoundSignature]:
        """Every signature of every function, method and constructor."""
        for function in self.functions:
            yield from function.signatures
        for one in self.classes:
            for method in one.methods:
                yield from method.signatures
            yield from one.constructor.signatures if one.constructor else ()

    @property
    def parameter_names(self) -> set[str]:
        """The name of every parameter."""
        return {one.name for signature in self.signatures for one in signature.parameters or ()}

    @property
    def annotations(self) -> Iterator[str]:
        """Every annotation."""
        for signature in self.signatures:
            yield signature.result
            yield from (one.annotation for one in signature.parameters or ())
        for one in self.classes:
            yield from (field.taken for field in one.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bindings:
    """All that is generated for one package."""

    root: str
    """The full name of the root module, which loads the libraries."""
    libraries: tuple[str, ...]
    """Archive paths of the libraries that it loads, in order."""
    modules: tuple[BoundModule, ...]
    """The root first, then the others by name."""
    derived: dict[str, tuple[str, ...]]
    """Full name of a class -> those of all that derive from it."""
    findings: tuple[Finding, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Every public name of every module."""
        return tuple(name for module in self.modules for name in module.names)

    @property
    def has_arrays(self) -> bool:
        """Whether anything takes an array."""
        return any(ARRAY_PROTOCOL in one for module in self.modules for one in module.annotations)

    @property
    def family(self) -> frozenset[str]:
        """The full names of all modules."""
        return frozenset(module.home for module in self.modules)

    def is_root(self, module: BoundModule) -> bool:
        """Tell whether a module is the one that the others need."""
        return module.home == self.root
