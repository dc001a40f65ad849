"""What the sources say about one thing that a library registers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "function",
    "symbol",
    "class",
    "constructor",
    "method",
    "static",
    "field",
    "entry",
    "attribute",
]

CONSTRUCTOR = "__ffi_init__"
"""The name under which TVM-FFI registers constructors."""
UNKNOWN_DEFAULT = "..."
"""There is a default, but it is not one that can be written in Python."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceParameter:
    """A parameter as C++ declares it."""

    name: str
    """Empty where it has none."""
    type: str = ""
    """Its C++ type, as spelled, without its name: `const Array<int64_t>&`."""
    default: str = ""
    """Python text of the default: empty where there is none, `...` where it cannot be said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One registration, and what stands beside it and at the function it registers.

    Several mentions may have the same kind, owner and name: overloads, alternatives of `#if`, and
    functions of one name that the sources do not tell apart. Reflection says which are true.
    """

    kind: Kind
    owner: str = ""
    """The type key of the class, for all but functions, symbols and classes."""
    name: str
    """The registered name; the C symbol without `__tvm_ffi_`; a class's type key; a method, field
    or entry of an enum; `__ffi_init__` for a constructor; a type attribute."""
    parameters: tuple[SourceParameter, ...] | None = None
    """Without the receiver of a method; None where the source does not tell."""
    types: tuple[str, ...] = ()
    """The C++ types of the parameters; of a field, its own. Known for an explicit constructor
    `init<A, B>` even where the parameters are not."""
    doc: str = ""
    """Plain text with sections in Google's style."""
    where: str
    """`src/hello.cc:12`, where it is registered."""
