"""What the libraries of a wheel offer to Python: the truth of reflection, the names of the source.

Types, arities and defaults of fields are what the loaded library says. Names of parameters, their
defaults and most documentation are what the C++ source says, or its author in `refl::Metadata`; a
name that nobody tells is empty. The order is stable: sorted by name, or as C++ declares it for
fields, methods and members.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from ffiwheel.model.types import ANYTHING, AnyType

ClassKind: TypeAlias = Literal["object", "enum", "int-enum", "str-enum"]

UNTOLD = "..."
"""A default that there is, but that Python cannot spell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter of a function, or of a constructor."""

    type: AnyType = ANYTHING
    name: str = ""
    """As C++ spells it; empty if unknown, and then it is positional."""
    default: str = ""
    """A Python expression, or `UNTOLD`; empty if there is none."""
    is_keyword_only: bool = False
    is_positional_only: bool = False
    """Whether its author wants no one to give it by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One way to call a function."""

    parameters: tuple[Parameter, ...] | None = None
    """Without the object of a method; None where the function takes anything."""
    result: AnyType = ANYTHING

    @property
    def arity(self) -> int | None:
        """The number of parameters."""
        return None if self.parameters is None else len(self.parameters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function: registered globally, or exported as a C symbol; or a method of a class."""

    name: str
    """The registered name with its dots, the C symbol without `__tvm_ffi_`, or the method's."""
    signatures: tuple[Signature, ...] = (Signature(),)
    """More than one for overloads."""
    doc: str = ""
    """For Python, in plain text."""
    where: str = ""
    """File and line in the project's source, where they were found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Method(Function):
    """A method of a class."""

    is_static: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a class."""

    name: str
    type: AnyType = ANYTHING
    doc: str = ""
    is_writable: bool = False
    default: str = ""
    """A Python expression, or `UNTOLD`; empty if there is none."""
    in_init: bool = True
    """Whether the generated constructor takes it."""
    is_keyword_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Constructor:
    """How objects of a class are made."""

    signatures: tuple[Signature, ...]
    is_generated: bool = False
    """Whether TVM-FFI made it from the fields, and not the author with `refl::init<...>`."""
    doc: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member of an enum."""

    name: str
    value: int | str
    doc: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A plain value that is registered as an attribute of a class."""

    name: str
    value: bool | int | float | str
    doc: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """A class that is registered under a type key."""

    type_key: str
    parent: str = "ffi.Object"
    """The type key of the class it derives from."""
    kind: ClassKind = "object"
    doc: str = ""
    fields: tuple[Field, ...] = ()
    methods: tuple[Method, ...] = ()
    constructor: Constructor | None = None
    """None for a class that Python cannot make objects of."""
    members: tuple[Member, ...] = ()
    """Of an enum."""
    constants: tuple[Constant, ...] = ()
    protocols: tuple[str, ...] = ()
    """Which of `eq`, `hash`, `repr`, `compare` the class registers for itself."""
    accepts: AnyType | None = None
    """What converts to an object of the class where Python hands one in; None: nothing else."""
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """One shared library and the C symbols it exports."""

    path: str
    """Its archive path in the wheel."""
    symbols: tuple[Function, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """Everything that the libraries of one wheel offer."""

    libraries: tuple[Library, ...] = ()
    functions: tuple[Function, ...] = ()
    classes: tuple[Class, ...] = ()

    @property
    def symbols(self) -> tuple[Function, ...]:
        """The C symbols of all libraries."""
        return tuple(symbol for library in self.libraries for symbol in library.symbols)

    @property
    def names(self) -> tuple[str, ...]:
        """The registered names of all functions and classes."""
        return tuple(
            [function.name for function in self.functions] + [one.type_key for one in self.classes]
        )

    def within(self, prefix: str) -> Api:
        """Return what is registered under `prefix`, and all C symbols."""
        start = f"{prefix}."
        return Api(
            libraries=self.libraries,
            functions=tuple(one for one in self.functions if one.name.startswith(start)),
            classes=tuple(one for one in self.classes if one.type_key.startswith(start)),
        )

    def directly_in(self, namespace: str) -> Api:
        """Return what is registered in `namespace` itself, and all C symbols."""
        return Api(
            libraries=self.libraries,
            functions=tuple(one for one in self.functions if namespace_of(one.name) == namespace),
            classes=tuple(one for one in self.classes if namespace_of(one.type_key) == namespace),
        )


def namespace_of(name: str) -> str:
    """Return the namespace that a registered name lies in.

    >>> namespace_of("pkg.math.add"), namespace_of("add")
    ('pkg.math', '')
    """
    return name.rpartition(".")[0]
