"""What a library offers to Python, as its reflection data says.

Types stay in the JSON text of TVM-FFI's own grammar (`type_schema`); whoever renders them reads
it. The order is stable: sorted by name, or as C++ declares it for fields and methods.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function: registered globally, or exported as a C symbol."""

    name: str
    """The registered name with its dots, or the C symbol without `__tvm_ffi_`."""
    schema: str = ""
    """The type schema, empty where the library carries none."""
    doc: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a class."""

    name: str
    schema: str = ""
    doc: str = ""
    is_writable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A method of a class; the constructor is called `__ffi_init__`."""

    name: str
    schema: str = ""
    doc: str = ""
    is_static: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """A class that is registered under a type key."""

    type_key: str
    parent: str = "ffi.Object"
    """The type key of the class it derives from."""
    doc: str = ""
    fields: tuple[Field, ...] = ()
    methods: tuple[Method, ...] = ()


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
